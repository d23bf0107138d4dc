import { gifEnd, gifFrame, gifStart } from './gif-animation.ts';
import { RenderError } from './render-errors.ts';
import type { RenderedImage } from './render-request.ts';
import { webpAnimation, webpFrame } from './webp-animation.ts';

/** A picture of an animation, in the animation's media type, and how long it is shown. */
export interface AnimationFrame {
  image: RenderedImage;
  delayMs: number;
}

/** A WebP file begins with its length, so that all of its compressed frames wait for the last one: up to so many bytes. */
const mostWebpBytes = 256 * 2 ** 20;

/**
 * Joins pictures that were rendered as image/gif or image/webp into one animation that repeats for ever, without decoding
 * them again: GIF streams frame by frame, WebP once all are there. Pictures are of one size. Throws `RenderError`.
 */
export async function* joinAnimation(
  mediaType: 'image/gif' | 'image/webp',
  frames: AsyncIterable<AnimationFrame>,
): AsyncGenerator<Uint8Array> {
  yield* mediaType === 'image/gif' ? joinGif(frames) : joinWebp(frames);
}

async function* joinGif(frames: AsyncIterable<AnimationFrame>): AsyncGenerator<Uint8Array> {
  let first: RenderedImage | undefined;
  for await (const { image, delayMs } of frames) {
    if (!first) yield gifStart(image);
    first ??= image;
    requireSameSize(first, image);
    yield gifFrame(image.bytes, delayMs);
  }
  if (!first) throw new RenderError('NOT_RENDERABLE', 'An animation needs a frame');
  yield gifEnd;
}

async function* joinWebp(frames: AsyncIterable<AnimationFrame>): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let first: RenderedImage | undefined;
  let size = 0;
  for await (const { image, delayMs } of frames) {
    first ??= image;
    requireSameSize(first, image);
    const chunk = webpFrame(image, delayMs);
    size += chunk.length;
    if (size > mostWebpBytes) {
      throw new RenderError('TOO_LARGE', `The animation would have more than ${mostWebpBytes} bytes`);
    }
    chunks.push(chunk);
  }
  if (!first) throw new RenderError('NOT_RENDERABLE', 'An animation needs a frame');
  yield* webpAnimation(first, chunks);
}

function requireSameSize(first: RenderedImage, image: RenderedImage): void {
  if (first.width === image.width && first.height === image.height) return;
  throw new RenderError('NOT_RENDERABLE', 'The frames of an animation have different sizes');
}
