import { type JsonDataSet, number, numbers, text } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import { functionalGroup } from './functional-groups.ts';
import type { ImageDescription } from './image-description.ts';

/** What happens at the end: from the start again, back and forth, or stop. */
export type CineMode = 'loop' | 'sweep' | 'once';

/** How a stack is played; places are from 0, both ends included. */
export interface CineSettings {
  readonly mode: CineMode;
  readonly first: number;
  readonly last: number;
}

/** How long frames of a recording lasted. */
export interface RecordedTiming {
  /** Frames per second on average. */
  readonly rate: number;
  /** ms for each place of the stack, where frames did not last equally long. */
  readonly durations: readonly number[] | undefined;
}

const positive = (value: number | undefined): number | undefined =>
  value !== undefined && value > 0 ? value : undefined;

/** Longer, it is the time of an acquisition and not of a movement. */
const longestFrameMs = 1000;

/**
 * How long each frame is shown: Frame Time Vector gives the time from the frame before (PS3.3 C.7.6.5.1.2), the first value
 * being 0; the last frame is shown for the mean.
 */
function ofVector(instance: JsonDataSet): RecordedTiming | undefined {
  const steps = numbers(instance, tags.FrameTimeVector).slice(1);
  const valid = steps.flatMap((step) => positive(step) ?? []);
  if (valid.length === 0) return undefined;
  const mean = valid.reduce((sum, step) => sum + step, 0) / valid.length;
  const isEven = valid.every((step) => Math.abs(step - mean) < mean * 0.01);
  const durations = [...steps.map((step) => positive(step) ?? mean), mean];
  return { rate: 1000 / mean, durations: isEven ? undefined : durations };
}

/** Frame Acquisition Duration of the functional groups, and Actual Frame Duration of NM, both ms. */
function ofFrames(images: readonly ImageDescription[]): number | undefined {
  const [image] = images;
  if (!image) return undefined;
  const content = functionalGroup(image.instance, image.frameNumber - 1, tags.FrameContentSequence);
  const duration =
    positive(number(content, tags.FrameAcquisitionDuration)) ??
    positive(number(image.instance, tags.ActualFrameDuration));
  return duration && duration <= longestFrameMs ? duration : undefined;
}

/**
 * How fast a stack was recorded: what is recommended for display, else the times between its frames, else Cine Rate (PS3.3
 * C.7.6.5). Undefined where the object says nothing.
 */
export function recordedTiming(images: readonly ImageDescription[]): RecordedTiming | undefined {
  const instance = images[0]?.instance;
  if (!instance) return undefined;
  const even = (rate: number | undefined) => (rate ? { rate, durations: undefined } : undefined);
  const recommended = even(positive(number(instance, tags.RecommendedDisplayFrameRate)));
  const vector = images.length > 1 && images[0]?.numberOfFrames !== 1 ? ofVector(instance) : undefined;
  const frameTime = positive(number(instance, tags.FrameTime)) ?? ofFrames(images);
  return (
    recommended ??
    vector ??
    even(frameTime && 1000 / frameTime) ??
    even(positive(number(instance, tags.CineRate)))
  );
}

/** Start and Stop Trim (from 1) and Preferred Playback Sequencing of the object. */
export function initialCineSettings(images: readonly ImageDescription[]): CineSettings {
  const end = Math.max(0, images.length - 1);
  const instance = images[0]?.instance ?? {};
  const isOneObject = (images[0]?.numberOfFrames ?? 1) > 1;
  const place = (tag: string, otherwise: number) => {
    const trim = isOneObject ? number(instance, tag) : undefined;
    return trim === undefined ? otherwise : Math.max(0, Math.min(end, trim - 1));
  };
  const [first, last] = [place(tags.StartTrim, 0), place(tags.StopTrim, end)];
  const mode = text(instance, tags.PreferredPlaybackSequencing) === '1' ? 'sweep' : 'loop';
  return last > first ? { mode, first, last } : { mode, first: 0, last: end };
}

/** Where to go from a place, and in which direction on; undefined where playing ends. */
export function nextOfCine(
  index: number,
  direction: 1 | -1,
  { mode, first, last }: CineSettings,
): { readonly index: number; readonly direction: 1 | -1 } | undefined {
  if (index < first || index > last) return { index: first, direction: 1 };
  const next = index + direction;
  if (next >= first && next <= last) return { index: next, direction };
  if (mode === 'once') return undefined;
  if (mode === 'loop') return { index: first, direction: 1 };
  const back = direction === 1 ? -1 : 1;
  return { index: Math.max(first, Math.min(last, index + back)), direction: back };
}
