import { inlineBytes, type JsonDataSet, number, numbers, text } from '../dicomweb/data-set.ts';
import type { ImageDescription } from './image-description.ts';
import type { RawFrame } from './pixels/raw-frame.ts';

/** A bitmap over the image (PS3.3 C.9.2): the plane of one frame. */
export interface OverlayPlane {
  readonly rows: number;
  readonly columns: number;
  /** Row and column of its upper left pixel in the image, from 0; may lie outside. */
  readonly top: number;
  readonly left: number;
  /** Graphics are drawn as they are, of a region of interest its outline. */
  readonly isRegion: boolean;
  /** Whether a pixel of the plane is on. */
  readonly isOn: (row: number, column: number) => boolean;
}

/** The groups `6000`, `6002` … `601E` in which an instance has an overlay. */
export function overlayGroups(instance: JsonDataSet): string[] {
  return Array.from({ length: 16 }, (_, index) => (0x6000 + 2 * index).toString(16).toUpperCase()).filter(
    (group) => number(instance, `${group}0010`) && number(instance, `${group}0011`),
  );
}

/** The attributes of overlays that an archive may give as bulk data. */
export const overlayDataTags = (instance: JsonDataSet): string[] =>
  overlayGroups(instance).map((group) => `${group}3000`);

/** Overlays that lie in unused bits of the pixels (retired; PS3.5 8.1.2 of 2004), by group. */
export function readEmbeddedOverlays(image: ImageDescription, frame: RawFrame): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  if (image.isFloat || image.samplesPerPixel !== 1) return found;
  for (const group of overlayGroups(image.instance)) {
    const position = number(image.instance, `${group}0102`) ?? 0;
    const isOutside = position > image.highBit || position <= image.highBit - image.bitsStored;
    if (image.instance[`${group}3000`] || !isOutside || position >= image.bitsAllocated) continue;
    found.set(
      group,
      Uint8Array.from(frame.samples as ArrayLike<number>, (sample) => (sample >>> position) & 1),
    );
  }
  return found;
}

/** PS3.3 C.9.3: multi-frame overlays begin at Image Frame Origin; one without frames lies over every frame. */
function frameOfOverlay(instance: JsonDataSet, group: string, frameNumber: number): number | undefined {
  const frames = number(instance, `${group}0015`);
  if (frames === undefined) return 0;
  const index = frameNumber - (number(instance, `${group}0051`) ?? 1);
  return index >= 0 && index < frames ? index : undefined;
}

/**
 * The plane of one group over a frame (from 1), undefined where it has none there or its data did not come. `instance` has
 * Overlay Data inline.
 */
export function overlayPlane(
  instance: JsonDataSet,
  group: string,
  frame: {
    readonly frameNumber: number;
    readonly rows: number;
    readonly columns: number;
    readonly embedded: ReadonlyMap<string, Uint8Array>;
  },
): OverlayPlane | undefined {
  const [top = 1, left = 1] = numbers(instance, `${group}0050`);
  const place = {
    rows: number(instance, `${group}0010`) ?? 0,
    columns: number(instance, `${group}0011`) ?? 0,
    top: top - 1,
    left: left - 1,
    isRegion: text(instance, `${group}0040`) === 'R',
  };
  const embedded = frame.embedded.get(group);
  if (embedded) {
    // Each bit sits in a pixel, whatever the overlay's own rows and columns say.
    const { rows, columns } = frame;
    return { ...place, rows, columns, isOn: (row, column) => embedded[row * columns + column] === 1 };
  }
  const bytes = inlineBytes(instance, `${group}3000`);
  const index = frameOfOverlay(instance, group, frame.frameNumber);
  if (!bytes || index === undefined) return undefined;
  const start = index * place.rows * place.columns;
  return {
    ...place,
    isOn: (row, column) => {
      // PS3.5 8.1.2: the first pixel is the least significant bit.
      const bit = start + row * place.columns + column;
      return (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
    },
  };
}

/** Whether a pixel of a plane is drawn: of a region only those that have a neighbour outside of it. */
export function isDrawn(plane: OverlayPlane, row: number, column: number): boolean {
  const on = (r: number, c: number) =>
    r >= 0 && r < plane.rows && c >= 0 && c < plane.columns && plane.isOn(r, c);
  if (!on(row, column)) return false;
  if (!plane.isRegion) return true;
  return !(on(row - 1, column) && on(row + 1, column) && on(row, column - 1) && on(row, column + 1));
}
