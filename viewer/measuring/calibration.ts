import type { ImageDescription } from '../viewport/image-description.ts';
import type { Point, Surface } from '../viewport/surface.ts';
import type { UltrasoundRegion } from '../viewport/ultrasound-regions.ts';
import type { CalibrationKind, MeasuringNotice } from './measurement.ts';
import { userScaleOf } from './user-calibration.ts';

/** What an axis of a surface counts in, and how much of it one unit of the surface is. */
export interface Axis {
  readonly size: number;
  readonly unit: 'mm' | 'px' | 's' | 'cm/s';
}

export interface Calibration {
  readonly kind: CalibrationKind;
  readonly x: Axis;
  readonly y: Axis;
  readonly notice?: MeasuringNotice;
}

const same = (kind: CalibrationKind, unit: Axis['unit'], x: number, y: number): Calibration => ({
  kind,
  x: { size: x, unit },
  y: { size: y, unit },
});

/** Pixels are counted by their width, so that oblong ones still give the right angles. */
function inPixels({ spacing }: ImageDescription, notice?: MeasuringNotice): Calibration {
  const counted = same('none', 'px', 1, spacing.row / spacing.column);
  return notice ? { ...counted, notice } : counted;
}

const sizeOf = (region: UltrasoundRegion) =>
  (region.right - region.left + 1) * (region.bottom - region.top + 1);

const isInside = ({ x, y }: Point, region: UltrasoundRegion) =>
  x >= region.left - 0.5 && x <= region.right + 0.5 && y >= region.top - 0.5 && y <= region.bottom + 0.5;

/** An axis of a region; the sign of its step tells its direction and is no length. Undefined for what we don't measure. */
function axisOf(unit: UltrasoundRegion['unitX'], delta: number | undefined): Axis | undefined {
  if (delta === undefined) return undefined;
  if (unit === 'cm') return { size: Math.abs(delta) * 10, unit: 'mm' };
  return unit === 's' || unit === 'cm/s' ? { size: Math.abs(delta), unit } : undefined;
}

const hasAxes = ({ unitX, unitY, deltaX, deltaY }: UltrasoundRegion) =>
  axisOf(unitX, deltaX) !== undefined && axisOf(unitY, deltaY) !== undefined;

/**
 * The region that all points lie in; of overlapping ones that of high priority, then one that can be measured in (some
 * scanners put one without units over all), then the smallest.
 */
export function regionOf(
  regions: readonly UltrasoundRegion[],
  points: readonly Point[],
): UltrasoundRegion | undefined {
  return regions
    .filter((region) => points.every((point) => isInside(point, region)))
    .sort(
      (a, b) =>
        Number(a.isLowPriority) - Number(b.isLowPriority) ||
        Number(hasAxes(b)) - Number(hasAxes(a)) ||
        sizeOf(a) - sizeOf(b),
    )[0];
}

/** PS3.3 C.8.5.5: a region has axes of its own; what is not wholly in one can't be said in its units. */
function inRegion(image: ImageDescription, points: readonly Point[]): Calibration {
  const region = regionOf(image.regions, points);
  const x = region && axisOf(region.unitX, region.deltaX);
  const y = region && axisOf(region.unitY, region.deltaY);
  if (!x || !y) return inPixels(image, 'outsideRegion');
  return { kind: 'region', x, y, ...(x.unit === y.unit ? {} : { notice: 'mixedAxes' as const }) };
}

/** Whether an axis of a region counts in something else than lengths: time, velocity, frequency. */
const isGraph = ({ unitX, unitY }: UltrasoundRegion) =>
  [unitX, unitY].some((unit) => unit !== 'cm' && unit !== 'none');

/**
 * What lengths through some points of an image count in: a reader's calibration first, then regions, then the spacing. What
 * touches a region of time or velocity is never in the reader's millimetres.
 */
export function calibrationOfImage(image: ImageDescription, points: readonly Point[]): Calibration {
  const regions = points.map((point) => regionOf(image.regions, [point]));
  if (regions.some((region) => region && isGraph(region))) return inRegion(image, points);
  const user = userScaleOf(image);
  if (user) return same('user', 'mm', user.x, user.y);
  if (image.regions.length > 0) return inRegion(image, points);
  const { kind, row, column } = image.spacing;
  return kind === 'none' ? inPixels(image) : same(kind, 'mm', column, row);
}

/** The same on any surface; planes through a volume count in mm by themselves. */
export function calibrationOn(
  surface: Pick<Surface, 'kind' | 'image'>,
  points: readonly Point[],
): Calibration {
  if (surface.kind === 'plane') return same('patient', 'mm', 1, 1);
  return calibrationOfImage(surface.image, points);
}
