import { numberOf, numbersOf } from '../../dicom/attributes.ts';
import { type AnimationFrame, joinAnimation } from '../../imaging/render/join-animation.ts';
import { RenderError } from '../../imaging/render/render-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { patiently } from '../patiently.ts';
import { type RenderImageOptions, renderImage } from './render-image.ts';
import { type Outline, outlined } from './render-outline.ts';
import { frameCountOf, type OpenSubject } from './render-subject.ts';

/** Nobody waits for more; and of WebP all compressed frames are held until the last. */
const MOST_PIXELS = 2 ** 27;
const MOST_FRAMES = 1024;

export type AnimationType = 'image/gif' | 'image/webp';

/** Whether `frames` frames of an image are few and small enough to be one animation. */
export function fitsAnimation(
  image: Pick<Outline, 'rows' | 'columns'>,
  frames: number,
  { viewport }: RenderImageOptions['parameters'],
): boolean {
  const rows = viewport?.height ?? image.rows ?? 0;
  const columns = viewport?.width ?? image.columns ?? 0;
  return frames <= MOST_FRAMES && frames * rows * columns <= MOST_PIXELS;
}

/**
 * The frames (1-based) as one animation that repeats, at the speed that the image asks for, one rendered after the other as they are
 * read. Throws what `renderImage` throws, and a `RenderError` TOO_LARGE for more than `fitsAnimation` allows.
 */
export function renderAnimation(
  parts: ArchiveParts,
  image: OpenSubject,
  frames: readonly number[],
  mediaType: AnimationType,
  options: Omit<RenderImageOptions, 'mediaType'>,
): AsyncIterable<Uint8Array> {
  if (!fitsAnimation(outlined(image), frames.length, options.parameters))
    throw new RenderError(
      'TOO_LARGE',
      'So many frames of this size make no animation; ask for fewer, or a smaller viewport.',
    );
  return joinAnimation(mediaType, pictures(parts, image, frames, { ...options, mediaType }));
}

async function* pictures(
  parts: ArchiveParts,
  image: OpenSubject,
  frames: readonly number[],
  options: RenderImageOptions,
): AsyncGenerator<AnimationFrame> {
  let automaticRange: RenderImageOptions['automaticRange'];
  for (const frame of frames) {
    const sameGreys = { ...options, automaticRange };
    const picture = await patiently(() => renderImage(parts, image, frame, sameGreys), options.signal);
    // The others in the grey values of the first, or the film would flicker.
    automaticRange ??= picture.automaticRange;
    yield { image: picture, delayMs: delayAfter(image, frame) };
  }
}

const USUAL_DELAY_MS = 100;
/** Browsers slow down what is faster. */
const SHORTEST_DELAY_MS = 20;

/** How long a frame is shown, in milliseconds: PS3.3 C.7.6.5 (Frame Time, Cine Rate) and C.7.6.5.1.2 (Frame Time Vector). */
function delayAfter({ dataSet, ...rest }: OpenSubject, frame: number): number {
  const rate = numberOf(dataSet, 'RecommendedDisplayFrameRate') ?? numberOf(dataSet, 'CineRate');
  const vector = numbersOf(dataSet, 'FrameTimeVector');
  // The vector holds the time that passed before each frame; after the last one the first follows.
  const next = frame < frameCountOf({ dataSet, ...rest }) ? vector[frame] : undefined;
  const time = rate ? 1000 / rate : (next ?? numberOf(dataSet, 'FrameTime') ?? USUAL_DELAY_MS);
  return Math.max(SHORTEST_DELAY_MS, Math.min(60_000, Math.round(time)));
}
