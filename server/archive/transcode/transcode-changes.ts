import { createHash } from 'node:crypto';
import { numberOf, stringOf, stringsOf } from '../../dicom/attributes.ts';
import { transferSyntaxOf } from '../../dicom/transfer-syntaxes.ts';
import { sequenceElement, shortElement, textElement } from '../../dicom/write/explicit-elements.ts';
import { IMAGING_EDITION } from '../../imaging/edition.ts';
import type { PixelFormat } from '../../imaging/pixel-format.ts';
import type { TranscodedFrame } from '../../imaging/transcode.ts';
import type { InstanceLocation } from '../retrieve/retrieve-instances.ts';
import type { Candidate } from './transcode-candidate.ts';

type Elements = Map<number, Uint8Array | undefined>;

const PHOTOMETRIC_INTERPRETATION = 0x00280004;
const LOSSY_IMAGE_COMPRESSION = 0x00282110;
const SOURCE_IMAGE_SEQUENCE = 0x00082112;
const DERIVATION_CODE_SEQUENCE = 0x00089215;

/** What goes with pixel data that is replaced, and would tell wrong of what replaces it. */
const LEFT_OUT = [
  // Extended Offset Table and its lengths, Encapsulated Pixel Data Value Total Length (PS3.3 C.7.6.3)
  0x7fe00001, 0x7fe00002, 0x7fe00003,
  // MAC Parameters and Digital Signatures (PS3.3 C.12.1.1.3): they sign the pixel data as it was, and would not verify
  0x4ffe0001,
  0xfffafffa,
];

/** Lossy by their nature, and which method it is (PS3.3 C.7.6.1.1.5.1). */
const LOSSY_METHODS: readonly [RegExp, string][] = [
  [/^1\.2\.840\.10008\.1\.2\.4\.5[0-6]$/, 'ISO_10918_1'],
  [/^1\.2\.840\.10008\.1\.2\.4\.81$/, 'ISO_14495_1'],
  [/^1\.2\.840\.10008\.1\.2\.4\.9[13]$/, 'ISO_15444_1'],
  [/^1\.2\.840\.10008\.1\.2\.4\.203$/, 'ISO_15444_15'],
  [/^1\.2\.840\.10008\.1\.2\.4\.11[12]$/, 'ISO_18181_1'],
];
const ALWAYS_LOSSY = /^1\.2\.840\.10008\.1\.2\.4\.5[0-6]$/;

function methodOf(transferSyntaxUID: string): string | undefined {
  return LOSSY_METHODS.find(([pattern]) => pattern.test(transferSyntaxUID))?.[1];
}

/** The elements that differ once the pixel data has gone through a codec; those that say the same stay as they are stored. */
export function changesOfPixels({ inside, metadata }: Candidate, format: PixelFormat): Elements {
  const changes: Elements = new Map(LEFT_OUT.map((tag) => [tag, undefined]));
  const set = (tag: number, keyword: string, value: number) => {
    if (numberOf(metadata, keyword) !== value) changes.set(tag, shortElement(tag, value));
  };
  if (stringOf(metadata, 'PhotometricInterpretation') !== format.photometricInterpretation)
    changes.set(
      PHOTOMETRIC_INTERPRETATION,
      textElement(PHOTOMETRIC_INTERPRETATION, 'CS', format.photometricInterpretation),
    );
  set(0x00280002, 'SamplesPerPixel', format.samplesPerPixel);
  if (format.samplesPerPixel > 1) set(0x00280006, 'PlanarConfiguration', format.planarConfiguration);
  set(0x00280100, 'BitsAllocated', format.bitsAllocated);
  set(0x00280101, 'BitsStored', format.bitsStored);
  set(0x00280102, 'HighBit', format.highBit);
  set(0x00280103, 'PixelRepresentation', format.pixelRepresentation);
  // Once unpacked, nothing else would tell any more that it was lossy.
  if (
    ALWAYS_LOSSY.test(inside.instance.transferSyntaxUID) &&
    stringOf(metadata, 'LossyImageCompression') !== '01'
  )
    changes.set(LOSSY_IMAGE_COMPRESSION, textElement(LOSSY_IMAGE_COMPRESSION, 'CS', '01'));
  return changes;
}

/**
 * What an image becomes that is compressed with loss (PS3.3 C.7.6.1.1.5): a derived image with a UID of its own, which tells from what
 * and how it was made. The ratio is that of the first frame.
 */
export function changesToLossy(
  { inside, metadata }: Candidate,
  targetUID: string,
  first: TranscodedFrame,
): { sopInstanceUID: string; elements: Elements; firstItems: Map<number, Uint8Array> } {
  const { instance } = inside;
  const sopInstanceUID = derivedUid(instance, targetUID);
  const ratio = first.ratio.toFixed(2);
  const description = `Lossy compression ${ratio}:1 with ${transferSyntaxOf(targetUID).name}`;
  const elements: Elements = new Map([
    text(0x00080008, 'CS', ...derivedImageType(stringsOf(metadata, 'ImageType'))),
    text(0x00080018, 'UI', sopInstanceUID),
    text(0x00082111, 'ST', derivation(stringsOf(metadata, 'DerivationDescription'), description)),
    text(LOSSY_IMAGE_COMPRESSION, 'CS', '01'),
    text(0x00282112, 'DS', ...stringsOf(metadata, 'LossyImageCompressionRatio'), ratio),
    text(0x00282114, 'CS', ...stringsOf(metadata, 'LossyImageCompressionMethod'), methodOf(targetUID) ?? ''),
  ]);
  const source = Buffer.concat([
    textElement(0x00081150, 'UI', stringOf(metadata, 'SOPClassUID') ?? ''),
    textElement(0x00081155, 'UI', instance.sopInstanceUID),
    sequenceElement(0x0040a170, [code('121320', 'Uncompressed predecessor')]),
  ]);
  const firstItems = new Map([
    [SOURCE_IMAGE_SEQUENCE, source],
    [DERIVATION_CODE_SEQUENCE, code('113040', 'Lossy Compression')],
  ]);
  return { sopInstanceUID, elements, firstItems };
}

/** What was said before is kept where it fits, and where it can be written in any character set. */
function derivation(before: readonly string[], now: string): string {
  const all = [...before, now].join('; ');
  return all.length <= 1024 && /^[\x20-\x7e]*$/.test(all) ? all : now;
}

function text(tag: number, vr: 'CS' | 'UI' | 'ST' | 'DS', ...values: string[]): [number, Uint8Array] {
  return [tag, textElement(tag, vr, ...values)];
}

/** PS3.3 C.7.6.1.1.2: the first value says whether pixels are as they were taken. */
function derivedImageType(values: readonly string[]): string[] {
  return ['DERIVED', values[1] ?? 'PRIMARY', ...values.slice(2)];
}

/** A code of the DICOM Controlled Terminology (PS3.16 CID 7203, CID 7202). */
function code(value: string, meaning: string): Uint8Array {
  return Buffer.concat([
    textElement(0x00080100, 'SH', value),
    textElement(0x00080102, 'SH', 'DCM'),
    textElement(0x00080104, 'LO', meaning),
  ]);
}

/**
 * The same file compressed the same way is the same instance each time it is asked for, and nothing else is: a UID from a digest
 * (PS3.5 B.2) of all stored bytes, the transfer syntax, and what encodes with which settings: they are the encoders' own.
 */
export function derivedUid(
  { sopInstanceUID, digest }: Pick<InstanceLocation, 'sopInstanceUID' | 'digest'>,
  targetUID: string,
  edition = IMAGING_EDITION,
): string {
  const hash = createHash('sha256').update([sopInstanceUID, digest, targetUID, edition].join('\0')).digest();
  // RFC 9562 5.8: version 8, of bits that the application chose.
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return `2.25.${BigInt(`0x${hash.subarray(0, 16).toString('hex')}`)}`;
}
