import { type JsonDataSet, number, numbers, texts } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import { describeImages, type ImageDescription, isColor, type Vector3 } from './image-description.ts';
import { type InstanceKind, instanceKind } from './series-kinds.ts';

/** Images that are scrolled through together (IHE BIR: a FrameSet), in display order; never empty. */
export interface ImageStack {
  readonly kind: 'image';
  readonly id: string;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly images: readonly ImageDescription[];
  /** Whether the images are the frames of one multi-frame object. */
  readonly isMultiFrame: boolean;
}

/** Instances that the viewport can't show as pictures. */
export interface OtherObjects {
  readonly kind: Exclude<InstanceKind, 'image'>;
  readonly id: string;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly instances: readonly JsonDataSet[];
}

export type DisplaySet = ImageStack | OtherObjects;

const dot = (a: Vector3, b: Vector3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/**
 * The direction to scroll in, along the normal of the slices: head to feet, front to back, right to left of the
 * patient, by convention and independent of how the scanner numbered its images.
 */
function scrollDirection(row: Vector3, column: Vector3): Vector3 {
  const normal = cross(row, column);
  const [x, y, z] = normal.map(Math.abs) as unknown as Vector3;
  const isForward = z >= x && z >= y ? normal[2] < 0 : y >= x ? normal[1] > 0 : normal[0] > 0;
  return isForward ? normal : [-normal[0], -normal[1], -normal[2]];
}

/** Millimetres below which two slices count as being at the same place. */
const samePlaceTolerance = 0.01;

function byInstanceNumber(a: ImageDescription, b: ImageDescription): number {
  return (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0) || a.frameNumber - b.frameNumber;
}

/**
 * Orders by place along the normal where every image has one of its own; else (no geometry, or several images at one
 * place, as in time series) by instance and frame number.
 */
export function sortImages(images: readonly ImageDescription[]): ImageDescription[] {
  const numbered = [...images].sort(byInstanceNumber);
  const [first] = numbered;
  if (!first?.rowDirection || !first.columnDirection) return numbered;
  const direction = scrollDirection(first.rowDirection, first.columnDirection);
  const placed = numbered.flatMap((image) =>
    image.position ? [{ image, place: dot(image.position, direction) }] : [],
  );
  if (placed.length < numbered.length) return numbered;
  placed.sort((a, b) => a.place - b.place);
  const isDistinct = placed.every((entry, index) => {
    const previous = placed[index - 1];
    return !previous || entry.place - previous.place > samePlaceTolerance;
  });
  return isDistinct ? placed.map((entry) => entry.image) : numbered;
}

/** Images with the same key may be scrolled as one stack: same size, same plane, same kind. */
function stackKey(image: ImageDescription): string {
  const direction = [...(image.rowDirection ?? []), ...(image.columnDirection ?? [])];
  // Hundredths: what scanners write for parallel slices differs by less.
  const plane = direction.map((part) => Math.round(part * 100) / 100 + 0).join(' ');
  const isLocalizer = texts(image.instance, tags.ImageType).includes('LOCALIZER');
  const object = image.numberOfFrames > 1 ? image.sopInstanceUID : '';
  return [image.rows, image.columns, plane, isColor(image), isLocalizer, image.sopClassUID, object].join('|');
}

function groupBy<T>(entries: readonly T[], key: (entry: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const group = groups.get(key(entry));
    if (group) group.push(entry);
    else groups.set(key(entry), [entry]);
  }
  return [...groups.values()];
}

/**
 * Splits the instances of one series into what can be shown. Series are never combined; a multi-frame object is a stack
 * of its own.
 */
export function makeDisplaySets(
  studyInstanceUID: string,
  seriesInstanceUID: string,
  instances: readonly JsonDataSet[],
): DisplaySet[] {
  const address = { studyInstanceUID, seriesInstanceUID };
  const images = instances
    .filter((instance) => instanceKind(instance) === 'image')
    .flatMap((instance) => describeImages(studyInstanceUID, seriesInstanceUID, instance));
  const stacks = groupBy(images, stackKey)
    .map(sortImages)
    .sort((a, b) => (a[0]?.instanceNumber ?? 0) - (b[0]?.instanceNumber ?? 0));
  const imageSets = stacks.map((sorted, index): ImageStack => {
    const isMultiFrame = (sorted[0]?.numberOfFrames ?? 1) > 1;
    return { kind: 'image', id: `${seriesInstanceUID}#${index}`, ...address, images: sorted, isMultiFrame };
  });
  const others = instances.filter((instance) => instanceKind(instance) !== 'image');
  const otherSets = groupBy(others, instanceKind).flatMap((group): OtherObjects[] => {
    const kind = group[0] ? instanceKind(group[0]) : 'other';
    return kind === 'image'
      ? []
      : [{ kind, id: `${seriesInstanceUID}#${kind}`, ...address, instances: group }];
  });
  return [...imageSets, ...otherSets];
}

/** The instance whose header describes a display set as a whole. */
export function firstInstance(set: DisplaySet): JsonDataSet | undefined {
  return set.kind === 'image' ? set.images[0]?.instance : set.instances[0];
}

/** Frames per second that the object asks for, or undefined (PS3.3 C.7.6.5). */
export function recordedFrameRate(instance: JsonDataSet): number | undefined {
  const rate = number(instance, tags.RecommendedDisplayFrameRate) ?? number(instance, tags.CineRate);
  if (rate && rate > 0) return rate;
  const frameTime = number(instance, tags.FrameTime);
  if (frameTime && frameTime > 0) return 1000 / frameTime;
  // The first value is 0 (PS3.3 C.7.6.5.1.2); cine runs at the mean of the others.
  const times = numbers(instance, tags.FrameTimeVector).filter((time) => time > 0);
  return times.length > 0 ? (1000 * times.length) / times.reduce((sum, time) => sum + time, 0) : undefined;
}
