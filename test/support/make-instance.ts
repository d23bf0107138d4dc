import { deflateRawSync } from 'node:zlib';
import { dictionary } from 'dcmjs/dictionary';

/**
 * Small valid instances for tests, written byte by byte after PS3.5 and PS3.10; of our own code nothing is used, so
 * that the reader is tested against something else.
 */

/** A value by its attribute's VR; several values as an array; items as an array of `Attributes`. */
export type AttributeValue =
  | string
  | number
  | bigint
  | Uint8Array
  | (string | number | bigint)[]
  | Attributes[]
  | RawElement;

/** By keyword or by tag (eight hexadecimal digits). `undefined` leaves a default out. */
export interface Attributes {
  [keywordOrTag: string]: AttributeValue | undefined;
}

/** An element whose VR is not that of the dictionary, or whose bytes are given. */
export interface RawElement {
  vr: string;
  value: Exclude<AttributeValue, RawElement>;
}

export interface ImageOptions {
  rows?: number;
  columns?: number;
  frames?: number;
  /** 1, 8, 16 or 32. */
  bitsAllocated?: number;
  samplesPerPixel?: number;
  photometricInterpretation?: string;
  pixelRepresentation?: 0 | 1;
  /** Native pixel data, little endian; made up when not given. */
  pixelBytes?: Uint8Array;
  /** Encapsulated pixel data; each one is padded to an even length. */
  fragments?: Uint8Array[];
  /** Offsets for the Basic Offset Table; empty by default. */
  basicOffsetTable?: number[];
}

export interface InstanceOptions {
  /** Explicit VR little endian by default. */
  transferSyntaxUID?: string;
  attributes?: Attributes;
  image?: ImageOptions;
  /** Sequences and items with defined lengths, or with delimiters. */
  sequenceLengths?: 'defined' | 'undefined';
  /** False: begins with the file meta information. */
  preamble?: boolean;
  /** False: begins with the data set. */
  fileMeta?: boolean;
  /** Bytes of text; UTF-8 by default. */
  encodeText?: (text: string) => Uint8Array;
}

interface Writing {
  implicit: boolean;
  bigEndian: boolean;
  undefinedLengths: boolean;
  encodeText: (text: string) => Uint8Array;
}

const implicitVrLittleEndian = '1.2.840.10008.1.2';
const deflated = '1.2.840.10008.1.2.1.99';
const explicitVrBigEndian = '1.2.840.10008.1.2.2';
const native = [implicitVrLittleEndian, '1.2.840.10008.1.2.1', deflated, explicitVrBigEndian];

let lastUid = 0;
/** A UID that no other call in this process gives. */
export function testUid(): string {
  lastUid++;
  return `1.2.826.0.1.3680043.10.1.${process.pid}.${Date.now()}.${lastUid}`;
}

/** The bytes of an instance: Secondary Capture by default, with UIDs of its own. */
export function makeInstance(options: InstanceOptions = {}): Uint8Array {
  const { transferSyntaxUID = '1.2.840.10008.1.2.1', image } = options;
  const writing: Writing = {
    implicit: transferSyntaxUID === implicitVrLittleEndian,
    bigEndian: transferSyntaxUID === explicitVrBigEndian,
    undefinedLengths: options.sequenceLengths === 'undefined',
    encodeText: options.encodeText ?? ((text) => Buffer.from(text, 'utf8')),
  };
  const attributes: Attributes = {
    ...defaults(),
    ...(image && imageAttributes(image)),
    ...options.attributes,
  };
  const parts = [writeDataSet(attributes, writing)];
  if (image) parts.push(pixelData(image, writing, native.includes(transferSyntaxUID)));
  const dataSet = Buffer.concat(parts);
  const head =
    options.fileMeta === false ? [] : [fileMeta(attributes, transferSyntaxUID, options.preamble !== false)];
  return Uint8Array.from(
    Buffer.concat([...head, transferSyntaxUID === deflated ? deflateRawSync(dataSet) : dataSet]),
  );
}

function defaults(): Attributes {
  return {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
    SOPInstanceUID: testUid(),
    StudyInstanceUID: testUid(),
    SeriesInstanceUID: testUid(),
    Modality: 'OT',
    PatientName: 'Test^Patient',
    PatientID: 'T1',
    StudyDate: '20260102',
    StudyTime: '030405',
    AccessionNumber: 'A1',
    ReferringPhysicianName: '',
    StudyID: '1',
    SeriesNumber: 1,
    InstanceNumber: 1,
  };
}

function imageAttributes(image: ImageOptions): Attributes {
  const bitsAllocated = image.bitsAllocated ?? 8;
  const samplesPerPixel = image.samplesPerPixel ?? 1;
  return {
    SamplesPerPixel: samplesPerPixel,
    PhotometricInterpretation:
      image.photometricInterpretation ?? (samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2'),
    PlanarConfiguration: samplesPerPixel === 3 ? 0 : undefined,
    NumberOfFrames: image.frames,
    Rows: image.rows ?? 4,
    Columns: image.columns ?? 4,
    BitsAllocated: bitsAllocated,
    BitsStored: bitsAllocated,
    HighBit: bitsAllocated - 1,
    PixelRepresentation: image.pixelRepresentation ?? 0,
  };
}

/** Bytes that differ from pixel to pixel and from frame to frame. */
export function madeUpPixels(lengthBytes: number): Uint8Array {
  return Uint8Array.from({ length: lengthBytes }, (_, i) => (i * 37 + (i >> 8) * 11) & 0xff);
}

function pixelData(image: ImageOptions, writing: Writing, isNative: boolean): Uint8Array {
  const tag = '7FE00010';
  if (!isNative) {
    if (!image.fragments) throw new Error('encapsulated pixel data needs fragments');
    const table = Buffer.concat((image.basicOffsetTable ?? []).map((offset) => number(offset, 4, false)));
    const items = [table, ...image.fragments].map((bytes) =>
      item(even(bytes, 0), { ...writing, undefinedLengths: false }),
    );
    return Buffer.concat([header(tag, 'OB', 0xffffffff, writing), ...items, delimiter(0xe0dd, writing)]);
  }
  const bits = image.bitsAllocated ?? 8;
  const pixels =
    (image.rows ?? 4) * (image.columns ?? 4) * (image.samplesPerPixel ?? 1) * (image.frames ?? 1);
  const bytes = even(image.pixelBytes ?? madeUpPixels(Math.ceil((pixels * bits) / 8)), 0);
  const vr = bits > 8 || writing.implicit ? 'OW' : 'OB';
  const stored = writing.bigEndian && vr === 'OW' ? swap(bytes, 2) : bytes;
  return Buffer.concat([header(tag, vr, stored.length, writing), stored]);
}

function fileMeta(attributes: Attributes, transferSyntaxUID: string, preamble: boolean): Uint8Array {
  const writing = {
    implicit: false,
    bigEndian: false,
    undefinedLengths: false,
    encodeText: (s: string) => Buffer.from(s),
  };
  const group = writeDataSet(
    {
      FileMetaInformationVersion: Uint8Array.of(0, 1),
      MediaStorageSOPClassUID: attributes.SOPClassUID,
      MediaStorageSOPInstanceUID: attributes.SOPInstanceUID,
      TransferSyntaxUID: transferSyntaxUID,
      ImplementationClassUID: '1.2.826.0.1.3680043.10.1',
    },
    writing,
  );
  const head = preamble ? [new Uint8Array(128), Buffer.from('DICM')] : [];
  return Buffer.concat([
    ...head,
    writeDataSet({ FileMetaInformationGroupLength: group.length }, writing),
    group,
  ]);
}

function writeDataSet(attributes: Attributes, writing: Writing): Uint8Array {
  const elements = Object.entries(attributes).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const { tag, vr } = lookUp(key);
    const raw = typeof value === 'object' && 'vr' in value ? (value as RawElement) : undefined;
    return [
      {
        tag,
        bytes: writeElement(tag, raw?.vr ?? vr, raw ? raw.value : (value as RawElement['value']), writing),
      },
    ];
  });
  elements.sort((a, b) => (a.tag < b.tag ? -1 : 1));
  return Buffer.concat(elements.map(({ bytes }) => bytes));
}

/** Plain tags only: private attributes have keywords of their own, often the same ones. */
const plainEntries = Object.entries(dictionary).filter(
  ([key, entry]) => /^\([0-9A-F]{4},[0-9A-F]{4}\)$/.test(key) && entry?.name,
);
const byKeyword = new Map(
  plainEntries.map(([key, entry]) => [entry?.name ?? '', { key, vr: entry?.vr ?? 'UN' }]),
);

function lookUp(keywordOrTag: string): { tag: string; vr: string } {
  if (/^[0-9A-F]{8}$/.test(keywordOrTag)) {
    const entry = dictionary[`(${keywordOrTag.slice(0, 4)},${keywordOrTag.slice(4)})`];
    return { tag: keywordOrTag, vr: plainVr(entry?.vr ?? 'UN') };
  }
  const found = byKeyword.get(keywordOrTag);
  if (!found) throw new Error(`not a keyword: ${keywordOrTag}`);
  return { tag: found.key.replace(/[(),]/g, ''), vr: plainVr(found.vr) };
}

function plainVr(vr: string): string {
  return { xs: 'US', ox: 'OW', lt: 'OW', up: 'UL' }[vr] ?? vr;
}

function writeElement(tag: string, vr: string, value: RawElement['value'], writing: Writing): Uint8Array {
  if (vr === 'SQ') return writeSequence(tag, value as Attributes[], writing);
  const bytes = valueBytes(vr, value, writing);
  return Buffer.concat([header(tag, vr, bytes.length, writing), bytes]);
}

function writeSequence(tag: string, items: Attributes[], writing: Writing): Uint8Array {
  const content = Buffer.concat(items.map((attributes) => item(writeDataSet(attributes, writing), writing)));
  if (!writing.undefinedLengths) return Buffer.concat([header(tag, 'SQ', content.length, writing), content]);
  return Buffer.concat([header(tag, 'SQ', 0xffffffff, writing), content, delimiter(0xe0dd, writing)]);
}

function item(content: Uint8Array, writing: Writing): Uint8Array {
  const length = writing.undefinedLengths ? 0xffffffff : content.length;
  const end = writing.undefinedLengths ? [delimiter(0xe00d, writing)] : [];
  const { bigEndian } = writing;
  return Buffer.concat([
    number(0xfffe, 2, bigEndian),
    number(0xe000, 2, bigEndian),
    number(length, 4, bigEndian),
    content,
    ...end,
  ]);
}

function delimiter(element: number, { bigEndian }: Writing): Uint8Array {
  return Buffer.concat([
    number(0xfffe, 2, bigEndian),
    number(element, 2, bigEndian),
    number(0, 4, bigEndian),
  ]);
}

const longLengths = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'];

/** Tag, VR and length (PS3.5 7.1). */
function header(tag: string, vr: string, length: number, { implicit, bigEndian }: Writing): Uint8Array {
  const group = number(Number.parseInt(tag.slice(0, 4), 16), 2, bigEndian);
  const element = number(Number.parseInt(tag.slice(4), 16), 2, bigEndian);
  if (implicit) return Buffer.concat([group, element, number(length, 4, bigEndian)]);
  const isLong = longLengths.includes(vr);
  if (!isLong && length > 0xffff) throw new Error(`${length} bytes are too many for VR ${vr}`);
  const end = isLong ? [new Uint8Array(2), number(length, 4, bigEndian)] : [number(length, 2, bigEndian)];
  return Buffer.concat([group, element, Buffer.from(vr), ...end]);
}

function valueBytes(vr: string, value: RawElement['value'], writing: Writing): Uint8Array {
  if (value instanceof Uint8Array) {
    const unit = { OW: 2, OF: 4, OL: 4, OD: 8, OV: 8 }[vr] ?? 1;
    return even(writing.bigEndian ? swap(value, unit) : value, 0);
  }
  const values = (Array.isArray(value) ? value : [value]) as (string | number | bigint)[];
  const size = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8, UV: 8, SV: 8 }[vr];
  if (size !== undefined) {
    const written = values.filter((one) => one !== '').map((one) => binaryNumber(vr, one, size));
    return Buffer.concat(writing.bigEndian ? written.map((bytes) => swap(bytes, size)) : written);
  }
  if (vr === 'AT') {
    const numbers = values.map(String).flatMap((tag) => [tag.slice(0, 4), tag.slice(4)]);
    return Buffer.concat(numbers.map((digits) => number(Number.parseInt(digits, 16), 2, writing.bigEndian)));
  }
  return even(writing.encodeText(values.join('\\')), vr === 'UI' ? 0 : 0x20);
}

function binaryNumber(vr: string, value: string | number | bigint, size: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(size));
  if (vr === 'FL') view.setFloat32(0, Number(value), true);
  else if (vr === 'FD') view.setFloat64(0, Number(value), true);
  else if (size === 8) view.setBigInt64(0, BigInt(value), true);
  else return number(Number(value), size, false);
  return new Uint8Array(view.buffer);
}

function number(value: number, size: number, bigEndian: boolean): Uint8Array {
  const bytes = Uint8Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) & 0xff);
  return bigEndian ? bytes.reverse() : bytes;
}

function swap(bytes: Uint8Array, unit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let at = 0; at + unit <= copy.length; at += unit) copy.subarray(at, at + unit).reverse();
  return copy;
}

function even(bytes: Uint8Array, padding: number): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Uint8Array.of(padding)]);
}
