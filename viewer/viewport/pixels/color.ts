import { inlineBytes, type JsonDataSet, numbers } from '../../dicomweb/data-set.ts';
import { tags } from '../../dicomweb/tags.ts';
import { DecodeError, type PixelLayout, type RawFrame, type Samples } from './raw-frame.ts';

type Rgb = Uint8Array<ArrayBuffer>;

function clampToByte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : Math.round(value);
}

/** PS3.3 C.7.6.3.1.2, YBR_FULL: CCIR 601 with full range. */
function putYbrAsRgb(output: Rgb, at: number, y: number, cb: number, cr: number): void {
  output[at] = clampToByte(y + 1.402 * (cr - 128));
  output[at + 1] = clampToByte(y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128));
  output[at + 2] = clampToByte(y + 1.772 * (cb - 128));
}

/** Samples of any depth as bytes, by dropping the low bits. */
function toBytes(samples: Samples, bitsStored: number): Uint8Array<ArrayBufferLike> {
  if (samples instanceof Uint8Array && bitsStored === 8) return samples;
  const shift = Math.max(0, bitsStored - 8);
  return Uint8Array.from(samples, (value) => value >>> shift);
}

function expand422(samples: Uint8Array, pixels: number): Rgb {
  const rgb = new Uint8Array(pixels * 3);
  // Y1 Y2 Cb Cr for every two pixels of a row.
  for (let pixel = 0, at = 0; pixel + 1 < pixels; pixel += 2, at += 4) {
    const cb = samples[at + 2] ?? 128;
    const cr = samples[at + 3] ?? 128;
    putYbrAsRgb(rgb, pixel * 3, samples[at] ?? 0, cb, cr);
    putYbrAsRgb(rgb, pixel * 3 + 3, samples[at + 1] ?? 0, cb, cr);
  }
  return rgb;
}

function interleave(samples: Uint8Array, pixels: number, isPlanar: boolean): Rgb {
  const rgb = new Uint8Array(pixels * 3);
  const [pixelStep, sampleStep] = isPlanar ? [1, pixels] : [3, 1];
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let sample = 0; sample < 3; sample++) {
      rgb[pixel * 3 + sample] = samples[pixel * pixelStep + sample * sampleStep] ?? 0;
    }
  }
  return rgb;
}

/** A frame of three samples a pixel as RGB, 8 bits each, pixel by pixel. */
export function toRgb(frame: RawFrame, layout: PixelLayout): Rgb {
  const pixels = layout.rows * layout.columns;
  const bytes = toBytes(frame.samples, layout.bitsStored);
  switch (frame.photometricInterpretation) {
    case 'YBR_FULL_422':
      // Decoders give all three samples of every pixel; only native frames are subsampled.
      if (bytes.length < pixels * 3) return expand422(bytes, pixels);
      return ybrToRgb(interleave(bytes, pixels, frame.isPlanar));
    case 'YBR_FULL':
      return ybrToRgb(interleave(bytes, pixels, frame.isPlanar));
    case 'RGB':
    case 'YBR_RCT':
    case 'YBR_ICT':
      // JPEG 2000 decoders undo RCT and ICT themselves.
      return interleave(bytes, pixels, frame.isPlanar);
    default:
      throw new DecodeError(`Colours of kind ${frame.photometricInterpretation} are not supported`);
  }
}

function ybrToRgb(ybr: Rgb): Rgb {
  for (let at = 0; at < ybr.length; at += 3) {
    putYbrAsRgb(ybr, at, ybr[at] ?? 0, ybr[at + 1] ?? 128, ybr[at + 2] ?? 128);
  }
  return ybr;
}

const palettes = [
  [
    tags.RedPaletteColorLookupTableDescriptor,
    tags.RedPaletteColorLookupTableData,
    tags.SegmentedRedPaletteColorLookupTableData,
  ],
  [
    tags.GreenPaletteColorLookupTableDescriptor,
    tags.GreenPaletteColorLookupTableData,
    tags.SegmentedGreenPaletteColorLookupTableData,
  ],
  [
    tags.BluePaletteColorLookupTableDescriptor,
    tags.BluePaletteColorLookupTableData,
    tags.SegmentedBluePaletteColorLookupTableData,
  ],
] as const;

/** The attributes that hold palette data, which an archive may give as bulk data. */
export const paletteTags: readonly string[] = palettes.flatMap(([, data, segmented]) => [data, segmented]);

interface Palette {
  readonly firstMapped: number;
  /** 8 bits an entry. */
  readonly entries: Uint8Array;
}

/** Little endian words of a table; 8-bit tables may be packed two to a word or padded one to a word. */
function tableWords(bytes: Uint8Array, count: number): Uint16Array | Uint8Array {
  if (bytes.length >= count * 2) return new Uint16Array(bytes.slice(0, count * 2).buffer);
  return bytes.subarray(0, count);
}

/** PS3.3 C.7.9.2: discrete (0), linear (1) and indirect (2) segments. */
export function expandSegments(words: Uint16Array, count: number): Uint16Array {
  const output = new Uint16Array(count);
  let filled = 0;
  const readSegment = (at: number): number => {
    const [opcode, length = 0] = words.subarray(at, at + 2);
    if (opcode === 0) {
      for (let index = 0; index < length && filled < count; index++)
        output[filled++] = words[at + 2 + index] ?? 0;
      return at + 2 + length;
    }
    const end = words[at + 2] ?? 0;
    const start = filled > 0 ? (output[filled - 1] ?? 0) : 0;
    for (let index = 1; index <= length && filled < count; index++) {
      output[filled++] = Math.round(start + ((end - start) * index) / length);
    }
    return at + 3;
  };
  for (let at = 0; at + 1 < words.length && filled < count; ) {
    if (words[at] !== 2) {
      at = readSegment(at);
      continue;
    }
    // Indirect: repeat `length` segments that start at a byte offset from the beginning of the table.
    let from = ((words[at + 2] ?? 0) | ((words[at + 3] ?? 0) << 16)) / 2;
    for (let segment = 0; segment < (words[at + 1] ?? 0); segment++) from = readSegment(from);
    at += 4;
  }
  return output;
}

function readPalette(
  instance: JsonDataSet,
  [descriptorTag, dataTag, segmentedTag]: (typeof palettes)[number],
): Palette {
  const [entryCount, first = 0, bits = 16] = numbers(instance, descriptorTag);
  if (entryCount === undefined) throw new DecodeError('The palette is missing');
  // PS3.3 C.7.6.3.1.5: 0 stands for 65536.
  const count = entryCount === 0 ? 65536 : entryCount;
  const discrete = inlineBytes(instance, dataTag);
  const segmented = inlineBytes(instance, segmentedTag);
  if (!discrete && !segmented) throw new DecodeError('The palette data is not part of the metadata');
  const words = discrete
    ? tableWords(discrete, count)
    : expandSegments(
        tableWords(segmented ?? new Uint8Array(), (segmented?.length ?? 0) >> 1) as Uint16Array,
        count,
      );
  // 16 bits declared but all values below 256: written as 8-bit values by many devices.
  const isWide = bits === 16 && words instanceof Uint16Array && words.some((word) => word > 255);
  return {
    firstMapped: first,
    entries: Uint8Array.from(words, (word) => (isWide ? word >> 8 : word & 0xff)),
  };
}

/** A PALETTE COLOR frame as RGB. Values outside the table take its first or last entry. */
export function paletteToRgb(frame: RawFrame, layout: PixelLayout, instance: JsonDataSet): Rgb {
  const tables = palettes.map((palette) => readPalette(instance, palette));
  const pixels = layout.rows * layout.columns;
  const rgb = new Uint8Array(pixels * 3);
  const mask = 2 ** layout.bitsStored - 1;
  tables.forEach(({ firstMapped, entries }, sample) => {
    for (let pixel = 0; pixel < pixels; pixel++) {
      const index = ((frame.samples[pixel] ?? 0) & mask) - firstMapped;
      const inside = index < 0 ? 0 : index >= entries.length ? entries.length - 1 : index;
      rgb[pixel * 3 + sample] = entries[inside] ?? 0;
    }
  });
  return rgb;
}
