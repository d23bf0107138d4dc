import type { ImageDescription } from '../viewport/image-description.ts';
import { factsOf, type ImageFacts } from '../viewport/image-facts.ts';
import { holdForVolume } from '../viewport/images-in-volumes.ts';
import { describeFailure, type ImageFailure, loadImage } from '../viewport/load-image.ts';
import { memoryBudget } from '../viewport/memory-budget.ts';
import { registerImages } from '../viewport/registered-images.ts';
import type { ImageStack } from '../viewport/stacks.ts';
import { keepPlanes, takeSeed } from '../workspace/planes-view.ts';
import { fillOrder } from './fill-order.ts';
import { describeGeometry } from './geometry.ts';
import { initialMpr, type MprState } from './mpr-state.ts';
import { type FilledSlices, type SliceValues, type VolumeGrid, volumeGrid } from './volume.ts';
import { volumeBytes, volumeLimitBytes } from './volume-memory.ts';

let volumeCount = 0;

/** Browsers open six connections to a host over HTTP/1.1: two stay free for images that are asked for elsewhere. */
const loadsInFlight = 4;

/** A slice as the first loaded one is shown: what windows of the header are taken from. */
export interface ReferenceSlice {
  readonly image: ImageDescription;
  readonly facts: ImageFacts;
}

/**
 * The volume of one stack while at least one viewport shows planes of it: its slices, fetched from the first moment on, and how
 * its planes are seen. The values are those of the image cache, which counts them and keeps them for as long; only what is a copy
 * is counted here. Both are let go with the last viewport.
 */
export class VolumeSession {
  readonly stack: ImageStack;
  readonly grid: VolumeGrid;
  readonly #listeners = new Set<() => void>();
  readonly #slices: (SliceValues | undefined)[];
  /** Of slices with padding below all their values; see {@link FilledSlices.floors}. */
  readonly #floors = new Map<number, number>();
  readonly #queue: number[];
  #mpr: MprState;
  #filled: FilledSlices = { places: [], values: [], reach: Number.POSITIVE_INFINITY };
  #reference: ReferenceSlice | undefined;
  #range: readonly [number, number] | undefined;
  #loading = 0;
  #failure: ImageFailure | undefined;
  #failedCount = 0;
  #isReleased = false;
  /** Bytes of slices that are no pixels of the image cache. */
  #copiedBytes = 0;
  readonly #holder: string;
  readonly #letImagesGo: () => void;

  constructor(stack: ImageStack, grid: VolumeGrid, mpr: MprState) {
    this.stack = stack;
    this.grid = grid;
    this.#mpr = mpr;
    keepPlanes(stack.id, mpr);
    this.#slices = grid.slices.order.map(() => undefined);
    this.#queue = fillOrder(grid.slices.order.length);
    registerImages(stack.images);
    // One that has grown has the id of the one before, which may still be there.
    this.#holder = `volume:${stack.id}:${++volumeCount}`;
    this.#letImagesGo = holdForVolume(stack.images.map(({ imageId }) => imageId));
    this.#fetchMore();
  }

  get mpr(): MprState {
    return this.#mpr;
  }
  /** Slices in memory. Not the same object when more are. */
  get filled(): FilledSlices {
    return this.#filled;
  }
  get reference(): ReferenceSlice | undefined {
    return this.#reference;
  }
  /** Lowest and highest value of the slices in memory. */
  get range(): readonly [number, number] | undefined {
    return this.#range;
  }
  get failedCount(): number {
    return this.#failedCount;
  }
  /** Set when not a single slice could be loaded. */
  get failure(): ImageFailure | undefined {
    return this.#filled.places.length === 0 && this.#isDone() ? this.#failure : undefined;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  change(change: Partial<MprState>): void {
    this.#mpr = { ...this.#mpr, ...change };
    keepPlanes(this.stack.id, this.#mpr);
    this.#tell();
  }

  /** Tries once more to load what failed. */
  retry(): void {
    if (this.#failedCount === 0) return;
    this.#queue.push(...this.#slices.flatMap((slice, index) => (slice ? [] : [index])));
    this.#failedCount = 0;
    this.#fetchMore();
    this.#tell();
  }

  release(): void {
    this.#isReleased = true;
    this.#queue.length = 0;
    this.#slices.fill(undefined);
    this.#filled = { places: [], values: [], reach: 0.5 };
    this.#listeners.clear();
    this.#letImagesGo();
    memoryBudget.report(this.#holder, 0);
  }

  #isDone(): boolean {
    return this.#queue.length === 0 && this.#loading === 0;
  }

  #fetchMore(): void {
    while (this.#loading < loadsInFlight && !this.#isReleased) {
      const index = this.#queue.shift();
      if (index === undefined) return;
      this.#loading++;
      void this.#fetch(index);
    }
  }

  async #fetch(index: number): Promise<void> {
    const image = this.stack.images[this.grid.slices.order[index] ?? -1];
    try {
      const loaded = image && (await loadImage(image.imageId));
      const facts = factsOf(loaded);
      if (!image || !loaded || !facts) throw new Error('The image was loaded, but has no values');
      if (!this.#isReleased) this.#take(index, image, facts, loaded.getPixelData());
    } catch (error) {
      this.#failure = describeFailure(error);
      this.#failedCount++;
    }
    this.#loading--;
    if (this.#isReleased) return;
    this.#fetchMore();
    this.#publish();
  }

  #take(index: number, image: ImageDescription, facts: ImageFacts, pixels: unknown): void {
    const { values, isPadding, range } = facts;
    const hidesPadding = pixels !== values;
    // Padding that would be seen is no value at all; what lies below all others is as good as black, but not in slabs.
    const slice =
      hidesPadding && isPadding
        ? Float32Array.from(values, (value) => (isPadding(value) ? Number.NaN : value))
        : values;
    this.#slices[index] = slice;
    if (slice !== pixels) this.#copiedBytes += slice.byteLength;
    memoryBudget.report(this.#holder, this.#copiedBytes);
    if (isPadding && !hidesPadding) this.#floors.set(index, range[0]);
    this.#reference ??= { image, facts };
    const [low, high] = this.#range ?? range;
    this.#range = [Math.min(low, range[0]), Math.max(high, range[1])];
  }

  #publish(): void {
    const { places } = this.grid.slices;
    const there = this.#slices.flatMap((values, index) =>
      values
        ? [{ values, place: places[index] ?? 0, floor: this.#floors.get(index) ?? Number.NEGATIVE_INFINITY }]
        : [],
    );
    this.#filled = {
      places: there.map(({ place }) => place),
      values: there.map(({ values }) => values),
      reach: this.#isDone() ? 0.5 : Number.POSITIVE_INFINITY,
      ...(this.#floors.size > 0 ? { floors: there.map(({ floor }) => floor) } : {}),
    };
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const sessions = new Map<string, { readonly session: VolumeSession; users: number }>();

/**
 * The volume of a stack, for one more viewport; undefined when its images make none, or one larger than all memory that volumes
 * may have. Give it back with {@link leaveVolume}. A
 * stack that has grown is another volume, seen as before.
 */
export function enterVolume(stack: ImageStack): VolumeSession | undefined {
  const entry = sessions.get(stack.id);
  if (entry?.session.stack === stack) {
    entry.users++;
    return entry.session;
  }
  const geometry = describeGeometry(stack.images);
  if (geometry.kind === 'refused' || volumeBytes(stack) > volumeLimitBytes()) return undefined;
  const grid = volumeGrid(stack.images, geometry.slices);
  const mpr = entry?.session.mpr ?? initialMpr(grid, takeSeed(stack.id));
  const session = new VolumeSession(stack, grid, mpr);
  sessions.set(stack.id, { session, users: 1 });
  return session;
}

export function leaveVolume(session: VolumeSession): void {
  const entry = sessions.get(session.stack.id);
  // One that a grown stack has taken the place of ends with the viewport that leaves it for the new one.
  if (entry?.session !== session) {
    session.release();
    return;
  }
  entry.users--;
  if (entry.users > 0) return;
  session.release();
  sessions.delete(session.stack.id);
}
