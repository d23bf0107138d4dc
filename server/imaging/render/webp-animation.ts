import { RenderError } from './render-errors.ts';

interface Size {
  /** Pixels. */
  width: number;
  height: number;
}

const animationFlag = 0x02;
/** ANMF: the frame replaces what was there. */
const doNotBlend = 0x02;
const longestDelayMs = 2 ** 24 - 1;

/** An ANMF chunk (RFC 9649 2.7.1.1) of a WebP file's picture. */
export function webpFrame(
  { bytes, width, height }: Size & { bytes: Uint8Array },
  delayMs: number,
): Uint8Array {
  const picture = pictureChunk(bytes);
  const head = Buffer.alloc(16);
  head.writeUIntLE(width - 1, 6, 3);
  head.writeUIntLE(height - 1, 9, 3);
  head.writeUIntLE(Math.min(longestDelayMs, Math.max(1, Math.round(delayMs))), 12, 3);
  head[15] = doNotBlend;
  return chunk('ANMF', Buffer.concat([head, picture]));
}

/** The file around them, repeating for ever (RFC 9649 2.7). */
export function* webpAnimation(
  { width, height }: Size,
  frames: readonly Uint8Array[],
): Generator<Uint8Array> {
  const canvas = Buffer.alloc(10);
  canvas[0] = animationFlag;
  canvas.writeUIntLE(width - 1, 4, 3);
  canvas.writeUIntLE(height - 1, 7, 3);
  // black and opaque: blue, green, red, alpha; then how often to repeat
  const head = Buffer.concat([chunk('VP8X', canvas), chunk('ANIM', Buffer.from([0, 0, 0, 255, 0, 0]))]);
  const riff = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  riff.writeUInt32LE(
    frames.reduce((sum, frame) => sum + frame.length, 4 + head.length),
    4,
  );
  yield riff;
  yield head;
  yield* frames;
}

/** `VP8 ` or `VP8L` with its header and padding, as it stands in the file. */
function pictureChunk(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 12; at + 8 <= bytes.length; ) {
    const type = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const end = at + 8 + length + (length % 2);
    if (type === 'VP8 ' || type === 'VP8L') return bytes.subarray(at, end);
    at = end;
  }
  throw new RenderError('UNAVAILABLE', 'A frame could not be written as WebP');
}

function chunk(type: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 0, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
