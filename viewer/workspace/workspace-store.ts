import { create } from 'zustand';
import type { DisplaySet } from '../viewport/stacks.ts';
import type { ViewportController } from '../viewport/viewport-controller.ts';
import { forgetViews } from './kept-views.ts';
import { isSameContent, type TileContent } from './tile-content.ts';
import type { ToolName } from './tools.ts';

/** Viewports in rows and columns, 1 to 5 each. Tiles are counted from 0, row by row. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
}
export const largestGrid: Grid = { rows: 5, columns: 5 };

/** What of the texts over images is shown; who the patient is and what warns is shown always (IHE BIR 5.8). */
export type OverlayDetail = 'full' | 'minimal' | 'off';

export interface Workspace {
  readonly grid: Grid;
  /** The tile that fills the whole area for a while; undefined when all are seen. */
  readonly enlargedTile: number | undefined;
  /** Which viewport commands act on, from 0. */
  readonly activeTile: number;
  /** What each tile shows; tiles may be empty. */
  readonly contents: readonly (TileContent | undefined)[];
  /** Ids of the display sets that were in a tile since the studies were opened. */
  readonly viewed: ReadonlySet<string>;
  /** The tool of the left mouse button. */
  readonly tool: ToolName;
  readonly overlayDetail: OverlayDetail;
  readonly hasSeriesPanel: boolean;
  /** What is open over or beside the images, by name; one at a time. */
  readonly panel: string | undefined;
  /** What the open studies hold so far, in the order of the series panel. */
  readonly displaySets: readonly DisplaySet[];
  /** Whether these are all: every series of the open studies is read, or has failed. */
  readonly isComplete: boolean;
  /** The controllers of the tiles that exist now. */
  readonly controllers: Readonly<Record<number, ViewportController>>;
}

const initialState: Workspace = {
  grid: { rows: 1, columns: 1 },
  enlargedTile: undefined,
  activeTile: 0,
  contents: [undefined],
  viewed: new Set(),
  tool: 'window',
  overlayDetail: 'full',
  hasSeriesPanel: true,
  panel: undefined,
  displaySets: [],
  isComplete: false,
  controllers: {},
};

/** What is on the screen of the study viewer. Actions are functions beside it, so that commands can call them. */
export const useWorkspace = create<Workspace>(() => initialState);

const set = useWorkspace.setState;
const get = useWorkspace.getState;

/** Clears the desk for other studies; whoever opens them puts the tool in hand that the reader begins with. */
export function resetWorkspace(): void {
  forgetViews();
  const { tool, hasSeriesPanel, controllers } = get();
  set({ ...initialState, tool, hasSeriesPanel, controllers });
}

export function setDisplaySets(displaySets: readonly DisplaySet[], isComplete = true): void {
  set({ displaySets, isComplete });
}

export const tileCount = ({ grid }: Pick<Workspace, 'grid'> = get()): number => grid.rows * grid.columns;

/** The controller of the active tile. */
export const activeController = (workspace: Workspace = get()): ViewportController | undefined =>
  workspace.controllers[workspace.activeTile];

export function displaySetOf(
  tile: number,
  { contents, displaySets }: Pick<Workspace, 'contents' | 'displaySets'> = get(),
): DisplaySet | undefined {
  const id = contents[tile]?.displaySetId;
  return displaySets.find((entry) => entry.id === id);
}

/** What is in tiles counts as viewed; a set is changed only when something is new in it. */
function withViewed(contents: Workspace['contents'], { viewed } = get()): ReadonlySet<string> {
  const added = contents.flatMap((content) =>
    content && !viewed.has(content.displaySetId) ? [content.displaySetId] : [],
  );
  return added.length === 0 ? viewed : new Set([...viewed, ...added]);
}

/**
 * Shows something in a tile, the active one unless another is given, and makes that tile active. What the tile shows already
 * stays as it is.
 */
export function showContent(content: TileContent, tile = get().activeTile): void {
  const contents = [...get().contents];
  if (!isSameContent(contents[tile], content)) contents[tile] = content;
  set({ contents, activeTile: tile, viewed: withViewed([content]) });
}

/** Lays out grid and contents at once, as a hanging protocol or an address says; the first tile with content is active. */
export function layOut(grid: Grid, contents: readonly (TileContent | undefined)[]): void {
  const filled = contents.findIndex((content) => content !== undefined);
  set({ contents, viewed: withViewed(contents) });
  setGrid(grid);
  set({ activeTile: Math.max(0, filled) });
}

/** Exchanges what two tiles show; each keeps its place, window and zoom. The second becomes active. */
export function swapTiles(from: number, to: number): void {
  const contents = [...get().contents];
  const [a, b] = [contents[from], contents[to]];
  contents[from] = b;
  contents[to] = a;
  set({ contents, activeTile: to });
}

/** Shows a display set in a tile, the active one unless another is given. */
export function showDisplaySet(displaySetId: string, tile?: number): void {
  showContent({ kind: 'displaySet', displaySetId }, tile);
}

/** Shows the display set before or after that of the active tile, in the order of the panel. */
export function stepSeries(step: 1 | -1): void {
  const { contents, activeTile, displaySets } = get();
  const at = displaySets.findIndex((entry) => entry.id === contents[activeTile]?.displaySetId);
  const next = displaySets[at + step];
  if (next) showDisplaySet(next.id);
}

export function activateTile(tile: number): void {
  if (get().activeTile !== tile) set({ activeTile: tile });
}

export function stepTile(step: 1 | -1): void {
  const count = tileCount();
  set({ activeTile: (get().activeTile + step + count) % count });
}

/** Lays the viewports out anew; what no longer has a tile is kept for when it has one again. */
export function setGrid(grid: Grid): void {
  const inside = (count: number, most: number) => Math.max(1, Math.min(most, Math.round(count)));
  const rows = inside(grid.rows, largestGrid.rows);
  const columns = inside(grid.columns, largestGrid.columns);
  set({
    grid: { rows, columns },
    enlargedTile: undefined,
    activeTile: Math.min(get().activeTile, rows * columns - 1),
  });
}

/** Has the active tile fill the whole area, or gives all tiles their places back. */
export function toggleEnlarged(): void {
  const { enlargedTile, activeTile, grid } = get();
  if (tileCount({ grid }) > 1) set({ enlargedTile: enlargedTile === undefined ? activeTile : undefined });
}

export function setTool(tool: ToolName): void {
  set({ tool });
}

const nextDetail = { full: 'minimal', minimal: 'off', off: 'full' } as const;

export function cycleOverlayDetail(): void {
  set({ overlayDetail: nextDetail[get().overlayDetail] });
}

/** More room for the images, or the series panel again. */
export function toggleSeriesPanel(): void {
  set({ hasSeriesPanel: !get().hasSeriesPanel });
}

/** Opens a panel, or closes it when it is the one that is open. */
export function togglePanel(panel: string): void {
  set({ panel: get().panel === panel ? undefined : panel });
}

export function registerController(tile: number, controller: ViewportController | undefined): void {
  const controllers = { ...get().controllers };
  if (controller) controllers[tile] = controller;
  else delete controllers[tile];
  set({ controllers });
}
