import { type DragTool, enterWindow } from '../viewport/interactions.ts';
import { mayRotate } from '../viewport/series-kinds.ts';
import type { StackController } from '../viewport/stack-controller.ts';
import { recordedFrameRate } from '../viewport/stacks.ts';
import { type CtPresetName, ctPresets } from '../viewport/window.ts';

/** What a command may act on: the active viewport, and the screen around it. */
export interface CommandContext {
  readonly controller: StackController | undefined;
  readonly screen: {
    showSeries(step: 1 | -1): void;
    activateViewport(step: 1 | -1): void;
    setTool(tool: DragTool): void;
    toggleHelp(): void;
    toggleOverlay(): void;
  };
}

/** One thing a reader can do. `isAvailable` says whether it makes sense now; it is yes where it is left out. */
export interface Command {
  readonly run: (context: CommandContext) => void;
  readonly isAvailable?: (context: CommandContext) => boolean;
}

const zoomStep = 1.25;
/** For objects that don't say how fast they were recorded. */
const defaultFramesPerSecond = 15;

const image = (context: CommandContext) => context.controller?.getState().image;
const stackLength = (context: CommandContext) => context.controller?.getState().stack?.images.length ?? 0;
const hasImage = (context: CommandContext) => image(context) !== undefined;
const hasWindow = (context: CommandContext) => context.controller?.window !== undefined;
const isCt = (context: CommandContext) => image(context)?.modality === 'CT' && hasWindow(context);
const isProjection = (context: CommandContext) => {
  const shown = image(context);
  return shown !== undefined && mayRotate(shown);
};
const canPlay = (context: CommandContext) => stackLength(context) > 1;

function preset(name: CtPresetName): Command {
  const values = ctPresets.find((entry) => entry.name === name);
  return {
    isAvailable: isCt,
    run: ({ controller }) => {
      if (controller && values) enterWindow(controller, values.center, values.width);
    },
  };
}

function toggleCine({ controller }: CommandContext): void {
  const state = controller?.getState();
  if (!controller || !state?.stack) return;
  if (state.playing !== undefined) controller.stop();
  else {
    const instance = state.stack.images[0]?.instance;
    controller.play((instance && recordedFrameRate(instance)) || defaultFramesPerSecond);
  }
}

/** Every action of the study viewer, by name. Toolbar, menus and key maps refer to these names; texts are `command.NAME`. */
export const commands = {
  toolWindow: { run: ({ screen }) => screen.setTool('window') },
  toolPan: { run: ({ screen }) => screen.setTool('pan') },
  toolZoom: { run: ({ screen }) => screen.setTool('zoom') },
  toolScroll: { run: ({ screen }) => screen.setTool('scroll') },
  nextImage: { run: ({ controller }) => controller?.scrollBy(1) },
  previousImage: { run: ({ controller }) => controller?.scrollBy(-1) },
  firstImage: { run: ({ controller }) => controller?.goTo(0) },
  lastImage: { run: (context) => context.controller?.goTo(stackLength(context) - 1) },
  nextSeries: { run: ({ screen }) => screen.showSeries(1) },
  previousSeries: { run: ({ screen }) => screen.showSeries(-1) },
  nextViewport: { run: ({ screen }) => screen.activateViewport(1) },
  previousViewport: { run: ({ screen }) => screen.activateViewport(-1) },
  zoomIn: { run: ({ controller }) => controller?.zoomBy(zoomStep), isAvailable: hasImage },
  zoomOut: { run: ({ controller }) => controller?.zoomBy(1 / zoomStep), isAvailable: hasImage },
  fit: { run: ({ controller }) => controller?.fit(), isAvailable: hasImage },
  invert: { run: ({ controller }) => controller?.toggleInvert(), isAvailable: hasWindow },
  rotateRight: { run: ({ controller }) => controller?.rotate('right'), isAvailable: isProjection },
  rotateLeft: { run: ({ controller }) => controller?.rotate('left'), isAvailable: isProjection },
  flipHorizontal: { run: ({ controller }) => controller?.flip('horizontal'), isAvailable: isProjection },
  flipVertical: { run: ({ controller }) => controller?.flip('vertical'), isAvailable: isProjection },
  reset: { run: ({ controller }) => controller?.reset(), isAvailable: hasImage },
  toggleCine: { run: toggleCine, isAvailable: canPlay },
  presetSoftTissue: preset('softTissue'),
  presetLung: preset('lung'),
  presetBone: preset('bone'),
  presetBrain: preset('brain'),
  presetLiver: preset('liver'),
  headerWindow: { run: ({ controller }) => controller?.setWindow(undefined), isAvailable: hasWindow },
  toggleOverlay: { run: ({ screen }) => screen.toggleOverlay() },
  help: { run: ({ screen }) => screen.toggleHelp() },
} satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;

export function isAvailable(name: CommandName, context: CommandContext): boolean {
  const command: Command = commands[name];
  return command.isAvailable?.(context) ?? true;
}

/** Runs a command where it makes sense; says whether it did. */
export function runCommand(name: CommandName, context: CommandContext): boolean {
  if (!isAvailable(name, context)) return false;
  commands[name].run(context);
  return true;
}
