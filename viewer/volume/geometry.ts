import { type ImageDescription, isColor } from '../viewport/image-description.ts';
import { between, dot, type Vector3 } from '../viewport/vectors.ts';
import { arrangeSlices, type SliceArrangement, samePlaceTolerance } from './slice-arrangement.ts';

/** Slices that are not there, mm apart as the others are. */
export interface MissingSlices {
  /** The slice before the gap, counted from 1 in the order of the images that were given. */
  readonly after: number;
  readonly count: number;
}

/** What one image of the stack has, or has not, that keeps it from being a slice like the first one. */
type Mixture =
  | 'noGeometry'
  | 'notCalibrated'
  | 'colour'
  | 'mixedOrientation'
  | 'mixedSize'
  | 'mixedSpacing'
  | 'mixedFrameOfReference';

/**
 * Something about the places of a stack's slices that a reader must know. `corrected`: planes through the volume are right all
 * the same; `said`: they are right, but something of the patient is not in them; `refused`: no planes can be made. `name` and
 * `outcome` are a key of the texts: `volume.finding.NAME.OUTCOME`.
 */
export type GeometryFinding =
  | { readonly name: 'tilt'; readonly outcome: 'corrected' | 'refused'; readonly degrees: number }
  | {
      readonly name: 'missingSlices';
      readonly outcome: 'said';
      readonly total: number;
      readonly gaps: readonly MissingSlices[];
    }
  | {
      readonly name: 'unevenSpacing';
      readonly outcome: 'corrected' | 'refused';
      /** mm between neighbours. */
      readonly smallest: number;
      readonly largest: number;
      readonly usual: number;
    }
  /** Several images at one place: a time series, echoes, or a series that was sent twice under other UIDs. */
  | {
      readonly name: 'samePlace';
      readonly outcome: 'refused';
      readonly images: number;
      readonly places: number;
    }
  | { readonly name: 'tooFewSlices'; readonly outcome: 'refused'; readonly count: number }
  | { readonly name: 'shiftedSlices'; readonly outcome: 'refused'; readonly millimetres: number }
  | { readonly name: Mixture; readonly outcome: 'refused' };

/** Whether images make a volume, and what is to be said of it. */
export type Geometry =
  | {
      /** `sound`: nothing to be said. */
      readonly kind: 'sound' | 'noticed';
      readonly findings: readonly GeometryFinding[];
      readonly slices: SliceArrangement;
    }
  | { readonly kind: 'refused'; readonly findings: readonly GeometryFinding[] };

const fewestSlices = 3;
/** Parts of directions that differ by less are rounding: 0.001 is 0.25 mm at 250 mm from the middle. */
const directionTolerance = 0.001;
/** Parts of a pixel spacing. */
const spacingTolerance = 0.001;
/** A gantry is not tilted by less, degrees; smaller angles are followed too, but not worth a sentence. */
const smallestTilt = 0.25;
const largestTilt = 45;
/** Distances of neighbours that differ by less are even: part of the usual distance. */
const unevenTolerance = 0.05;
/** More irregular distances than this part of all are no gaps in a regular volume: it has no usual distance. */
const irregularShare = 0.1;

type Refusal = Extract<GeometryFinding, { outcome: 'refused' }>;

const isClose = (a: Vector3, b: Vector3) =>
  between(a, b).every((part) => Math.abs(part) <= directionTolerance);
const isNear = (a: number, b: number) => Math.abs(a - b) <= spacingTolerance * Math.abs(a);

/** What no image may differ in from the first, and what each must have. */
function findMixtures(images: readonly ImageDescription[]): Refusal[] {
  const [first] = images;
  if (!first?.rowDirection || !first.columnDirection) return [{ name: 'noGeometry', outcome: 'refused' }];
  const [row, column] = [first.rowDirection, first.columnDirection];
  const found = new Set<Mixture>();
  for (const image of images) {
    if (!image.position || !image.rowDirection || !image.columnDirection) found.add('noGeometry');
    else if (!isClose(row, image.rowDirection) || !isClose(column, image.columnDirection)) {
      found.add('mixedOrientation');
    }
    if (isColor(image)) found.add('colour');
    if (image.rows !== first.rows || image.columns !== first.columns) found.add('mixedSize');
    if (!image.isCalibrated) found.add('notCalibrated');
    else if (
      !isNear(first.rowSpacing, image.rowSpacing) ||
      !isNear(first.columnSpacing, image.columnSpacing)
    ) {
      found.add('mixedSpacing');
    }
    if (image.frameOfReferenceUID !== first.frameOfReferenceUID) found.add('mixedFrameOfReference');
  }
  return [...found].map((name) => ({ name, outcome: 'refused' }));
}

function findTilt(slices: SliceArrangement): GeometryFinding[] {
  const degrees = (Math.acos(Math.min(1, dot(slices.step, slices.normal))) * 180) / Math.PI;
  if (degrees < smallestTilt) return [];
  return [{ name: 'tilt', outcome: degrees > largestTilt ? 'refused' : 'corrected', degrees }];
}

/** Distances of neighbours along the normal: what is missing, and what is uneven. */
function findDistances(slices: SliceArrangement): GeometryFinding[] {
  const { places, spacing, order } = slices;
  const distances = places.slice(1).map((place, index) => (place - (places[index] ?? 0)) * spacing);
  const extremes = { smallest: Math.min(...distances), largest: Math.max(...distances), usual: spacing };
  const gaps = distances.flatMap((distance, index): MissingSlices[] => {
    const count = Math.round(distance / spacing) - 1;
    // The gap lies behind the slice that comes first in the order that was given.
    const after = Math.min(order[index] ?? 0, order[index + 1] ?? 0) + 1;
    return count > 0 ? [{ after, count }] : [];
  });
  const isRegular = gaps.length <= Math.max(2, distances.length * irregularShare);
  if (!isRegular || gaps.length >= distances.length / 2) {
    return [{ name: 'unevenSpacing', outcome: 'refused', ...extremes }];
  }
  const found: GeometryFinding[] = [];
  if (gaps.length > 0) {
    const total = gaps.reduce((sum, { count }) => sum + count, 0);
    gaps.sort((a, b) => a.after - b.after);
    found.push({ name: 'missingSlices', outcome: 'said', total, gaps });
  }
  const neighbours = distances.filter((distance) => distance < spacing * 1.5);
  if (neighbours.some((distance) => Math.abs(distance - spacing) > spacing * unevenTolerance)) {
    const [smallest, largest] = [Math.min(...neighbours), Math.max(...neighbours)];
    found.push({ name: 'unevenSpacing', outcome: 'corrected', ...extremes, smallest, largest });
  }
  return found;
}

/** Slices that stand beside the line through the first and the last: no plane through them can be straight. */
function findShift(slices: SliceArrangement, images: readonly ImageDescription[]): Refusal[] {
  const [first] = images;
  const millimetres = slices.largestShift;
  const tolerance = Math.min(first?.rowSpacing ?? 1, first?.columnSpacing ?? 1) / 2;
  return millimetres > tolerance ? [{ name: 'shiftedSlices', outcome: 'refused', millimetres }] : [];
}

function findSamePlace(images: readonly ImageDescription[], slices: SliceArrangement): Refusal[] {
  const { places, spacing } = slices;
  const isOwn = (place: number, index: number) =>
    index === 0 || (place - (places[index - 1] ?? 0)) * spacing > samePlaceTolerance;
  const count = places.filter(isOwn).length;
  if (count === images.length) return [];
  return [{ name: 'samePlace', outcome: 'refused', images: images.length, places: count }];
}

function examine(images: readonly ImageDescription[]): Geometry {
  const mixtures = findMixtures(images);
  if (mixtures.length > 0) return { kind: 'refused', findings: mixtures };
  if (images.length < fewestSlices) {
    return {
      kind: 'refused',
      findings: [{ name: 'tooFewSlices', outcome: 'refused', count: images.length }],
    };
  }
  const slices = arrangeSlices(images);
  if (!slices) {
    const findings = [{ name: 'samePlace', outcome: 'refused', images: images.length, places: 1 }] as const;
    return { kind: 'refused', findings };
  }
  const samePlace = findSamePlace(images, slices);
  if (samePlace.length > 0) return { kind: 'refused', findings: samePlace };
  const findings = [...findTilt(slices), ...findDistances(slices), ...findShift(slices, images)];
  if (findings.some(({ outcome }) => outcome === 'refused')) return { kind: 'refused', findings };
  return { kind: findings.length > 0 ? 'noticed' : 'sound', findings, slices };
}

const known = new WeakMap<readonly ImageDescription[], Geometry>();

/**
 * Says whether images (frames of one stack, in display order) are slices of a volume: parallel, of one size, each at a place of
 * its own, on a straight line (PS3.3 C.7.6.2.1.1). Cheap to ask again for the same array.
 */
export function describeGeometry(images: readonly ImageDescription[]): Geometry {
  const before = known.get(images);
  if (before) return before;
  const geometry = examine(images);
  known.set(images, geometry);
  return geometry;
}

/** What must be said over the images of a stack as they are, whether or not a volume is made of them. */
export function stackNotices(images: readonly ImageDescription[]): GeometryFinding[] {
  const told = ['tilt', 'missingSlices', 'unevenSpacing'];
  return describeGeometry(images).findings.filter(({ name }) => told.includes(name));
}
