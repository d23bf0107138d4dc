import { enterWindow } from '../viewport/interactions.ts';
import { mayRotate } from '../viewport/series-kinds.ts';
import { type CtPresetName, ctPresets } from '../viewport/window.ts';
import { type Command, type CommandContext, hasImage, hasWindow } from './command.ts';

const zoomStep = 1.25;

const isCt = (context: CommandContext) =>
  context.controller?.getState().image?.modality === 'CT' && hasWindow(context);
const isProjection = ({ controller }: CommandContext) => {
  const shown = controller?.getState().image;
  return shown !== undefined && mayRotate(shown);
};

function preset(name: CtPresetName): Command {
  const values = ctPresets.find((entry) => entry.name === name);
  return {
    isAvailable: isCt,
    run: ({ controller }) => {
      if (controller && values) enterWindow(controller, values.center, values.width);
    },
  };
}

/** How the picture of the active viewport is seen: size, turns, grey levels. */
export const viewingCommands = {
  zoomIn: { run: ({ controller }) => controller?.zoomBy(zoomStep), isAvailable: hasImage },
  zoomOut: { run: ({ controller }) => controller?.zoomBy(1 / zoomStep), isAvailable: hasImage },
  fit: { run: ({ controller }) => controller?.fit(), isAvailable: hasImage },
  invert: {
    run: ({ controller }) => controller?.toggleInvert(),
    isAvailable: hasWindow,
    isPressed: ({ controller }) => controller?.getState().isInverted ?? false,
  },
  rotateRight: { run: ({ controller }) => controller?.rotate('right'), isAvailable: isProjection },
  rotateLeft: { run: ({ controller }) => controller?.rotate('left'), isAvailable: isProjection },
  flipHorizontal: { run: ({ controller }) => controller?.flip('horizontal'), isAvailable: isProjection },
  flipVertical: { run: ({ controller }) => controller?.flip('vertical'), isAvailable: isProjection },
  reset: { run: ({ controller }) => controller?.reset(), isAvailable: hasImage },
  presetSoftTissue: preset('softTissue'),
  presetLung: preset('lung'),
  presetBone: preset('bone'),
  presetBrain: preset('brain'),
  presetLiver: preset('liver'),
  headerWindow: { run: ({ controller }) => controller?.setWindow(undefined), isAvailable: hasWindow },
} satisfies Record<string, Command>;
