import sharp from 'sharp';
import { numberOf, numbersOf } from '../dicom/attributes.ts';
import { RenderError } from '../imaging/render/render-errors.ts';
import type { ArchiveParts } from './archive-parts.ts';
import { type RenderImageOptions, renderImage } from './render-image.ts';
import { frameCountOf, type OpenSubject } from './render-subject.ts';

/** An animation is made of all its frames at once: these bound what that takes, at 4 bytes a pixel. */
const MOST_PIXELS = 2 ** 25;
const MOST_FRAMES = 1024;
const LONGEST_SECONDS = 60;

export type AnimationType = 'image/gif' | 'image/webp';

/** Whether `frames` frames of an image are few and small enough to be one animation. */
export function fitsAnimation(
  image: OpenSubject,
  frames: number,
  { viewport }: RenderImageOptions['parameters'],
): boolean {
  const rows = viewport?.height ?? numberOf(image.dataSet, 'Rows') ?? 0;
  const columns = viewport?.width ?? numberOf(image.dataSet, 'Columns') ?? 0;
  return frames <= MOST_FRAMES && frames * rows * columns <= MOST_PIXELS;
}

let earlier: Promise<unknown> = Promise.resolve();

/**
 * The frames (1-based) as one animation that repeats, at the speed that the image asks for. One animation is made at a time. Throws
 * a `RenderError` TOO_LARGE for more than `fitsAnimation` allows.
 */
export async function renderAnimation(
  parts: ArchiveParts,
  image: OpenSubject,
  frames: readonly number[],
  mediaType: AnimationType,
  options: Omit<RenderImageOptions, 'mediaType'>,
): Promise<Uint8Array> {
  if (!fitsAnimation(image, frames.length, options.parameters))
    throw new RenderError(
      'TOO_LARGE',
      'So many frames of this size make no animation; ask for fewer, or a smaller viewport.',
    );
  const turn = earlier.then(() => {
    options.signal.throwIfAborted();
    return animate(parts, image, frames, mediaType, options);
  });
  earlier = turn.catch(() => undefined);
  return turn;
}

async function animate(
  parts: ArchiveParts,
  image: OpenSubject,
  frames: readonly number[],
  mediaType: AnimationType,
  options: Omit<RenderImageOptions, 'mediaType'>,
): Promise<Uint8Array> {
  const pictures: Buffer[] = [];
  for (const frame of frames) {
    const { bytes } = await renderImage(parts, image, frame, { ...options, mediaType: 'image/png' });
    pictures.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }
  options.signal.throwIfAborted();
  const animation = sharp(pictures, { join: { animated: true } }).timeout({ seconds: LONGEST_SECONDS });
  const delay = frames.map((frame) => delayBefore(image, frame));
  const { quality } = options.parameters;
  return mediaType === 'image/gif'
    ? animation
        .gif({ delay, loop: 0, keepDuplicateFrames: true, interPaletteMaxError: 0, dither: 0 })
        .toBuffer()
    : animation.webp({ delay, loop: 0, ...(quality !== undefined && { quality }) }).toBuffer();
}

const USUAL_DELAY_MS = 100;
/** Browsers slow down what is faster. */
const SHORTEST_DELAY_MS = 20;

/** How long a frame is shown, in milliseconds: PS3.3 C.7.6.5 (Frame Time, Cine Rate) and C.7.6.5.1.2 (Frame Time Vector). */
function delayBefore({ dataSet, ...rest }: OpenSubject, frame: number): number {
  const rate = numberOf(dataSet, 'RecommendedDisplayFrameRate') ?? numberOf(dataSet, 'CineRate');
  const vector = numbersOf(dataSet, 'FrameTimeVector');
  // The vector holds the time that passed before each frame; after the last one the first follows.
  const next = frame < frameCountOf({ dataSet, ...rest }) ? vector[frame] : undefined;
  const time = rate ? 1000 / rate : (next ?? numberOf(dataSet, 'FrameTime') ?? USUAL_DELAY_MS);
  return Math.max(SHORTEST_DELAY_MS, Math.min(60_000, Math.round(time)));
}
