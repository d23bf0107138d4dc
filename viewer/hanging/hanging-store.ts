import { create } from 'zustand';
import type { KeptView } from '../viewport/kept-view.ts';
import { ctPresets, type Window } from '../viewport/window.ts';
import { keepView, viewOf } from '../workspace/kept-views.ts';
import { linkTiles } from '../workspace/link-store.ts';
import type { TileContent } from '../workspace/tile-content.ts';
import { layOut, useWorkspace } from '../workspace/workspace-store.ts';
import { hasGivenLook, type Look, noteGivenLooks, ownLook } from './given-looks.ts';
import type { HungStage, HungTile, Match } from './match.ts';
import type { TilePlan } from './protocol.ts';

export interface Hanging {
  /** The protocols that fit the open studies, best first. */
  readonly matches: readonly Match[];
  readonly protocolId: string | undefined;
  /** Which of the stages of the chosen protocol that can be shown is on the screen, from 0. */
  readonly stage: number;
}

const nothing: Hanging = { matches: [], protocolId: undefined, stage: 0 };

export const useHangingStore = create<Hanging>(() => nothing);

export function resetHanging(): void {
  useHangingStore.setState(nothing);
  noteGivenLooks(new Map());
}

/** The edge of the tile that the chest wall of a content is to meet. */
const chestWalls = new WeakMap<TileContent, 'left' | 'right'>();
export const chestWallOf = (content: TileContent | undefined): 'left' | 'right' | undefined =>
  content && chestWalls.get(content);

function windowOf(plan: TilePlan): Window | undefined {
  const values =
    typeof plan.window === 'string' ? ctPresets.find(({ name }) => name === plan.window) : plan.window;
  return values && { function: 'LINEAR', ...values };
}

/** How a display set is seen now, wherever that is; else how it was seen last. */
function latestView(displaySetId: string): KeptView | undefined {
  const { contents, controllers } = useWorkspace.getState();
  const tile = contents.findIndex(
    (content) => content?.kind === 'displaySet' && content.displaySetId === displaySetId,
  );
  return controllers[tile]?.keptView?.() ?? viewOf({ kind: 'displaySet', displaySetId });
}

function startOf({ start = 'first' }: TilePlan, imageCount: number): number {
  if (typeof start === 'object') return Math.round(start.fraction * (imageCount - 1));
  return start === 'middle' ? Math.floor(imageCount / 2) : 0;
}

/** Whether a tile shows already what its plan asks for: then it is not touched. */
function isShownAlready(content: TileContent | undefined, { candidate, plan }: HungTile): boolean {
  const asksForMore = plan.window ?? plan.isInverted ?? plan.chestWall ?? candidate.index;
  return (
    asksForMore === undefined &&
    content?.kind === 'displaySet' &&
    content.displaySetId === candidate.displaySetId &&
    !hasGivenLook(candidate.displaySetId)
  );
}

/**
 * A content with the view that its plan asks for; where the plan leaves it open, as it was seen last. `isFirst`: the places of
 * images that are there already were chosen by nobody.
 */
function contentOf({ candidate, plan }: HungTile, isFirst: boolean): TileContent {
  const { displaySetId, index, imageCount } = candidate;
  const content: TileContent = { kind: 'displaySet', displaySetId };
  if (plan.chestWall) chestWalls.set(content, plan.chestWall);
  const start = startOf(plan, imageCount);
  // A single view has its own place in the stack: how another one was seen says nothing of it.
  const seen = index === undefined ? latestView(displaySetId) : undefined;
  const own = ownLook(displaySetId, seen);
  const window = windowOf(plan) ?? own.window ?? plan.firstWindow;
  const isInverted = plan.isInverted ?? own.isInverted;
  const place = isFirst ? undefined : seen?.index;
  keepView(content, { ...seen, index: index ?? place ?? start, window, isInverted });
  return content;
}

/** What a stage sets of its display sets, and what each is without it; projections are seen each for itself. */
function givenLooks(tiles: HungStage['tiles']): Parameters<typeof noteGivenLooks>[0] {
  const looks = new Map<string, { given: Look[]; own: Look }>();
  for (const tile of tiles) {
    const window = tile && windowOf(tile.plan);
    const isInverted = tile?.plan.isInverted;
    if (!tile || tile.candidate.index !== undefined || (!window && isInverted === undefined)) continue;
    const { displaySetId } = tile.candidate;
    const look = looks.get(displaySetId) ?? {
      given: [],
      own: ownLook(displaySetId, latestView(displaySetId)),
    };
    look.given.push({ window, isInverted });
    looks.set(displaySetId, look);
  }
  return looks;
}

/**
 * Puts a stage on the screen; linked where it says so. `isFirst`: the reader has chosen nothing yet, so that no place of what is
 * there wins over that of the stage.
 */
export function showStage({ stage, tiles }: HungStage, isFirst = false): void {
  // Contents are all made before any is shown: two tiles may have the same images.
  const before = useWorkspace.getState().contents;
  const looks = givenLooks(tiles);
  const contents = tiles.map((tile, at) => {
    const isStaying =
      tile &&
      isShownAlready(before[at], tile) &&
      !(isFirst && startOf(tile.plan, tile.candidate.imageCount) > 0);
    return isStaying ? before[at] : tile && contentOf(tile, isFirst);
  });
  noteGivenLooks(looks);
  layOut(stage.grid, contents);
  linkTiles(stage.isLinked ? contents.flatMap((content, tile) => (content ? [tile] : [])) : [], true);
}

export function chosenMatch(
  { matches, protocolId }: Hanging = useHangingStore.getState(),
): Match | undefined {
  return matches.find(({ protocol }) => protocol.id === protocolId);
}

/** Shows a protocol that fits, from its first stage or the one given; `isFirst` as in {@link showStage}. */
export function showProtocol(id: string, stage = 0, isFirst = false): void {
  const { matches } = useHangingStore.getState();
  const match = matches.find(({ protocol }) => protocol.id === id);
  const hung = match?.stages[stage];
  if (!match || !hung) return;
  useHangingStore.setState({ protocolId: id, stage });
  showStage(hung, isFirst);
}

/** The next or previous stage that can be shown; after the last comes the first. */
export function stepStage(step: 1 | -1): void {
  const { protocolId, stage } = useHangingStore.getState();
  const count = chosenMatch()?.stages.length ?? 0;
  if (protocolId !== undefined && count > 0) showProtocol(protocolId, (stage + step + count) % count);
}
