import type { Point } from './displayed-picture.ts';

/** The size of the images that {@link quarterPixels} makes. */
export const quarterSize = { rows: 64, columns: 64 };

/** The middles of the four quarters: top left, top right, bottom left, bottom right. */
export const quarters: readonly Point[] = [
  [15, 15],
  [48, 15],
  [15, 48],
  [48, 48],
];

/** Bytes of an image whose four quarters have one value each, or one for each sample of a pixel; in the order of `quarters`. */
export function quarterPixels(
  values: readonly (number | readonly number[])[],
  bytesPerSample: 1 | 2 = 1,
): Uint8Array {
  const { rows, columns } = quarterSize;
  const samples = Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return values[(row < rows / 2 ? 0 : 2) + (column < columns / 2 ? 0 : 1)] ?? [];
  }).flat();
  return bytesPerSample === 1 ? Uint8Array.from(samples) : new Uint8Array(Uint16Array.from(samples).buffer);
}
