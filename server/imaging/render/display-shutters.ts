import type { DataSet } from '../../dicom/data-set.ts';
import { type AttributeSource, numberOf, numbersOf, textsOf } from './attribute-values.ts';
import { rgbOfCielab } from './cielab.ts';
import { functionalGroup } from './functional-groups.ts';
import { overlayPlane } from './overlay-planes.ts';
import { paint, type Raster, type Rgb } from './raster.ts';
import { RenderError } from './render-errors.ts';

/** Whether a pixel is covered; row and column are 1-based, as shutters count. */
type Shutter = (row: number, column: number) => boolean;

/**
 * Covers what lies outside of the shutters of an image or a presentation state (PS3.3 C.7.6.11, C.7.6.15), in place; of
 * several shapes each one covers. Edges belong to what stays visible.
 */
export function applyShutters(raster: Raster, source: AttributeSource, frameNumber: number): Raster {
  // Frame Display Shutter functional group macro: one for each frame of enhanced images (C.7.6.16).
  const holder =
    functionalGroup(source.dataSet, frameNumber, 'FrameDisplayShutterSequence') ?? source.dataSet;
  const shutters = shuttersOf(source, frameNumber, holder);
  if (shutters.length === 0) return raster;
  const color = shutterColor(holder);
  for (let row = 0; row < raster.height; row++) {
    for (let column = 0; column < raster.width; column++) {
      if (shutters.some((covers) => covers(row + 1, column + 1)))
        paint(raster, row * raster.width + column, color);
    }
  }
  return raster;
}

function shuttersOf(source: AttributeSource, frameNumber: number, dataSet: DataSet): Shutter[] {
  return textsOf(dataSet, 'ShutterShape').flatMap((shape) => {
    const shutter = shape.trim() === 'BITMAP' ? bitmap(source, frameNumber) : makers[shape.trim()]?.(dataSet);
    return shutter ? [shutter] : [];
  });
}

const makers: Readonly<Record<string, (dataSet: DataSet) => Shutter | undefined>> = {
  RECTANGULAR: rectangle,
  CIRCULAR: circle,
  POLYGONAL: polygon,
};

function rectangle(dataSet: DataSet): Shutter {
  const left = numberOf(dataSet, 'ShutterLeftVerticalEdge') ?? Number.NEGATIVE_INFINITY;
  const right = numberOf(dataSet, 'ShutterRightVerticalEdge') ?? Number.POSITIVE_INFINITY;
  const upper = numberOf(dataSet, 'ShutterUpperHorizontalEdge') ?? Number.NEGATIVE_INFINITY;
  const lower = numberOf(dataSet, 'ShutterLowerHorizontalEdge') ?? Number.POSITIVE_INFINITY;
  return (row, column) => column < left || column > right || row < upper || row > lower;
}

function circle(dataSet: DataSet): Shutter | undefined {
  const [centerRow, centerColumn] = numbersOf(dataSet, 'CenterOfCircularShutter');
  const radius = numberOf(dataSet, 'RadiusOfCircularShutter');
  if (centerRow === undefined || centerColumn === undefined || radius === undefined) return undefined;
  return (row, column) => (row - centerRow) ** 2 + (column - centerColumn) ** 2 > radius ** 2;
}

const mostVertices = 10_000;

/** Vertices as row\\column pairs; the last one joins the first (C.7.6.11). */
function polygon(dataSet: DataSet): Shutter | undefined {
  const numbers = numbersOf(dataSet, 'VerticesOfThePolygonalShutter').map((value) => value ?? 0);
  const vertices = Array.from({ length: numbers.length >> 1 }, (_, i) => ({
    row: numbers[2 * i] ?? 0,
    column: numbers[2 * i + 1] ?? 0,
  }));
  if (vertices.length < 3) return undefined;
  if (vertices.length > mostVertices) {
    throw new RenderError('NOT_RENDERABLE', `A shutter has ${vertices.length} vertices`);
  }
  let crossedRow = Number.NaN;
  let crossings: number[] = [];
  return (row, column) => {
    if (row !== crossedRow) {
      crossings = crossingsOfRow(vertices, row);
      crossedRow = row;
    }
    // Inside is where an odd number of edges lie to the left.
    const left = countBelow(crossings, column);
    return left % 2 === 0 && crossings[left] !== column;
  };
}

/** Columns at which edges cross the middle of a row, in rising order. */
function crossingsOfRow(vertices: readonly { row: number; column: number }[], row: number): number[] {
  const crossings: number[] = [];
  for (const [index, from] of vertices.entries()) {
    const to = vertices[(index + 1) % vertices.length] ?? from;
    if (from.row <= row === to.row <= row) continue;
    crossings.push(from.column + ((row - from.row) / (to.row - from.row)) * (to.column - from.column));
  }
  return crossings.sort((a, b) => a - b);
}

/** How many of the sorted numbers are smaller. */
function countBelow(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** C.7.6.15: ones of the overlay that Shutter Overlay Group names are covered. */
function bitmap(source: AttributeSource, frameNumber: number): Shutter | undefined {
  const group = numberOf(source.dataSet, 'ShutterOverlayGroup');
  const plane =
    group === undefined
      ? undefined
      : overlayPlane(source, group.toString(16).toUpperCase().padStart(4, '0'), frameNumber);
  if (!plane) return undefined;
  return (row, column) => {
    const r = row - 1 - plane.top;
    const c = column - 1 - plane.left;
    return r >= 0 && r < plane.rows && c >= 0 && c < plane.columns && plane.isOn(r * plane.columns + c);
  };
}

/** Shutter Presentation Color, else Shutter Presentation Value as P-Value of 16 bits; black where neither is there. */
function shutterColor(dataSet: DataSet): Rgb {
  const lab = numbersOf(dataSet, 'ShutterPresentationColorCIELabValue');
  if (lab.length === 3) return rgbOfCielab(lab.map((value) => value ?? 0));
  const grey = Math.round(((numberOf(dataSet, 'ShutterPresentationValue') ?? 0) / 65535) * 255);
  return [grey, grey, grey];
}

/** The overlay group (`6000`) that serves as shutter, and is not drawn. */
export function shutterOverlayGroup(dataSet: DataSet): string | undefined {
  if (!textsOf(dataSet, 'ShutterShape').includes('BITMAP')) return undefined;
  const group = numberOf(dataSet, 'ShutterOverlayGroup');
  return group?.toString(16).toUpperCase().padStart(4, '0');
}
