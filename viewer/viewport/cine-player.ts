import {
  type CineSettings,
  initialCineSettings,
  nextOfCine,
  type RecordedTiming,
  recordedTiming,
} from './cine-timing.ts';
import type { ImageDescription } from './image-description.ts';

/** For objects that don't say how fast they were recorded. */
export const defaultFramesPerSecond = 15;
export const slowestRate = 0.5;
export const fastestRate = 120;

/** What is told of cine. */
export interface CineState extends CineSettings {
  /** Frames per second that are asked for. */
  readonly rate: number;
  /** Frames per second of the recording; undefined where it does not say. */
  readonly recordedRate: number | undefined;
  /** Frames per second that are really shown; undefined while not playing, and before it is known. */
  readonly measuredRate: number | undefined;
  readonly isPlaying: boolean;
}

/** What a player plays. */
export interface CineTarget {
  index(): number;
  /** Whether the frame asked for is still on its way: it is waited for, never skipped in silence. */
  isBusy(): boolean;
  goTo(index: number): void;
  onChange(): void;
}

/** Times of drawings that the measured rate is taken from, ms. */
const measuredOver = 1500;
const reportEvery = 500;

/** Plays one stack. */
export class CinePlayer {
  readonly #target: CineTarget;
  readonly #timing: RecordedTiming | undefined;
  #settings: CineSettings;
  #rate: number;
  #direction: 1 | -1 = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = 0;
  #drawn: number[] = [];
  #measuredRate: number | undefined;
  #reported = 0;

  constructor(images: readonly ImageDescription[], target: CineTarget) {
    this.#target = target;
    this.#timing = recordedTiming(images);
    this.#settings = initialCineSettings(images);
    this.#rate = this.#timing?.rate ?? defaultFramesPerSecond;
  }

  get state(): CineState {
    return {
      ...this.#settings,
      rate: this.#rate,
      recordedRate: this.#timing?.rate,
      measuredRate: this.#measuredRate,
      isPlaying: this.#timer !== undefined,
    };
  }

  /** Plays from where one is; at its recorded rate unless one was asked for. */
  play(rate = this.#rate): void {
    this.#rate = Math.max(slowestRate, Math.min(fastestRate, rate));
    if (this.#timer !== undefined) {
      this.#target.onChange();
      return;
    }
    this.#drawn = [];
    this.#measuredRate = undefined;
    const { mode, last } = this.#settings;
    // Once through again, when it has come to its end.
    if (mode === 'once' && this.#target.index() >= last) this.#target.goTo(this.#settings.first);
    this.#due = performance.now() + this.#duration();
    this.#schedule();
    this.#target.onChange();
  }

  pause(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#measuredRate = undefined;
    this.#target.onChange();
  }

  setSettings(change: Partial<CineSettings> & { readonly rate?: number }): void {
    const { rate, ...settings } = change;
    const next = { ...this.#settings, ...settings };
    if (next.first < next.last) this.#settings = next;
    if (rate !== undefined && rate > 0) this.#rate = Math.max(slowestRate, Math.min(fastestRate, rate));
    this.#target.onChange();
  }

  /** Tells that a frame has come onto the screen. */
  onDrawn(): void {
    if (this.#timer === undefined) return;
    const now = performance.now();
    this.#drawn = [...this.#drawn.filter((time) => time > now - measuredOver), now];
    const [first] = this.#drawn;
    if (first === undefined || this.#drawn.length < 3 || now - this.#reported < reportEvery) return;
    this.#reported = now;
    this.#measuredRate = (1000 * (this.#drawn.length - 1)) / (now - first);
    this.#target.onChange();
  }

  /** ms that the frame on the screen is shown: as recorded, faster or slower by the rate asked for. */
  #duration(): number {
    const recorded = this.#timing?.durations?.[this.#target.index()];
    return recorded && this.#timing ? (recorded * this.#timing.rate) / this.#rate : 1000 / this.#rate;
  }

  #schedule(): void {
    this.#timer = setTimeout(() => this.#step(), Math.max(0, this.#due - performance.now()));
  }

  #step(): void {
    if (this.#timer === undefined) return;
    const now = performance.now();
    if (this.#target.isBusy()) {
      this.#due = now + 4;
      this.#schedule();
      return;
    }
    const next = nextOfCine(this.#target.index(), this.#direction, this.#settings);
    if (!next) {
      this.pause();
      return;
    }
    this.#direction = next.direction;
    this.#target.goTo(next.index);
    // Late by less than a frame is caught up with; later is not, lest it hurry afterwards.
    this.#due = Math.max(this.#due, now - 1000 / this.#rate) + this.#duration();
    this.#schedule();
  }
}
