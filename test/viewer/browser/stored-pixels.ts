import dicomParser from 'dicom-parser';
import type { Point } from './displayed-picture.ts';

/** An uncompressed grey image as a file holds it, read without any code of the viewer or the server. */
export interface StoredImage {
  readonly sopInstanceUID: string;
  readonly rows: number;
  readonly columns: number;
  readonly slope: number;
  readonly intercept: number;
  readonly windowCenter: number;
  readonly windowWidth: number;
  /** Z of Image Position (Patient), mm. */
  readonly z: number;
  readonly values: Uint16Array | Int16Array;
}

/** Reads a file of 16-bit grey pixels in Explicit VR Little Endian. */
export function readStoredImage(file: Uint8Array): StoredImage {
  const dataSet = dicomParser.parseDicom(file);
  const pixelData = dataSet.elements.x7fe00010;
  if (!pixelData) throw new Error('no pixel data');
  // A copy: slice() of Node's Buffer is only a view of its pool.
  const bytes = Uint8Array.from(file.subarray(pixelData.dataOffset, pixelData.dataOffset + pixelData.length));
  const isSigned = dataSet.uint16('x00280103') === 1;
  return {
    sopInstanceUID: dataSet.string('x00080018') ?? '',
    rows: dataSet.uint16('x00280010') ?? 0,
    columns: dataSet.uint16('x00280011') ?? 0,
    slope: dataSet.floatString('x00281053') ?? 1,
    intercept: dataSet.floatString('x00281052') ?? 0,
    windowCenter: dataSet.floatString('x00281050', 0) ?? 0,
    windowWidth: dataSet.floatString('x00281051', 0) ?? 1,
    z: dataSet.floatString('x00200032', 2) ?? 0,
    values: isSigned ? new Int16Array(bytes.buffer) : new Uint16Array(bytes.buffer),
  };
}

/** PS3.3 C.11.2.1.2.1: the grey, 0 to 255, of a value after rescaling. */
export function linearGrey(value: number, center: number, width: number): number {
  if (value <= center - 0.5 - (width - 1) / 2) return 0;
  if (value > center - 0.5 + (width - 1) / 2) return 255;
  return ((value - (center - 0.5)) / (width - 1) + 0.5) * 255;
}

/** The grey of a place between pixels: values are interpolated first, and windowed then. */
export function expectedGrey(
  image: StoredImage,
  [column, row]: Point,
  center: number,
  width: number,
): number {
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [x, y] = [column - left, row - top];
  const valueAt = (c: number, r: number) =>
    (image.values[r * image.columns + c] ?? 0) * image.slope + image.intercept;
  const upper = valueAt(left, top) * (1 - x) + valueAt(left + 1, top) * x;
  const lower = valueAt(left, top + 1) * (1 - x) + valueAt(left + 1, top + 1) * x;
  return linearGrey(upper * (1 - y) + lower * y, center, width);
}

/** Places all over an image, away from its edges. */
export function gridPoints(image: StoredImage, step: number): Point[] {
  const points: Point[] = [];
  for (let row = step; row < image.rows - step; row += step) {
    for (let column = step; column < image.columns - step; column += step) points.push([column, row]);
  }
  return points;
}
