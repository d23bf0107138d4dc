import { numberOf, stringOf } from '../attributes.ts';
import type { DataSet } from '../data-set.ts';
import type { DataSetReader } from '../read/data-set-reader.ts';
import type { ReadContext } from '../read/read-context.ts';
import { isKnownTransferSyntax, transferSyntaxOf } from '../transfer-syntaxes.ts';
import { frameStartsOfFragments } from './fragments-of-frames.ts';
import type { PixelDataLocation } from './pixel-data-location.ts';
import type { PixelDataNotes } from './pixel-data-notes.ts';

const gePrivateBigEndianPixels = '1.2.840.113619.5.2';

/** Says where each frame lies, from what was noted while reading; `undefined` without pixel data. */
export function locatePixelData(
  read: Pick<DataSetReader, 'dataSet' | 'pixelData' | 'extendedOffsetTable'>,
  transferSyntaxUID: string,
  context: ReadContext,
): PixelDataLocation | undefined {
  const notes = read.pixelData;
  if (!notes) return undefined;
  const { dataSet } = read;
  const declaredFrames = countOf(dataSet, 'NumberOfFrames') || 1;
  const common = {
    tag: notes.tag,
    vr: pixelDataVr(notes),
    bitsAllocated: bitsAllocated(dataSet, notes),
    bigEndian: notes.bigEndian || transferSyntaxUID === gePrivateBigEndianPixels,
    offsetBytes: notes.offsetBytes,
    lengthBytes: notes.lengthBytes,
  };
  const isEncapsulated = notes.encapsulated !== undefined;
  if (
    isKnownTransferSyntax(transferSyntaxUID) &&
    transferSyntaxOf(transferSyntaxUID).encapsulated !== isEncapsulated
  ) {
    context.warn(
      `${isEncapsulated ? 'encapsulated' : 'native'}, unlike what the transfer syntax says`,
      notes.tag,
      notes.offsetBytes,
    );
  }
  if (!notes.encapsulated) return nativeLocation(dataSet, common, declaredFrames, context);
  const { fragments } = notes.encapsulated;
  const frameStarts = frameStartsOfFragments({
    fragments,
    basicOffsetTable: notes.encapsulated.basicOffsetTable.bytes,
    extendedOffsets: read.extendedOffsetTable.offsets?.bytes ?? inlineBytes(dataSet, '7FE00001'),
    extendedLengths: read.extendedOffsetTable.lengths?.bytes ?? inlineBytes(dataSet, '7FE00002'),
    numberOfFrames: declaredFrames,
    warn: (text) => context.warn(text, notes.tag, notes.offsetBytes),
  });
  return {
    ...common,
    encapsulated: true,
    numberOfFrames: Math.max(0, frameStarts.length - 1),
    fragmentOffsets: fragments.fragmentOffsets,
    fragmentLengths: fragments.fragmentLengths,
    frameStarts,
  };
}

/** A number of something; 0 where the attribute is absent or holds no such number, as damaged files have it. */
function countOf(dataSet: DataSet, keyword: string): number {
  const value = numberOf(dataSet, keyword) ?? 0;
  return Number.isSafeInteger(value) && value > 0 ? value : 0;
}

function inlineBytes(dataSet: DataSet, tag: string): Uint8Array {
  return Buffer.from(dataSet[tag]?.InlineBinary ?? '', 'base64');
}

function pixelDataVr({ tag, vr }: PixelDataNotes): 'OB' | 'OW' | 'OF' | 'OD' {
  if (tag === '7FE00008') return 'OF';
  if (tag === '7FE00009') return 'OD';
  return vr === 'OB' ? 'OB' : 'OW';
}

function bitsAllocated(dataSet: DataSet, { tag }: PixelDataNotes): number {
  if (tag === '7FE00008') return 32;
  return tag === '7FE00009' ? 64 : countOf(dataSet, 'BitsAllocated');
}

type Common = Pick<
  PixelDataLocation,
  'tag' | 'vr' | 'bitsAllocated' | 'bigEndian' | 'offsetBytes' | 'lengthBytes'
>;

/** PS3.5 8.1.1, 8.2: frame after frame without padding, but for one byte at the very end. */
function nativeLocation(
  dataSet: DataSet,
  common: Common,
  declaredFrames: number,
  context: ReadContext,
): PixelDataLocation {
  const rows = countOf(dataSet, 'Rows');
  const columns = countOf(dataSet, 'Columns');
  const sampleBits = rows * columns * common.bitsAllocated;
  const samples = samplesPerPixel(dataSet, common.lengthBytes * 8, sampleBits * declaredFrames);
  const frameLengthBits = sampleBits * samples;
  const warn = (text: string) => context.warn(text, common.tag, common.offsetBytes);
  if (frameLengthBits === 0 || !Number.isSafeInteger(frameLengthBits)) {
    warn('no Rows, Columns or Bits Allocated to tell frames by');
    return { ...common, encapsulated: false, frameLengthBits: 0, numberOfFrames: 0 };
  }
  const whole = Math.floor((common.lengthBytes * 8) / frameLengthBits);
  const expectedBytes = Math.ceil((frameLengthBits * declaredFrames) / 8);
  if (whole < declaredFrames) warn(`holds ${whole} frames in place of ${declaredFrames}`);
  else if (common.lengthBytes > expectedBytes + 1) {
    warn(`${common.lengthBytes - expectedBytes} bytes longer than its ${declaredFrames} frames`);
  }
  return { ...common, encapsulated: false, frameLengthBits, numberOfFrames: Math.min(whole, declaredFrames) };
}

/**
 * On average: PS3.3 C.7.6.3.1.2, of two (four) pixels in YBR_FULL_422 (420) only one has its own chrominance. Where the value is as
 * long as all three samples of every pixel (`planeBits` each), it was written so, whatever it calls itself.
 */
function samplesPerPixel(dataSet: DataSet, valueBits: number, planeBits: number): number {
  const samples = countOf(dataSet, 'SamplesPerPixel') || 1;
  if (samples !== 3) return samples;
  if (Math.abs(valueBits - 3 * planeBits) < 16) return 3;
  const photometricInterpretation = stringOf(dataSet, 'PhotometricInterpretation') ?? '';
  if (photometricInterpretation.endsWith('_422')) return 2;
  return photometricInterpretation.endsWith('_420') ? 1.5 : 3;
}
