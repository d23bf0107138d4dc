/** The planes of a volume that are offered by name; `acquired` is that of its own slices. */
export type PlaneName = 'axial' | 'coronal' | 'sagittal' | 'acquired';

/** What a tile is to show: a display set as it is, or a plane through the volume that its images make. */
export type TileContent =
  | { readonly kind: 'displaySet'; readonly displaySetId: string }
  | { readonly kind: 'plane'; readonly displaySetId: string; readonly plane: PlaneName };

export function isSameContent(a: TileContent | undefined, b: TileContent | undefined): boolean {
  if (a?.kind !== b?.kind || a?.displaySetId !== b?.displaySetId) return false;
  return a?.kind !== 'plane' || (b?.kind === 'plane' && a.plane === b.plane);
}
