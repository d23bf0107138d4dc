import type { ImageStack } from '../viewport/stacks.ts';
import type { Vector3 } from '../viewport/vectors.ts';
import { areParallel, normalOf } from './geometry.ts';

/** What decides which linked tiles go together. */
export interface Linkable {
  readonly tile: number;
  /** Undefined where nothing is known of the place in the patient. */
  readonly frameOfReferenceUID: string | undefined;
  readonly normal: Vector3 | undefined;
  /** Whether the reader said that what it shows matches the others, wherever it is. */
  readonly isAnchored: boolean;
}

/** Why a tile that was to be linked follows nobody. Keys of the texts. */
export type Refusal = 'refused' | 'refusedPlane' | 'refusedPlace';

export interface LinkOfTile {
  /** `A`, `B` …: tiles of one letter go together. */
  readonly letter: string | undefined;
  /** By position in the patient, or by the offset that the reader asked for. */
  readonly kind: 'position' | 'offset';
  readonly refusal: Refusal | undefined;
}

function isSamePlace(a: Linkable, b: Linkable): boolean {
  return (
    a.frameOfReferenceUID !== undefined &&
    a.frameOfReferenceUID === b.frameOfReferenceUID &&
    a.normal !== undefined &&
    b.normal !== undefined &&
    areParallel(a.normal, b.normal)
  );
}

/** Tiles whose slices lie in the same directions of the same Frame of Reference. */
export function positionGroups(tiles: readonly Linkable[]): readonly (readonly Linkable[])[] {
  const groups: [Linkable, ...Linkable[]][] = [];
  for (const tile of tiles) {
    const group = groups.find(([first]) => isSamePlace(first, tile));
    if (group) group.push(tile);
    else groups.push([tile]);
  }
  return groups;
}

function refusalOf(tile: Linkable, others: readonly Linkable[]): Refusal {
  if (tile.frameOfReferenceUID === undefined || !tile.normal) return 'refusedPlace';
  const isOnlyTurned = others.some(
    (other) => other !== tile && other.frameOfReferenceUID === tile.frameOfReferenceUID,
  );
  return isOnlyTurned ? 'refusedPlane' : 'refused';
}

/** The letter and kind of every linked tile, or why it is not linked with any other. */
export function linksOf(tiles: readonly Linkable[]): ReadonlyMap<number, LinkOfTile> {
  const groups = positionGroups(tiles);
  const isAnyAnchored = tiles.filter((tile) => tile.isAnchored).length > 1;
  // Anchored tiles are one group, together with what shares a place with one of them.
  const isJoined = (group: readonly Linkable[]) => isAnyAnchored && group.some((tile) => tile.isAnchored);
  const letters = new Map<readonly Linkable[], string>();
  const real = groups.filter((group) => group.length > 1 && !isJoined(group));
  const joined = groups.filter(isJoined);
  for (const group of joined) letters.set(group, 'A');
  const first = joined.length > 0 ? 1 : 0;
  for (const [at, group] of real.entries()) letters.set(group, String.fromCharCode(65 + first + at));
  const found = new Map<number, LinkOfTile>();
  for (const group of groups) {
    const letter = letters.get(group);
    const kind = joined.length > 1 && joined.includes(group) ? 'offset' : 'position';
    for (const tile of group) {
      const refusal = letter === undefined && tiles.length > 1 ? refusalOf(tile, tiles) : undefined;
      found.set(tile.tile, { letter, kind, refusal });
    }
  }
  return found;
}

/** What a stack says of itself for linking; its first image speaks for all, which are parallel. */
export function linkableStack(tile: number, stack: ImageStack, isAnchored: boolean): Linkable {
  const [first] = stack.images;
  const isPlaced = first?.position !== undefined && first.rowDirection !== undefined;
  return {
    tile,
    frameOfReferenceUID: isPlaced ? first.frameOfReferenceUID : undefined,
    normal: first && normalOf(first),
    isAnchored,
  };
}
