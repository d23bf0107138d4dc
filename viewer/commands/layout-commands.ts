import { navigate } from 'wouter/use-browser-location';
import { closePrior, openPrior, useComparison } from '../hanging/comparison-store.ts';
import { chosenMatch, stepStage } from '../hanging/hanging-store.ts';
import { leave } from '../workspace/leaving.ts';
import { neighbourInList } from '../workspace/reading-list.ts';
import { viewerAddress } from '../workspace/viewer-address.ts';
import { type Grid, setGrid, toggleSeriesPanel, useWorkspace } from '../workspace/workspace-store.ts';
import type { Command } from './command.ts';

function layout(rows: number, columns: number): Command {
  const isGrid = (grid: Grid) => grid.rows === rows && grid.columns === columns;
  return {
    run: () => setGrid({ rows, columns }),
    isPressed: () => isGrid(useWorkspace.getState().grid),
  };
}

const hasStages = () => (chosenMatch()?.stages.length ?? 0) > 1;

function neighbour(step: 1 | -1): string | undefined {
  return neighbourInList(useComparison.getState().current?.studyInstanceUID, step);
}

function openNeighbour(step: 1 | -1): Command {
  return {
    run: () => {
      const next = neighbour(step);
      if (next !== undefined) leave(() => navigate(viewerAddress([next])));
    },
    isAvailable: () => neighbour(step) !== undefined,
  };
}

/** Grids, hanging protocols, priors, and from study to study. */
export const layoutCommands = {
  layout1x1: layout(1, 1),
  layout1x2: layout(1, 2),
  layout1x3: layout(1, 3),
  layout2x2: layout(2, 2),
  layout2x3: layout(2, 3),
  layout3x3: layout(3, 3),
  nextStage: { run: () => stepStage(1), isAvailable: hasStages },
  previousStage: { run: () => stepStage(-1), isAvailable: hasStages },
  openPrior: { run: () => openPrior(), isAvailable: () => useComparison.getState().priors.length > 0 },
  closePrior: { run: closePrior, isAvailable: () => useComparison.getState().prior !== undefined },
  toggleSeriesPanel: {
    run: toggleSeriesPanel,
    isPressed: () => useWorkspace.getState().hasSeriesPanel,
  },
  nextStudy: openNeighbour(1),
  previousStudy: openNeighbour(-1),
} satisfies Record<string, Command>;
