import { cross, type Vector3 } from '../viewport/vectors.ts';
import { type Links, useLinks } from '../workspace/link-store.ts';
import type { PlaneName } from '../workspace/tile-content.ts';
import { displaySetOf, tileCount, useWorkspace, type Workspace } from '../workspace/workspace-store.ts';
import { areParallel } from './geometry.ts';
import { type Linkable, type LinkOfTile, linkableStack, linksOf } from './link-groups.ts';

/** Directions in which planes with these names are looked through before anybody turns them; the acquired one has that of its slices. */
const planeNormals: Readonly<Record<Exclude<PlaneName, 'acquired'>, Vector3>> = {
  axial: [0, 0, 1],
  coronal: [0, 1, 0],
  sagittal: [1, 0, 0],
};

/** The direction in which the plane in a tile is looked through now, however it was turned. */
function planeNormal(tile: number, name: keyof typeof planeNormals, { controllers }: Workspace): Vector3 {
  const surface = controllers[tile]?.getState().surface;
  const isPlane = surface?.kind === 'plane' && surface.xDirection && surface.yDirection;
  return isPlane ? cross(surface.xDirection, surface.yDirection) : planeNormals[name];
}

function linkableTile(tile: number, workspace: Workspace, { anchors }: Links): Linkable[] {
  const set = displaySetOf(tile, workspace);
  const content = workspace.contents[tile];
  if (set?.kind !== 'image' || !content) return [];
  const own = linkableStack(tile, set, anchors?.[tile]?.displaySetId === set.id);
  if (content.kind === 'displaySet' || content.plane === 'acquired') return [own];
  return [{ ...own, normal: planeNormal(tile, content.plane, workspace), isAnchored: false }];
}

function linkables(workspace: Workspace, links: Links): Linkable[] {
  const count = tileCount(workspace);
  return [...links.members]
    .filter((tile) => tile < count)
    .sort((a, b) => a - b)
    .flatMap((tile) => linkableTile(tile, workspace, links));
}

let known: { key: string; found: ReadonlyMap<number, LinkOfTile> } | undefined;

/** How each tile that was linked is; the same map as long as the tiles lie as they do. */
export function linksOnScreen(
  workspace: Workspace = useWorkspace.getState(),
  links: Links = useLinks.getState(),
): ReadonlyMap<number, LinkOfTile> {
  const tiles = linkables(workspace, links);
  // Planes are turned without anything of the workspace being another.
  const key = JSON.stringify(tiles);
  if (known?.key !== key) known = { key, found: linksOf(tiles) };
  return known.found;
}

/** Whether at least two viewports really go together; that they were asked to is not enough. */
export function isAnyLinked(): boolean {
  return [...linksOnScreen().values()].some(({ letter }) => letter !== undefined);
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
