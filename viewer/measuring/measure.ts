import type { Point, Surface } from '../viewport/surface.ts';
import { type Calibration, calibrationOn, regionOf as ultrasoundRegionOf } from './calibration.ts';
import {
  angleAt,
  distance,
  lineAngle,
  pathLength,
  type Region,
  regionArea,
  regionPerimeter,
} from './geometry.ts';
import type { MeasuredValue, Measurement } from './measurement.ts';
import { isTangled, linesOf, regionOfShape, type Shape } from './shapes.ts';
import { spansWithin, statisticsOf } from './statistics.ts';

export type Result = Pick<Measurement, 'values' | 'calibration' | 'notice'>;

type Quantity = MeasuredValue['quantity'];

/** The shape of a unit of the surface; where its axes count in different things, that of the pixels as they are seen. */
export function scaleOf(calibration: Calibration, surface: Pick<Surface, 'kind' | 'image'>) {
  if (calibration.x.unit === calibration.y.unit) return { x: calibration.x.size, y: calibration.y.size };
  return { x: 1, y: surface.image.spacing.row / surface.image.spacing.column };
}

const isMixed = ({ x, y }: Calibration) => x.unit !== y.unit;

/** A length; along axes that count in different things, how far it goes on each. */
function lengthValues(quantity: Quantity, a: Point, b: Point, calibration: Calibration): MeasuredValue[] {
  const { x, y } = calibration;
  if (!isMixed(calibration))
    return [{ quantity, value: distance(a, b, { x: x.size, y: y.size }), unit: x.unit }];
  const quantities = { s: 'duration', 'cm/s': 'velocity', mm: 'length', px: 'length' } as const;
  return [
    { quantity: quantities[x.unit], value: Math.abs(b.x - a.x) * x.size, unit: x.unit },
    { quantity: quantities[y.unit], value: Math.abs(b.y - a.y) * y.size, unit: y.unit },
  ];
}

const squared = { mm: 'mm²', px: 'px²', s: 's²', 'cm/s': '' } as const;

function regionValues(region: Region, shape: Shape, calibration: Calibration): MeasuredValue[] {
  if (isMixed(calibration)) return [];
  const scale = { x: calibration.x.size, y: calibration.y.size };
  const { unit } = calibration.x;
  const area: MeasuredValue = { quantity: 'area', value: regionArea(region, scale), unit: squared[unit] };
  const values: MeasuredValue[] = [
    area,
    { quantity: 'perimeter', value: regionPerimeter(region, scale), unit },
  ];
  return shape.tool === 'circle'
    ? [...values, { quantity: 'diameter', value: 2 * Math.sqrt(area.value / Math.PI), unit }]
    : values;
}

/** Values that follow from the points alone. */
function geometricValues(shape: Shape, calibration: Calibration, surface: Pick<Surface, 'kind' | 'image'>) {
  const [a, b, c, d] = shape.points;
  const scale = scaleOf(calibration, surface);
  const inUnits = isMixed(calibration) ? undefined : scale;
  const degrees = (value: number): MeasuredValue[] =>
    inUnits ? [{ quantity: 'angle', value, unit: '°' }] : [];
  if (shape.tool === 'length' && a && b) return lengthValues('length', a, b, calibration);
  if (shape.tool === 'bidirectional' && a && b && c && d)
    return inUnits
      ? [...lengthValues('longAxis', a, b, calibration), ...lengthValues('shortAxis', c, d, calibration)]
      : [];
  if (shape.tool === 'angle' && a && b && c) return degrees(angleAt(b, a, c, scale));
  if (shape.tool === 'cobbAngle' && a && b && c && d) return degrees(lineAngle([a, b], [c, d], scale));
  const region = regionOfShape(shape, scale);
  if (region) return isTangled(region) ? [] : regionValues(region, shape, calibration);
  const isOpenPath = shape.tool === 'freehand' || shape.tool === 'spline' || shape.tool === 'livewire';
  if (isOpenPath && inUnits && shape.points.length > 1) {
    const value = pathLength(shape.points, false, scale);
    return [{ quantity: 'length', value, unit: calibration.x.unit } satisfies MeasuredValue];
  }
  return [];
}

/** How far apart, in units of the surface, the places are at which values are looked at: pixels, or the volume's spacing. */
function sampleStep({ kind, image }: Pick<Surface, 'kind' | 'image'>): number {
  return kind === 'image' ? 1 : Math.min(image.rowSpacing, image.columnSpacing);
}

function shrink(region: Region, step: number): Region {
  const by = ({ x, y }: Point): Point => ({ x: x / step, y: y / step });
  if (region.kind === 'polygon') return { kind: 'polygon', points: region.points.map(by) };
  return { kind: 'ellipse', center: by(region.center), u: by(region.u), v: by(region.v) };
}

/** Samples of a volume that statistics look at: about a second. Of more, places are left out evenly, and that is said. */
const mostSamples = 15_000_000;

/** How much further apart than its step the places of a region on a slab are, so that its statistics come in time. */
function thinning(region: Region, surface: Surface): number {
  if (surface.kind === 'image') return 1;
  const spans = spansWithin(shrink(region, sampleStep(surface)));
  const places = spans.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return Math.max(1, Math.sqrt((places * (surface.samplesPerValue ?? 1)) / mostSamples));
}

/** Statistics of the values within; none for colour, whose values are not measured in anything. */
function statisticalValues(region: Region, surface: Surface, thinnedBy: number): MeasuredValue[] {
  const step = sampleStep(surface) * thinnedBy;
  const found = statisticsOf(spansWithin(shrink(region, step)), (column, row) => {
    const value = surface.valueAt({ x: column * step, y: row * step });
    return typeof value === 'number' ? value : undefined;
  });
  if (!found) return [];
  const unit = surface.valueUnit;
  return [
    { quantity: 'mean', value: found.mean, unit },
    { quantity: 'standardDeviation', value: found.standardDeviation, unit },
    { quantity: 'minimum', value: found.minimum, unit },
    { quantity: 'maximum', value: found.maximum, unit },
    { quantity: 'pixelCount', value: found.pixelCount, unit: '' },
  ];
}

/** The velocity at a place of a Doppler spectrum (PS3.3 C.8.5.5.1.11: from the reference pixel). */
function dopplerVelocity({ kind, image }: Surface, place: Point): MeasuredValue[] {
  const region = kind === 'image' ? ultrasoundRegionOf(image.regions, [place]) : undefined;
  if (region?.unitY !== 'cm/s' || region.deltaY === undefined) return [];
  if (region.referencePixelY === undefined) return [];
  const rows = place.y - (region.top + region.referencePixelY);
  return [{ quantity: 'velocity', value: region.referenceValueY + rows * region.deltaY, unit: 'cm/s' }];
}

function probeValues(surface: Surface, place: Point): MeasuredValue[] {
  const value = surface.valueAt(place);
  const own: MeasuredValue[] =
    typeof value === 'number' ? [{ quantity: 'value', value, unit: surface.valueUnit }] : [];
  return [...own, ...dopplerVelocity(surface, place)];
}

/** Pixels above which statistics wait until the hand is off: they would hold it up. */
const quickPixels = 400_000;
/** What a value on a plane takes before its first sample, in samples. */
const planeEffort = 8;

/** Whether everything a shape tells can be told while it is being drawn or moved. */
export function isQuick(
  { points }: Pick<Shape, 'points'>,
  surface: Pick<Surface, 'kind' | 'image' | 'samplesPerValue'>,
): boolean {
  const step = sampleStep(surface);
  const effort = surface.kind === 'image' ? 1 : planeEffort + (surface.samplesPerValue ?? 1);
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const area = (Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys));
  return area * effort < quickPixels * step ** 2;
}

/** Everything a shape on a surface tells. `withStatistics` false leaves out what needs a look at every pixel. */
export function measure(shape: Shape, surface: Surface, withStatistics = true): Result {
  const [place] = shape.points;
  if (shape.tool === 'probe')
    return { values: place ? probeValues(surface, place) : [], calibration: 'none' };
  if (shape.tool === 'arrow' || shape.tool === 'text') return { values: [], calibration: 'none' };
  const bounds = regionOfShape(shape, { x: 1, y: 1 }) ? linesOf(shape, { x: 1, y: 1 })[0]?.points : undefined;
  const calibration = calibrationOn(surface, bounds ?? shape.points);
  const scale = scaleOf(calibration, surface);
  const region = regionOfShape(shape, scale);
  const isCrossing = region !== undefined && isTangled(region);
  const isCounted = region !== undefined && withStatistics && !isCrossing;
  const thinnedBy = isCounted ? thinning(region, surface) : 1;
  const thinned = thinnedBy > 1 ? ('thinned' as const) : undefined;
  const notice = isCrossing ? ('selfCrossing' as const) : (calibration.notice ?? thinned);
  const statistics = isCounted ? statisticalValues(region, surface, thinnedBy) : [];
  return {
    values: [...geometricValues(shape, calibration, surface), ...statistics],
    calibration: calibration.kind,
    ...(notice ? { notice } : {}),
  };
}

const statisticalQuantities: readonly Quantity[] = [
  'mean',
  'standardDeviation',
  'minimum',
  'maximum',
  'pixelCount',
];

/** Lengths, areas and angles of a measurement on an image anew, after its calibration; its statistics stay. */
export function recalibrated(measurement: Measurement, image: Surface['image']): Result {
  const place: Pick<Surface, 'kind' | 'image'> = { kind: 'image', image };
  const unitScale = { x: 1, y: 1 };
  const outline = regionOfShape(measurement, unitScale)
    ? linesOf(measurement, unitScale)[0]?.points
    : undefined;
  const calibration = calibrationOn(place, outline ?? measurement.points);
  const kept = measurement.values.filter(({ quantity }) => statisticalQuantities.includes(quantity));
  const notice = measurement.notice === 'selfCrossing' ? measurement.notice : calibration.notice;
  return {
    values: [...geometricValues(measurement, calibration, place), ...kept],
    calibration: calibration.kind,
    ...(notice ? { notice } : {}),
  };
}
