import type { OrientationMarkers } from '../viewport/orientation.ts';
import type { Surface } from '../viewport/surface.ts';

type Side = 'left' | 'right';

/**
 * The edge of the picture, as displayed, that the chest wall is at: the one that the letters call posterior. Undefined where
 * the header says nothing of it, or the picture is turned: nothing is guessed of sides.
 */
export function chestWallEdge(markers: OrientationMarkers | undefined): Side | undefined {
  const isPosterior = (letters: string | undefined) => letters?.startsWith('P') ?? false;
  const isAnterior = (letters: string | undefined) => letters?.startsWith('A') ?? false;
  if (isPosterior(markers?.right) || isAnterior(markers?.left)) return 'right';
  return isPosterior(markers?.left) || isAnterior(markers?.right) ? 'left' : undefined;
}

/** The frame of an image on the screen, CSS pixels. */
export function edgesOf(surface: Surface): { left: number; right: number; top: number; bottom: number } {
  const { columns, rows } = surface.image;
  const a = surface.toScreen({ x: -0.5, y: -0.5 });
  const b = surface.toScreen({ x: columns - 0.5, y: rows - 0.5 });
  return {
    left: Math.min(a.left, b.left),
    right: Math.max(a.left, b.left),
    top: Math.min(a.top, b.top),
    bottom: Math.max(a.top, b.top),
  };
}

/** CSS pixels that the picture must go to the right (or left, when negative) for its edge to be at that of the tile. */
export function shiftTo(side: Side, surface: Surface, tileWidth: number): number {
  const { left, right } = edgesOf(surface);
  return side === 'right' ? tileWidth - right : -left;
}

/** Height and width of an image as it is displayed, mm at the detector or in the patient: only compared with others. */
export interface ImageExtent {
  readonly width: number;
  readonly height: number;
}

/** CSS pixels for one mm at which every one of some images is seen whole in a tile of this size. */
export function commonScale(
  extents: readonly ImageExtent[],
  tile: { readonly width: number; readonly height: number },
): number | undefined {
  const scales = extents.flatMap(({ width, height }) =>
    width > 0 && height > 0 ? [Math.min(tile.width / width, tile.height / height)] : [],
  );
  return scales.length > 0 ? Math.min(...scales) : undefined;
}
