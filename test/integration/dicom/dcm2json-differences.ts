import type { DataElement, PersonName } from '../../../server/dicom/data-set.ts';
import { keywordOf } from '../../../server/dicom/dictionary.ts';
import { formatPersonName } from '../../../server/dicom/person-name.ts';
import type { ParsedInstance } from '../../../server/dicom/read/part10-reader.ts';

/** An element that we and dcm2json give differently; bulk data is in `ours` as InlineBinary. */
export interface Difference {
  file: string;
  /** `00082112/1/00081155` */
  path: string;
  tag: string;
  ours: DataElement | undefined;
  theirs: DataElement | undefined;
  instance: ParsedInstance;
}

/** Differences that are right as they are, and why. Each must be met at least once in the shared files. */
export const justifiedDifferences: { why: string; applies: (difference: Difference) => boolean }[] = [
  {
    why: 'FL: DCMTK prints nine digits, which name the same 32-bit number as our exact ones',
    applies: ({ ours, theirs }) =>
      ours?.vr === 'FL' && sameNumbers(ours, theirs, (a, b) => Math.fround(b) === Math.fround(a)),
  },
  {
    why: 'FD: the printing of DCMTK is off in the seventeenth digit; ours is read from the bytes by DataView',
    applies: ({ ours, theirs }) =>
      ours?.vr === 'FD' && sameNumbers(ours, theirs, (a, b) => Math.abs(a - b) <= Math.abs(a) * 4e-16),
  },
  {
    why: 'DS of more than 16 characters: DCMTK gives text, we give a number where a double has all its digits',
    applies: ({ ours, theirs }) =>
      ours?.vr === 'DS' &&
      sameNumbers(ours, theirs, (a, b) => a === b) &&
      theirs?.Value?.some((v) => String(v).length > 16) === true,
  },
  {
    why: 'values that end in NUL where PS3.5 6.2 wants a space: DCMTK keeps the NUL in the text, we take it for padding',
    applies: ({ ours, theirs }) =>
      JSON.stringify(theirs ?? {}).includes('\\u0000') && sameTextOrNumbers(ours, theirs),
  },
  {
    why: 'a UI with spaces inside, against PS3.5 9.1: DCMTK drops them, we keep what is there',
    applies: ({ ours, theirs }) => ours?.vr === 'UI' && text(ours).replaceAll(' ', '') === text(theirs),
  },
  {
    why: 'PS3.18 F.2 wants UTF-8, and so ISO_IR 192, everywhere: DCMTK leaves items alone when the data set has no character set that it can convert',
    applies: ({ tag, path, ours }) => tag === '00080005' && path.includes('/') && text(ours) === 'ISO_IR 192',
  },
  {
    why: 'an empty Specific Character Set stays empty (PS3.18 F.2.5); DCMTK fills it in',
    applies: ({ tag, ours, theirs }) =>
      tag === '00080005' && ours?.Value === undefined && text(theirs) === 'ISO_IR 192',
  },
  {
    why: 'ISO 2022 within items: the C library that Debian builds DCMTK with knows no code extensions',
    applies: ({ file, ours, theirs }) =>
      file === 'charset/pydicom/chrSQEncoding.dcm' &&
      ours?.vr === 'PN' &&
      JSON.stringify(theirs ?? {}).includes('\\u001b$B'),
  },
  {
    why: 'a value of odd length, against PS3.5 7.1.1: DCMTK adds a byte, we give what is there',
    applies: ({ ours, theirs }) => {
      const bytes = Buffer.from(ours?.InlineBinary ?? '', 'base64');
      const padded = Buffer.concat([bytes, Buffer.alloc(1)]).toString('base64');
      return bytes.length % 2 === 1 && theirs?.InlineBinary === padded;
    },
  },
  {
    why: 'private attributes in implicit VR: DCMTK knows some vendors, we give UN with the same bytes',
    applies: ({ tag, ours, theirs }) =>
      isPrivate(tag) &&
      ours?.vr === 'UN' &&
      theirs !== undefined &&
      hasBytesOf(Buffer.from(ours.InlineBinary ?? '', 'base64'), theirs),
  },
  {
    why: 'PS3.5 6.2.2 Note: attributes stored as UN whose VR is known are read by it; DCMTK gives UN with the same bytes',
    applies: ({ ours, theirs }) =>
      theirs?.vr === 'UN' &&
      ours !== undefined &&
      hasBytesOf(Buffer.from(theirs.InlineBinary ?? '', 'base64'), ours),
  },
  {
    why: 'dcm2json stops at compressed pixel data, also of an icon image, so that nothing follows',
    applies: ({ path, theirs, instance }) => {
      const stop = instance.dataSet['00880200'] ? '00880200' : '7FE00010';
      return theirs === undefined && instance.pixelData?.encapsulated === true && path > stop;
    },
  },
];

function isPrivate(tag: string): boolean {
  return Number.parseInt(tag.slice(3, 4), 16) % 2 === 1 && keywordOf(tag) === undefined;
}

function text(element: DataElement | undefined): string {
  return JSON.stringify(element?.Value ?? []) === '[]' ? '' : (element?.Value ?? []).map(String).join('\\');
}

function sameTextOrNumbers(ours: DataElement | undefined, theirs: DataElement | undefined): boolean {
  const a = ours?.Value ?? [];
  const b = (theirs?.Value ?? []).map((value) => String(value).replaceAll('\0', ''));
  return a.length === b.length && a.every((value, i) => String(value) === b[i] || value === Number(b[i]));
}

function sameNumbers(
  ours: DataElement,
  theirs: DataElement | undefined,
  same: (a: number, b: number) => boolean,
): boolean {
  const a = ours.Value ?? [];
  const b = theirs?.Value ?? [];
  return a.length > 0 && a.length === b.length && a.every((value, i) => same(Number(value), Number(b[i])));
}

/** Whether little endian bytes are what the values of an element of another VR stand for. */
function hasBytesOf(bytes: Buffer, { vr, Value = [], InlineBinary }: DataElement): boolean {
  if (InlineBinary !== undefined) return bytes.toString('base64') === InlineBinary;
  // its items were compared with nothing: what we gave are their bytes
  if (vr === 'SQ') return bytes.length === 0 || bytes.subarray(0, 4).equals(Buffer.from('feff00e0', 'hex'));
  if (vr === 'AT')
    return bytes.toString('hex').toUpperCase() === Value.map((tag) => swapPairs(String(tag))).join('');
  const readers: Record<string, [number, (at: number) => number]> = {
    US: [2, (at) => bytes.readUInt16LE(at)],
    SS: [2, (at) => bytes.readInt16LE(at)],
    UL: [4, (at) => bytes.readUInt32LE(at)],
    SL: [4, (at) => bytes.readInt32LE(at)],
    FL: [4, (at) => bytes.readFloatLE(at)],
    FD: [8, (at) => bytes.readDoubleLE(at)],
  };
  const reader = readers[vr];
  if (reader) {
    const [size, read] = reader;
    return (
      Value.every((value, i) => Math.fround(read(i * size)) === Math.fround(Number(value))) &&
      bytes.length === Value.length * size
    );
  }
  const parts = bytes
    .toString('latin1')
    .split('\\')
    .map((part) => part.replace(/^ +|[ \0]+$/g, ''));
  const values = Value.map((value) =>
    vr === 'PN' ? formatPersonName(value as PersonName) : String(value ?? ''),
  );
  return (
    parts.length === Math.max(1, values.length) &&
    parts.every((part, i) => part === (values[i] ?? '') || Number(part) === Number(values[i]))
  );
}

/** `3004000C` as little endian bytes: `04300C00`. */
function swapPairs(tag: string): string {
  return tag.replace(/(..)(..)/g, '$2$1');
}
