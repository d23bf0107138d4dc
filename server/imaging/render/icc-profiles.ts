import type { IccProfileChoice } from './render-request.ts';

/** Colour spaces that a client can name (PS3.18 8.3.5.1.5, PS3.3 C.11.15.1.2). */
export type NamedColorSpace = Exclude<IccProfileChoice, 'no' | 'yes'>;

type Vector = readonly [number, number, number];

interface ColorSpace {
  name: string;
  /** CIE XYZ of full red, green and blue under D50, from IEC 61966-2-1, Adobe RGB (1998), ISO 22028-2, SMPTE EG 432-1. */
  primaries: readonly [Vector, Vector, Vector];
  /** ICC.1 10.18, function type 3: (a x + b)^g from d on, c x below. */
  curve: { g: number; a: number; b: number; c: number; d: number };
  /** The adaptation from the space's own white to D50 (Bradford), row by row. */
  adaptation: readonly number[];
}

const d65ToD50 = [1.04788, 0.02292, -0.0502, 0.02959, 0.99048, -0.01706, -0.00923, 0.01508, 0.75168];
const unadapted = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const srgbCurve = { g: 2.4, a: 1 / 1.055, b: 0.055 / 1.055, c: 1 / 12.92, d: 0.04045 };

const colorSpaces: Readonly<Record<NamedColorSpace, ColorSpace>> = {
  srgb: {
    name: 'sRGB',
    primaries: [
      [0.43607, 0.22249, 0.01392],
      [0.38515, 0.71687, 0.09708],
      [0.14307, 0.06061, 0.7141],
    ],
    curve: srgbCurve,
    adaptation: d65ToD50,
  },
  adobergb: {
    name: 'Adobe RGB (1998) compatible',
    primaries: [
      [0.60974, 0.31111, 0.01947],
      [0.20528, 0.62567, 0.06087],
      [0.14919, 0.06322, 0.74457],
    ],
    curve: { g: 563 / 256, a: 1, b: 0, c: 0, d: 0 },
    adaptation: d65ToD50,
  },
  rommrgb: {
    name: 'ROMM RGB',
    primaries: [
      [0.79767, 0.28804, 0],
      [0.13519, 0.71188, 0],
      [0.03134, 0.00009, 0.82491],
    ],
    curve: { g: 1.8, a: 1, b: 0, c: 1 / 16, d: 1 / 32 },
    adaptation: unadapted,
  },
  displayp3: {
    name: 'Display P3',
    primaries: [
      [0.51512, 0.2412, -0.00105],
      [0.29198, 0.69225, 0.04189],
      [0.1571, 0.06657, 0.78407],
    ],
    curve: srgbCurve,
    adaptation: d65ToD50,
  },
};

const headerBytes = 128;
const white: Vector = [0.9642, 1, 0.82491];

/** An ICC profile (version 4.4, three components with matrix and curves) of a colour space. */
export function iccProfile(choice: NamedColorSpace): Buffer {
  const space = colorSpaces[choice];
  const [red, green, blue] = space.primaries;
  const curve = parametricCurve(space.curve);
  const tags: [string, Buffer][] = [
    ['desc', localizedText(space.name)],
    ['cprt', localizedText('No copyright, use freely')],
    ['wtpt', xyz(white)],
    ['chad', typed('sf32', Buffer.concat(space.adaptation.map(fixed)))],
    ['rXYZ', xyz(red)],
    ['gXYZ', xyz(green)],
    ['bXYZ', xyz(blue)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ];
  const table = Buffer.alloc(4 + tags.length * 12);
  table.writeUInt32BE(tags.length, 0);
  let offset = headerBytes + table.length;
  for (const [index, [signature, data]] of tags.entries()) {
    table.write(signature, 4 + index * 12, 'latin1');
    table.writeUInt32BE(offset, 8 + index * 12);
    table.writeUInt32BE(data.length, 12 + index * 12);
    offset += data.length;
  }
  return Buffer.concat([header(offset), table, ...tags.map(([, data]) => data)]);
}

/** ICC.1 7.2: a display profile from RGB to XYZ. */
function header(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.writeUInt32BE(sizeBytes, 0);
  bytes.writeUInt32BE(0x04400000, 8);
  bytes.write('mntrRGB XYZ ', 12, 'latin1');
  // 2026-01-01, as year, month, day
  for (const [index, value] of [2026, 1, 1].entries()) bytes.writeUInt16BE(value, 24 + 2 * index);
  bytes.write('acsp', 36, 'latin1');
  Buffer.concat(white.map(fixed)).copy(bytes, 68);
  return bytes;
}

function typed(signature: string, data: Buffer): Buffer {
  const bytes = Buffer.concat([Buffer.from(signature, 'latin1'), Buffer.alloc(4), data]);
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

/** s15Fixed16Number. */
function fixed(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(Math.round(value * 65536));
  return bytes;
}

function xyz(value: Vector): Buffer {
  return typed('XYZ ', Buffer.concat(value.map(fixed)));
}

function parametricCurve({ g, a, b, c, d }: ColorSpace['curve']): Buffer {
  return typed('para', Buffer.concat([Buffer.from([0, 3, 0, 0]), ...[g, a, b, c, d].map(fixed)]));
}

/** multiLocalizedUnicodeType with one record, in US English. */
function localizedText(text: string): Buffer {
  const utf16 = Buffer.from(text, 'utf16le').swap16();
  const head = Buffer.alloc(20);
  head.writeUInt32BE(1, 0);
  head.writeUInt32BE(12, 4);
  head.write('enUS', 8, 'latin1');
  head.writeUInt32BE(utf16.length, 12);
  head.writeUInt32BE(28, 16);
  return typed('mluc', Buffer.concat([head, utf16]));
}
