import { type JsonDataSet, numbers, text, texts } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import { functionalGroup } from './functional-groups.ts';
import { describeImages, type ImageDescription, isColor, petImage } from './image-description.ts';
import { petSeriesOf } from './pet-times.ts';
import { type InstanceKind, instanceKind } from './series-kinds.ts';
import { cross, dot, type Vector3 } from './vectors.ts';

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

/**
 * The direction to scroll in, along the normal of the slices: head to feet, front to back, right to left of the
 * patient, by convention and independent of how the scanner numbered its images.
 */
export function scrollDirection(row: Vector3, column: Vector3): Vector3 {
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

const frameContent = (image: ImageDescription): JsonDataSet =>
  functionalGroup(image.instance, image.frameNumber - 1, tags.FrameContentSequence);

/**
 * Frames of one enhanced object by their Dimension Index Values (PS3.3 C.7.6.17: the first dimension changes slowest); others
 * as they are numbered.
 */
function byDimensions(images: readonly ImageDescription[]): ImageDescription[] {
  const numbered = [...images].sort(byInstanceNumber);
  if ((numbered[0]?.numberOfFrames ?? 1) < 2) return numbered;
  const indices = numbered.map((image) => numbers(frameContent(image), tags.DimensionIndexValues));
  const count = indices[0]?.length ?? 0;
  if (count === 0 || indices.some((values) => values.length !== count)) return numbered;
  const places = numbered.map((image, at) => ({ image, values: indices[at] ?? [] }));
  const difference = (a: (number | undefined)[], b: (number | undefined)[]) =>
    a.map((value, at) => (value ?? 0) - (b[at] ?? 0)).find((part) => part !== 0) ?? 0;
  return places.sort((a, b) => difference(a.values, b.values)).map(({ image }) => image);
}

/**
 * Orders by place along the normal where every image has one of its own; else (no geometry, or several images at one
 * place, as in time series) by instance and frame number.
 */
export function sortImages(images: readonly ImageDescription[]): ImageDescription[] {
  const numbered = byDimensions(images);
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

/** Images with the same key may be scrolled as one stack, if their planes are parallel too: same size, same kind. */
function stackKey(image: ImageDescription): string {
  const isLocalizer = texts(image.instance, tags.ImageType).includes('LOCALIZER');
  const object = image.numberOfFrames > 1 ? image.sopInstanceUID : '';
  // Stacks of one enhanced object have nothing to do with each other (PS3.3 C.7.6.16.2.2.4).
  const stack = image.numberOfFrames > 1 ? (text(frameContent(image), tags.StackID) ?? '') : '';
  return [image.rows, image.columns, isColor(image), isLocalizer, image.sopClassUID, object, stack].join('|');
}

/** What scanners write for parallel slices differs by less, in each part of a direction. */
const directionTolerance = 0.01;

/** Whether two images lie in parallel planes, turned the same way; images without a plane go with each other only. */
function areParallel(a: ImageDescription, b: ImageDescription): boolean {
  const parts = (image: ImageDescription) => [
    ...(image.rowDirection ?? []),
    ...(image.columnDirection ?? []),
  ];
  const [first, second] = [parts(a), parts(b)];
  return (
    first.length === second.length &&
    first.every((part, index) => Math.abs(part - (second[index] ?? 0)) <= directionTolerance)
  );
}

/** Each image goes to the first group whose first image it is parallel to. */
function splitByPlane(images: readonly ImageDescription[]): ImageDescription[][] {
  const groups: [ImageDescription, ...ImageDescription[]][] = [];
  for (const image of [...images].sort(byInstanceNumber)) {
    const group = groups.find(([reference]) => areParallel(reference, image));
    if (group) group.push(image);
    else groups.push([image]);
  }
  return groups;
}

/** Planes interpolate between images, and have no measured values where each image has others (slopes of classic MR). */
function withPlaneValues(images: readonly ImageDescription[]): readonly ImageDescription[] {
  const first = images[0]?.measured;
  const isSame = images.every(
    ({ measured: { slope, intercept, unit } }) =>
      slope === first?.slope && intercept === first.intercept && unit === first.unit,
  );
  if (isSame) return images;
  return images.map((image) => ({
    ...image,
    measuredOnPlanes: { slope: 1, intercept: 0, unit: image.valueUnit },
  }));
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

/** Gives every stack the id of the earlier one that shares an image with it, else one that was not given before. */
function stackIds(
  stacks: readonly (readonly ImageDescription[])[],
  series: string,
  earlier: readonly DisplaySet[],
): string[] {
  const earlierIds = new Map(
    earlier.flatMap((set) =>
      set.kind === 'image' ? set.images.map((image) => [image.imageId, set.id] as const) : [],
    ),
  );
  const taken = new Set<string>();
  const kept = stacks.map((images) => {
    const id = images
      .map((image) => earlierIds.get(image.imageId))
      .find((candidate) => candidate !== undefined && !taken.has(candidate));
    if (id !== undefined) taken.add(id);
    return id;
  });
  let next = 0;
  const isGiven = (id: string) => taken.has(id) || earlier.some((set) => set.id === id);
  return kept.map((id) => {
    if (id !== undefined) return id;
    while (isGiven(`${series}#${next}`)) next++;
    return `${series}#${next++}`;
  });
}

/**
 * Splits the instances of one series into what can be shown. Series are never combined; a multi-frame object is a stack
 * of its own. `earlier` is what the series was split into when it had fewer instances: ids stay.
 */
export function makeDisplaySets(
  studyInstanceUID: string,
  seriesInstanceUID: string,
  instances: readonly JsonDataSet[],
  earlier: readonly DisplaySet[] = [],
): DisplaySet[] {
  const address = { studyInstanceUID, seriesInstanceUID };
  // Studies may share a Series Instance UID, though they should not.
  const series = `${studyInstanceUID}/${seriesInstanceUID}`;
  const pictures = instances.filter((instance) => instanceKind(instance) === 'image');
  const petSeries = petSeriesOf(pictures.filter((instance) => text(instance, tags.SOPClassUID) === petImage));
  const images = pictures.flatMap((instance) =>
    describeImages(studyInstanceUID, seriesInstanceUID, instance, petSeries),
  );
  const stacks = groupBy(images, stackKey)
    .flatMap(splitByPlane)
    .map(sortImages)
    .map(withPlaneValues)
    .sort((a, b) => (a[0]?.instanceNumber ?? 0) - (b[0]?.instanceNumber ?? 0));
  const ids = stackIds(stacks, series, earlier);
  const imageSets = stacks.map((sorted, index): ImageStack => {
    const isMultiFrame = (sorted[0]?.numberOfFrames ?? 1) > 1;
    return { kind: 'image', id: ids[index] ?? '', ...address, images: sorted, isMultiFrame };
  });
  const others = instances.filter((instance) => instanceKind(instance) !== 'image');
  const otherSets = groupBy(others, instanceKind).flatMap((group): OtherObjects[] => {
    const kind = group[0] ? instanceKind(group[0]) : 'other';
    return kind === 'image' ? [] : [{ kind, id: `${series}#${kind}`, ...address, instances: group }];
  });
  return [...imageSets, ...otherSets];
}

/** All instances of a display set, each once. */
export function instancesOf(set: DisplaySet): readonly JsonDataSet[] {
  return set.kind === 'image' ? [...new Set(set.images.map((image) => image.instance))] : set.instances;
}

/** The instance whose header describes a display set as a whole. */
export function firstInstance(set: DisplaySet): JsonDataSet | undefined {
  return set.kind === 'image' ? set.images[0]?.instance : set.instances[0];
}
