import { positionsOf } from '../viewport/viewport-controller.ts';
import { showDisplaySet, stepSeries, stepTile, useWorkspace } from '../workspace/workspace-store.ts';
import type { Command, CommandContext } from './command.ts';

const lastPosition = ({ controller }: CommandContext) =>
  controller ? positionsOf(controller.getState()) - 1 : 0;

/** Reports of the open studies: structured ones, and documents such as PDF and CDA. */
const reports = () =>
  useWorkspace
    .getState()
    .displaySets.filter(({ kind }) => kind === 'structuredReport' || kind === 'document');

/** Shows the first report in the active viewport; the one after it where a report is shown there already. */
function showReport(): void {
  const { contents, activeTile } = useWorkspace.getState();
  const all = reports();
  const at = all.findIndex(({ id }) => id === contents[activeTile]?.displaySetId);
  const next = all[(at + 1) % all.length];
  if (next) showDisplaySet(next.id);
}

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
  showReport: { run: showReport, isAvailable: () => reports().length > 0 },
} satisfies Record<string, Command>;
