import type { VoiChoice } from '../viewport/grey-display.ts';
import { enterWindow } from '../viewport/interactions.ts';
import { mayRotate } from '../viewport/series-kinds.ts';
import { setViewOptions, viewOptions } from '../viewport/view-options.ts';
import {
  type CtPresetName,
  ctPresets,
  type SuvPresetName,
  suvPresets,
  type Window,
} from '../viewport/window.ts';
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

const isSuv = (context: CommandContext) =>
  hasWindow(context) && (context.controller?.getState().image?.valueUnit.startsWith('SUV') ?? false);

function suvPreset(name: SuvPresetName): Command {
  const values = suvPresets.find((entry) => entry.name === name);
  return {
    isAvailable: isSuv,
    run: ({ controller }) => {
      // SUV is a fraction: no step of one between black and white.
      if (values) controller?.setWindow({ ...values, function: 'LINEAR_EXACT' });
    },
  };
}

/** Shows the image by one of the ways it offers. */
function choice(kind: VoiChoice['kind']): Command {
  const find = ({ controller }: CommandContext) =>
    controller?.getState().voiChoices.filter((offered) => offered.kind === kind) ?? [];
  return {
    isAvailable: (context) => find(context).length > 0,
    run: (context) => {
      const offered = find(context);
      const shown = context.controller?.window;
      // The next of them, where there are several.
      const at = offered.findIndex(({ window }) => isSameWindow(window(), shown));
      context.controller?.setWindow(offered[(at + 1) % offered.length]?.window());
    },
  };
}

const isSameWindow = (a: Window, b: Window | undefined) =>
  a.center === b?.center && a.width === b.width && a.table === b.table && a.function === b.function;

const startsAtZero = (context: CommandContext) =>
  hasWindow(context) && ['PT', 'NM'].includes(context.controller?.getState().image?.modality ?? '');

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
  presetSuv5: suvPreset('suv5'),
  presetSuv7: suvPreset('suv7'),
  presetSuv10: suvPreset('suv10'),
  presetSuv15: suvPreset('suv15'),
  nextHeaderWindow: choice('header'),
  voiTable: choice('table'),
  autoWindow: choice('computed'),
  fullRangeWindow: choice('full'),
  actualPixels: { run: ({ controller }) => controller?.setZoom(1), isAvailable: hasImage },
  toggleClampToZero: {
    run: () => setViewOptions({ clampsToZero: !viewOptions().clampsToZero }),
    isAvailable: startsAtZero,
    isPressed: () => viewOptions().clampsToZero,
  },
  toggleOverlayPlanes: {
    run: () => setViewOptions({ showsOverlays: !viewOptions().showsOverlays }),
    isAvailable: hasImage,
    isPressed: () => viewOptions().showsOverlays,
  },
  toggleShutters: {
    run: () => setViewOptions({ showsShutters: !viewOptions().showsShutters }),
    isAvailable: hasImage,
    isPressed: () => viewOptions().showsShutters,
  },
  headerWindow: { run: ({ controller }) => controller?.setWindow(undefined), isAvailable: hasWindow },
} satisfies Record<string, Command>;
