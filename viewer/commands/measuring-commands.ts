import { canMeasure } from '../measuring/drawing.ts';
import { listPanel, useLive } from '../measuring/live-store.ts';
import { askToDelete, removeUnsaved, uncalibrateAndMeasure } from '../measuring/measurement-actions.ts';
import { canRedo, canUndo, redo, undo, useMeasurements } from '../measuring/measurement-store.ts';
import { isReadoutOn, toggleReadout } from '../measuring/pixel-readout.ts';
import { userScaleOf } from '../measuring/user-calibration.ts';
import type { ToolName } from '../workspace/tools.ts';
import { togglePanel, useWorkspace } from '../workspace/workspace-store.ts';
import { type Command, type CommandContext, hasImage } from './command.ts';
import { toolCommand } from './tool-commands.ts';

/** A tool that puts something on a picture: there must be one. */
const measuringTool = (tool: ToolName): Command => ({
  ...toolCommand(tool),
  isAvailable: ({ controller }) => canMeasure(controller),
});

const selectedUID = () => useMeasurements.getState().selectedUID;
const imageOf = ({ controller }: CommandContext) => {
  const surface = controller?.getState().surface;
  return surface?.kind === 'image' ? surface.image : undefined;
};

/** Measuring (IHE BIR 5.10): its tools, and what is done with measurements. */
export const measuringCommands = {
  toolLength: measuringTool('length'),
  toolBidirectional: measuringTool('bidirectional'),
  toolAngle: measuringTool('angle'),
  toolCobbAngle: measuringTool('cobbAngle'),
  toolProbe: measuringTool('probe'),
  toolRectangle: measuringTool('rectangle'),
  toolEllipse: measuringTool('ellipse'),
  toolCircle: measuringTool('circle'),
  toolFreehand: measuringTool('freehand'),
  toolSpline: measuringTool('spline'),
  toolLivewire: measuringTool('livewire'),
  toolArrow: measuringTool('arrow'),
  toolText: measuringTool('text'),
  toolSelect: { ...toolCommand('select'), isAvailable: hasImage },
  toolMagnify: { ...toolCommand('magnify'), isAvailable: hasImage },
  toolCalibrate: {
    ...toolCommand('calibrate'),
    isAvailable: (context) => canMeasure(context.controller) && imageOf(context) !== undefined,
  },
  removeCalibration: {
    isAvailable: (context) => {
      const image = imageOf(context);
      return image !== undefined && userScaleOf(image) !== undefined;
    },
    run: (context) => {
      const image = imageOf(context);
      if (image) uncalibrateAndMeasure(image, context.controller?.getState().stack?.images ?? [image]);
    },
  },
  undo: { run: undo, isAvailable: canUndo },
  redo: { run: redo, isAvailable: canRedo },
  deleteMeasurement: {
    isAvailable: () => selectedUID() !== undefined,
    run: () => {
      const uid = selectedUID();
      if (uid !== undefined) askToDelete([uid]);
    },
  },
  measurementList: {
    run: () => togglePanel(listPanel),
    isPressed: () => useWorkspace.getState().panel === listPanel,
  },
  toggleMeasurements: {
    run: () => useLive.setState({ areHidden: !useLive.getState().areHidden }),
    isPressed: () => !useLive.getState().areHidden,
  },
  togglePixelReadout: {
    run: toggleReadout,
    isPressed: isReadoutOn,
  },
  /** The Display Reset of IHE BIR (5.11): the view as at the start, and without what was measured and not saved. */
  displayReset: {
    isAvailable: hasImage,
    run: ({ controller }) => {
      controller?.reset();
      removeUnsaved(controller);
    },
  },
} satisfies Record<string, Command>;
