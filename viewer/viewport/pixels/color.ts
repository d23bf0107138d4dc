import { inlineBytes, type JsonDataSet, numbers } from '../../dicomweb/data-set.ts';
import { tags } from '../../dicomweb/tags.ts';
import { sampleReader } from './monochrome.ts';
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

/** Samples of any depth as bytes: the highest value that the bits allow becomes 255. */
function toBytes(samples: Samples, layout: PixelLayout): Uint8Array<ArrayBufferLike> {
  const { bitsStored } = layout;
  if (samples instanceof Uint8Array && bitsStored === 8) return samples;
  const highest = layout.isFloat ? 1 : 2 ** bitsStored - 1;
  return Uint8Array.from(samples as ArrayLike<number>, (value) => clampToByte((value * 255) / highest));
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
  const bytes = toBytes(frame.samples, layout);
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
  readonly entries: Uint8Array | Uint16Array;
}

/** Little endian words of a table; 8-bit tables may be packed two to a word or padded one to a word. */
function tableWords(bytes: Uint8Array, count: number): Uint16Array | Uint8Array {
  if (bytes.length >= count * 2) return new Uint16Array(bytes.slice(0, count * 2).buffer);
  return bytes.subarray(0, count);
}

/**
 * PS3.3 C.7.9.2: discrete (0), linear (1) and indirect (2) segments, in words, or in bytes for tables of 8-bit entries. At
 * most `count` entries come out. @throws DecodeError for segments that make no sense
 */
export function expandSegments(data: Uint16Array | Uint8Array, count: number): Uint16Array {
  const output = new Uint16Array(count);
  let filled = 0;
  const readSegment = (at: number): number => {
    const [opcode, length = 0, end = 0] = data.subarray(at, at + 3);
    if (opcode === 0) {
      for (let index = 0; index < length && filled < count; index++)
        output[filled++] = data[at + 2 + index] ?? 0;
      return at + 2 + length;
    }
    if (opcode !== 1) throw new DecodeError('The segmented palette is damaged');
    const start = filled > 0 ? (output[filled - 1] ?? 0) : 0;
    for (let index = 1; index <= length && filled < count; index++) {
      output[filled++] = Math.round(start + ((end - start) * index) / length);
    }
    return at + 3;
  };
  const isBytes = data instanceof Uint8Array;
  for (let at = 0; at + 1 < data.length && filled < count; ) {
    if (data[at] !== 2) {
      at = readSegment(at);
      continue;
    }
    // Indirect: repeat segments that start at a byte offset from the beginning of the table, least significant part first.
    const parts = data.subarray(at + 2, at + (isBytes ? 6 : 4));
    const base = isBytes ? 256 : 65536;
    const offset = Array.from(parts).reduceRight((sum, part) => sum * base + part, 0);
    let from = isBytes ? offset : offset / 2;
    for (let segment = 0; segment < (data[at + 1] ?? 0) && filled < count; segment++) {
      if (from >= at) throw new DecodeError('The segmented palette is damaged');
      from = readSegment(from);
    }
    at += 2 + parts.length;
  }
  return output;
}

function readPalette(
  instance: JsonDataSet,
  [descriptorTag, dataTag, segmentedTag]: (typeof palettes)[number],
  isSigned: boolean,
): Palette {
  const [storedCount, storedFirst = 0, bits = 16] = numbers(instance, descriptorTag);
  if (storedCount === undefined) throw new DecodeError('The palette is missing');
  // PS3.3 C.7.6.3.1.5: 0 stands for 65536; written as SS, large counts look negative.
  const count = (storedCount & 0xffff) === 0 ? 65536 : storedCount & 0xffff;
  const first = storedFirst & 0xffff;
  const firstMapped = first > 0x7fff && (isSigned || storedFirst < 0) ? first - 0x10000 : first;
  const discrete = inlineBytes(instance, dataTag);
  const segmented = inlineBytes(instance, segmentedTag);
  if (!discrete && !segmented) throw new DecodeError('The palette data is not part of the metadata');
  if (discrete) return { firstMapped, entries: tableWords(discrete, count) };
  const data = segmented ?? new Uint8Array();
  const words = bits === 8 ? data : tableWords(data, data.length >> 1);
  return { firstMapped, entries: expandSegments(words, count) };
}

/**
 * A PALETTE COLOR frame as RGB. Values outside the table take its first or last entry; entries of 16 bits are cut to their
 * upper 8. Tables that claim 16 and hold bytes are common: all three together tell which it is, since one may be dark.
 */
export function paletteToRgb(frame: RawFrame, layout: PixelLayout, instance: JsonDataSet): Rgb {
  const tables = palettes.map((palette) => readPalette(instance, palette, layout.isSigned));
  const isWide = tables.some(({ entries }) => entries.some((entry) => entry > 0xff));
  const pixels = layout.rows * layout.columns;
  const rgb = new Uint8Array(pixels * 3);
  const read = sampleReader(layout);
  tables.forEach(({ firstMapped, entries }, sample) => {
    for (let pixel = 0; pixel < pixels; pixel++) {
      const index = read(frame.samples[pixel] ?? 0) - firstMapped;
      const inside = index < 0 ? 0 : index >= entries.length ? entries.length - 1 : index;
      const entry = entries[inside] ?? 0;
      rgb[pixel * 3 + sample] = isWide ? entry >> 8 : entry;
    }
  });
  return rgb;
}
