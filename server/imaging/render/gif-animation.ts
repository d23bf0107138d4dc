import { RenderError } from './render-errors.ts';

/** GIF89a, 17: the logical screen without colours of its own, and the application extension that repeats for ever. */
export function gifStart({ width, height }: { width: number; height: number }): Uint8Array {
  const screen = Buffer.from('GIF89a\0\0\0\0\0\0\0', 'latin1');
  if (width > 0xffff || height > 0xffff)
    throw new RenderError('TOO_LARGE', 'GIF has at most 65535 pixels each way');
  screen.writeUInt16LE(width, 6);
  screen.writeUInt16LE(height, 8);
  return Buffer.concat([screen, Buffer.from('\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0', 'latin1')]);
}

/** GIF89a, 27. */
export const gifEnd: Uint8Array = Uint8Array.of(0x3b);

/** The picture of a GIF file as a frame: its colours become local ones. Times are in hundredths of a second. */
export function gifFrame(file: Uint8Array, delayMs: number): Uint8Array {
  const picture = readPicture(file);
  const control = Buffer.from([0x21, 0xf9, 4, 0x04, 0, 0, 0, 0]);
  control.writeUInt16LE(Math.min(0xffff, Math.max(1, Math.round(delayMs / 10))), 4);
  const descriptor = Buffer.from(picture.descriptor);
  // GIF89a, 20: a local colour table follows, of 2^(n + 1) colours; interlacing stays as it is
  descriptor[9] = ((descriptor[9] ?? 0) & 0x40) | 0x80 | picture.colorBits;
  return Buffer.concat([control, descriptor, picture.colors, picture.data]);
}

interface Picture {
  /** Ten bytes. */
  descriptor: Uint8Array;
  colors: Uint8Array;
  /** Their count is two to the power of one more. */
  colorBits: number;
  data: Uint8Array;
}

/** The first image of a file and the colours that it uses. */
function readPicture(file: Uint8Array): Picture {
  const screenFlags = file[10] ?? 0;
  let colorBits = screenFlags & 7;
  let colors = (screenFlags & 0x80) !== 0 ? file.subarray(13, 13 + 3 * 2 ** (colorBits + 1)) : undefined;
  let at = 13 + (colors?.length ?? 0);
  while (file[at] === 0x21) at = afterBlocks(file, at + 2);
  if (file[at] !== 0x2c) throw new RenderError('UNAVAILABLE', 'A frame could not be written as GIF');
  const descriptor = file.subarray(at, at + 10);
  at += 10;
  const flags = descriptor[9] ?? 0;
  if ((flags & 0x80) !== 0) {
    colorBits = flags & 7;
    colors = file.subarray(at, at + 3 * 2 ** (colorBits + 1));
    at += colors.length;
  }
  return {
    descriptor,
    colors: colors ?? new Uint8Array(),
    colorBits,
    data: file.subarray(at, afterBlocks(file, at + 1)),
  };
}

/** GIF89a, 15: sub-blocks, each with its length in front, up to an empty one. */
function afterBlocks(file: Uint8Array, from: number): number {
  let at = from;
  while (at < file.length && file[at] !== 0) at += 1 + (file[at] ?? 0);
  return at + 1;
}
