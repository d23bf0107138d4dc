import type { Point, ScreenPoint, Surface } from '../viewport/surface.ts';
import { calibrationOn } from './calibration.ts';
import { distanceToPiece } from './geometry.ts';
import { type Box, boundsOf, labelSize, placeLabel } from './label-layout.ts';
import { scaleOf } from './measure.ts';
import { type Measurement, pointsOn } from './measurement.ts';
import { handlesOf, linesOf } from './shapes.ts';

/** A measurement as it lies on the screen now. */
export interface LaidOut {
  readonly measurement: Measurement;
  readonly lines: readonly {
    readonly points: readonly ScreenPoint[];
    readonly isClosed: boolean;
    readonly isDashed: boolean;
  }[];
  readonly handles: readonly ScreenPoint[];
  readonly label: Box;
  readonly text: readonly string[];
}

/** `toScreen` of a surface as the affine map that it is: long outlines cost no more than their points. */
function screenMap(surface: Surface): (point: Point) => ScreenPoint {
  const origin = surface.toScreen({ x: 0, y: 0 });
  // Far apart, so that rounding in the renderer does not grow.
  const span = 1000;
  const [x, y] = [surface.toScreen({ x: span, y: 0 }), surface.toScreen({ x: 0, y: span })];
  return (point) => ({
    left: origin.left + ((x.left - origin.left) * point.x + (y.left - origin.left) * point.y) / span,
    top: origin.top + ((x.top - origin.top) * point.x + (y.top - origin.top) * point.y) / span,
  });
}

/** A measurement with its points in the coordinates of the surface it is seen on. */
export function onSurface(measurement: Measurement, surface: Surface): Measurement {
  const { placement, points, handles, labelPoint } = measurement;
  if (placement.kind === 'image') return measurement;
  return {
    ...measurement,
    points: pointsOn(placement, points, surface),
    ...(handles ? { handles: pointsOn(placement, handles, surface) } : {}),
    ...(labelPoint ? { labelPoint: pointsOn(placement, [labelPoint], surface)[0] ?? labelPoint } : {}),
  };
}

/** Where everything goes, one after the other: a label makes room for those before it. */
export function layOut(
  measurements: readonly Measurement[],
  surface: Surface,
  viewport: { readonly width: number; readonly height: number },
  textOf: (measurement: Measurement) => readonly string[],
): LaidOut[] {
  const toScreen = screenMap(surface);
  const drawn = measurements.map((measurement) => {
    const scale = scaleOf(calibrationOn(surface, measurement.points), surface);
    const lines = linesOf(measurement, scale).map(({ points, isClosed, isDashed = false }) => ({
      points: points.map(toScreen),
      isClosed,
      isDashed,
    }));
    const shown = lines.flatMap(({ points }) => points);
    const around = boundsOf(shown.length > 0 ? shown : measurement.points.map(toScreen));
    return { measurement, lines, handles: handlesOf(measurement).map(toScreen), around };
  });
  const taken: Box[] = drawn.map(({ around }) => around);
  return drawn.map(({ measurement, lines, handles, around }) => {
    const text = textOf(measurement);
    const size = labelSize(text);
    const moved = measurement.labelPoint && toScreen(measurement.labelPoint);
    // A text is the label itself, and stays where it was put.
    const own = measurement.tool === 'text' ? { left: around.left, top: around.top } : moved;
    const label = own ? { ...size, ...own } : placeLabel(size, around, taken, viewport);
    if (text.length > 0) taken.push(label);
    return { measurement, lines, handles, label, text };
  });
}

/** What of a measurement is at a place. */
export interface Hit {
  readonly trackingUID: string;
  readonly part: 'handle' | 'line' | 'label';
  /** Which handle. */
  readonly index: number;
}

const asPoint = ({ left, top }: ScreenPoint): Point => ({ x: left, y: top });

function isOnLine(at: Point, line: LaidOut['lines'][number], reach: number): boolean {
  const points = line.points.map(asPoint);
  const ends = line.isClosed ? [...points.slice(1), ...points.slice(0, 1)] : points.slice(1);
  return ends.some((end, index) => distanceToPiece(at, points[index] ?? end, end) <= reach);
}

/** CSS pixels that a handle or line may be missed by: a finger is less exact than a mouse. */
export const reachOf = (pointerType: string): number => (pointerType === 'touch' ? 22 : 7);

/** What is at a place of the screen: handles before lines, lines before labels, what was made last first. */
export function hitTest(items: readonly LaidOut[], at: ScreenPoint, pointerType: string): Hit | undefined {
  const reach = reachOf(pointerType);
  const latestFirst = [...items].reverse();
  for (const { measurement, handles } of latestFirst) {
    const index = handles.findIndex(({ left, top }) => Math.hypot(left - at.left, top - at.top) <= reach);
    if (index >= 0) return { trackingUID: measurement.trackingUID, part: 'handle', index };
  }
  for (const { measurement, lines } of latestFirst) {
    if (lines.some((line) => isOnLine(asPoint(at), line, reach)))
      return { trackingUID: measurement.trackingUID, part: 'line', index: 0 };
  }
  for (const { measurement, label, text } of latestFirst) {
    const { left, top } = at;
    const isInside =
      left >= label.left &&
      left <= label.left + label.width &&
      top >= label.top &&
      top <= label.top + label.height;
    if (text.length > 0 && isInside) return { trackingUID: measurement.trackingUID, part: 'label', index: 0 };
  }
  return undefined;
}

/** Where a label is put so that its corner is seen at a place of the screen moved by `by`. */
export function movedLabel(surface: Surface, label: Box, by: ScreenPoint): Point {
  return surface.fromScreen({ left: label.left + by.left, top: label.top + by.top });
}
