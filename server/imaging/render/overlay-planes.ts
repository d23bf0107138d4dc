import type { DataSet } from '../../dicom/data-set.ts';
import type { Samples } from '../pixel-format.ts';
import { type AttributeSource, bytesOf, numberOf, numbersOf, textOf } from './attribute-values.ts';
import { paint, type Raster, type Rgb } from './raster.ts';

/** A bitmap over the image (PS3.3 C.9.2), the plane of one frame. */
export interface OverlayPlane {
  rows: number;
  columns: number;
  /** Of its top left pixel in the image, 0-based; may lie outside. */
  top: number;
  left: number;
  /** GRAPHICS is drawn as it is, of an ROI (region of interest) the outline. */
  type: 'GRAPHICS' | 'ROI';
  /** Whether the pixel of this index (row by row) is on. */
  isOn(pixel: number): boolean;
}

/** The groups 6000, 6002 … 601E in which a data set has an overlay. */
export function overlayGroups(dataSet: DataSet): string[] {
  return Array.from({ length: 16 }, (_, i) => (0x6000 + 2 * i).toString(16).toUpperCase()).filter(
    (group) => dataSet[`${group}0010`]?.Value !== undefined && dataSet[`${group}0011`]?.Value !== undefined,
  );
}

/** What the image of a plane in high bits looks like (PS3.5 8.1.2, retired). */
export interface EmbeddedOverlayBits {
  rows: number;
  columns: number;
  samples: Samples;
}

/**
 * The plane of a group (`6000`) that belongs to a frame (1-based), `undefined` where it has none there or no bits that
 * can be read. A plane that is cut off is shown as far as it goes.
 */
export function overlayPlane(
  source: AttributeSource,
  group: string,
  frameNumber: number,
  embedded?: EmbeddedOverlayBits,
): OverlayPlane | undefined {
  const { dataSet } = source;
  const rows = numberOf(dataSet, `${group}0010`) ?? 0;
  const columns = numberOf(dataSet, `${group}0011`) ?? 0;
  if (rows < 1 || columns < 1) return undefined;
  const [top = 1, left = 1] = numbersOf(dataSet, `${group}0050`);
  const type = textOf(dataSet, `${group}0040`)?.trim() === 'R' ? 'ROI' : 'GRAPHICS';
  const place = { rows, columns, top: top - 1, left: left - 1, type } as const;
  const bytes = bytesOf(source, dataSet[`${group}3000`]);
  if (bytes) {
    const index = overlayFrame(dataSet, group, frameNumber);
    if (index === undefined) return undefined;
    // PS3.5 8.1.2: frames follow each other without padding, the first bit is the lowest.
    const start = index * rows * columns;
    return { ...place, isOn: (pixel) => bitAt(bytes, start + pixel) };
  }
  const position = numberOf(dataSet, `${group}0102`) ?? 0;
  if (!embedded || position < 1) return undefined;
  return embeddedPlane(place, embedded, position);
}

function bitAt(bytes: Uint8Array, bit: number): boolean {
  return (((bytes[Math.floor(bit / 8)] ?? 0) >> (bit % 8)) & 1) === 1;
}

/** PS3.3 C.9.3: multi-frame overlays begin at Image Frame Origin; one without frames goes over every frame. */
function overlayFrame(dataSet: DataSet, group: string, frameNumber: number): number | undefined {
  const frames = numberOf(dataSet, `${group}0015`);
  if (frames === undefined) return 0;
  const index = frameNumber - (numberOf(dataSet, `${group}0051`) ?? 1);
  return index >= 0 && index < frames ? index : undefined;
}

function embeddedPlane(
  place: Omit<OverlayPlane, 'isOn'>,
  embedded: EmbeddedOverlayBits,
  position: number,
): OverlayPlane {
  const { samples } = embedded;
  // It has the image's size whatever its own rows and columns say: each bit sits in a pixel.
  return {
    ...place,
    rows: embedded.rows,
    columns: embedded.columns,
    isOn: (pixel) => (((samples[pixel] ?? 0) >>> position) & 1) === 1,
  };
}

/** Draws a plane into the raster, in place. */
export function drawOverlay(raster: Raster, plane: OverlayPlane, color: Rgb): void {
  const firstRow = Math.max(0, -plane.top);
  const lastRow = Math.min(plane.rows, raster.height - plane.top);
  const firstColumn = Math.max(0, -plane.left);
  const lastColumn = Math.min(plane.columns, raster.width - plane.left);
  for (let row = firstRow; row < lastRow; row++) {
    for (let column = firstColumn; column < lastColumn; column++) {
      if (!isDrawn(plane, row, column)) continue;
      paint(raster, (plane.top + row) * raster.width + plane.left + column, color);
    }
  }
}

function isDrawn(plane: OverlayPlane, row: number, column: number): boolean {
  const on = (r: number, c: number) =>
    r >= 0 && r < plane.rows && c >= 0 && c < plane.columns && plane.isOn(r * plane.columns + c);
  if (!on(row, column)) return false;
  if (plane.type === 'GRAPHICS') return true;
  return !(on(row - 1, column) && on(row + 1, column) && on(row, column - 1) && on(row, column + 1));
}
