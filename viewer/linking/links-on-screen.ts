import type { Vector3 } from '../viewport/vectors.ts';
import { type Links, useLinks } from '../workspace/link-store.ts';
import type { PlaneName } from '../workspace/tile-content.ts';
import { displaySetOf, tileCount, useWorkspace, type Workspace } from '../workspace/workspace-store.ts';
import { areParallel } from './geometry.ts';
import { type Linkable, type LinkOfTile, linkableStack, linksOf } from './link-groups.ts';

/** Directions in which the planes with these names are looked through; the acquired one has that of its slices. */
const planeNormals: Readonly<Record<Exclude<PlaneName, 'acquired'>, Vector3>> = {
  axial: [0, 0, 1],
  coronal: [0, 1, 0],
  sagittal: [1, 0, 0],
};

function linkableTile(tile: number, workspace: Workspace, { anchors }: Links): Linkable[] {
  const set = displaySetOf(tile, workspace);
  const content = workspace.contents[tile];
  if (set?.kind !== 'image' || !content) return [];
  const own = linkableStack(tile, set, anchors?.[tile]?.displaySetId === set.id);
  if (content.kind === 'displaySet' || content.plane === 'acquired') return [own];
  return [{ ...own, normal: planeNormals[content.plane], isAnchored: false }];
}

function linkables(workspace: Workspace, links: Links): Linkable[] {
  const count = tileCount(workspace);
  return [...links.members]
    .filter((tile) => tile < count)
    .sort((a, b) => a - b)
    .flatMap((tile) => linkableTile(tile, workspace, links));
}

let known: { workspace: Workspace; links: Links; found: ReadonlyMap<number, LinkOfTile> } | undefined;

/** How each tile that was linked is; computed once for a state of the screen. */
export function linksOnScreen(
  workspace: Workspace = useWorkspace.getState(),
  links: Links = useLinks.getState(),
): ReadonlyMap<number, LinkOfTile> {
  if (known?.workspace !== workspace || known.links !== links) {
    known = { workspace, links, found: linksOf(linkables(workspace, links)) };
  }
  return known.found;
}

/** Whether two tiles have their places in one Frame of Reference and are looked through in one direction. */
export function areLinkedByPosition(a: number, b: number): boolean {
  const [workspace, links] = [useWorkspace.getState(), useLinks.getState()];
  const [[first], [second]] = [linkableTile(a, workspace, links), linkableTile(b, workspace, links)];
  if (!first?.normal || !second?.normal || first.frameOfReferenceUID === undefined) return false;
  return first.frameOfReferenceUID === second.frameOfReferenceUID && areParallel(first.normal, second.normal);
}

/** Tiles of the grid that show images. */
export function tilesWithImages(workspace: Workspace = useWorkspace.getState()): number[] {
  const tiles = Array.from({ length: tileCount(workspace) }, (_, tile) => tile);
  return tiles.filter((tile) => displaySetOf(tile, workspace)?.kind === 'image');
}
