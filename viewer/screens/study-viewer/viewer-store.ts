import { create } from 'zustand';
import type { DragTool } from '../../viewport/interactions.ts';
import type { StackController } from '../../viewport/stack-controller.ts';

export type Layout = '1x1' | '1x2' | '2x2';
/** How many viewports each layout has, and how they are arranged. */
export const layouts: Readonly<Record<Layout, { rows: number; columns: number }>> = {
  '1x1': { rows: 1, columns: 1 },
  '1x2': { rows: 1, columns: 2 },
  '2x2': { rows: 2, columns: 2 },
};

export interface ViewerState {
  readonly layout: Layout;
  /** Which viewport commands act on, from 0. */
  readonly activeTile: number;
  /** Display set of each tile, by id; tiles may be empty. */
  readonly shown: readonly (string | undefined)[];
  readonly leftTool: DragTool;
  readonly isHelpOpen: boolean;
  readonly isOverlayShown: boolean;
  /** The controllers of the tiles that exist now. */
  readonly controllers: Readonly<Record<number, StackController>>;
}

const initialState: ViewerState = {
  layout: '1x1',
  activeTile: 0,
  shown: [undefined],
  leftTool: 'window',
  isHelpOpen: false,
  isOverlayShown: true,
  controllers: {},
};

/** State of the open study viewer. Actions are functions beside it, so that commands can call them. */
export const useViewerStore = create<ViewerState>(() => initialState);

const set = useViewerStore.setState;
const get = useViewerStore.getState;

export function resetViewer(): void {
  set({ ...initialState, leftTool: get().leftTool, controllers: get().controllers });
}

/** Shows a display set in a tile, the active one unless another is given. */
export function showDisplaySet(id: string, tile = get().activeTile): void {
  const shown = [...get().shown];
  shown[tile] = id;
  set({ shown, activeTile: tile });
}

export function activateTile(tile: number): void {
  if (get().activeTile !== tile) set({ activeTile: tile });
}

export function stepTile(step: 1 | -1): void {
  const { rows, columns } = layouts[get().layout];
  const count = rows * columns;
  set({ activeTile: (get().activeTile + step + count) % count });
}

export function setLayout(layout: Layout): void {
  const { rows, columns } = layouts[layout];
  set({ layout, activeTile: Math.min(get().activeTile, rows * columns - 1) });
}

export function setLeftTool(leftTool: DragTool): void {
  set({ leftTool });
}

export function toggleHelp(): void {
  set({ isHelpOpen: !get().isHelpOpen });
}

export function toggleOverlay(): void {
  set({ isOverlayShown: !get().isOverlayShown });
}

export function registerController(tile: number, controller: StackController | undefined): void {
  const controllers = { ...get().controllers };
  if (controller) controllers[tile] = controller;
  else delete controllers[tile];
  set({ controllers });
}
