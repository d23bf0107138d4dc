import { positionsOf } from '../viewport/viewport-controller.ts';
import { stepSeries, stepTile } from '../workspace/workspace-store.ts';
import type { Command, CommandContext } from './command.ts';

const lastPosition = ({ controller }: CommandContext) =>
  controller ? positionsOf(controller.getState()) - 1 : 0;

/** From image to image, series to series, viewport to viewport. */
export const navigationCommands = {
  nextImage: { run: ({ controller }) => controller?.scrollBy(1) },
  previousImage: { run: ({ controller }) => controller?.scrollBy(-1) },
  firstImage: { run: ({ controller }) => controller?.goTo(0) },
  lastImage: { run: (context) => context.controller?.goTo(lastPosition(context)) },
  nextSeries: { run: () => stepSeries(1) },
  previousSeries: { run: () => stepSeries(-1) },
  nextViewport: { run: () => stepTile(1) },
  previousViewport: { run: () => stepTile(-1) },
} satisfies Record<string, Command>;
