import { stringOf } from '../../dicom/attributes.ts';
import type { PixelDataLocation } from '../../dicom/frames/pixel-data-location.ts';
import { ForwardReader } from '../../dicom/read/forward-reader.ts';
import { transferSyntaxOf } from '../../dicom/transfer-syntaxes.ts';
import type { ReEncodingChanges } from '../../dicom/write/re-encode-changes.ts';
import type { PixelDataInstead } from '../../dicom/write/re-encode-data-set.ts';
import { reEncodePart10 } from '../../dicom/write/re-encode-part10.ts';
import {
  encapsulatedPixelData,
  nativePixelData,
  sameNativePixelData,
} from '../../dicom/write/re-encode-pixel-data.ts';
import { ImagingError } from '../../imaging/imaging-errors.ts';
import type { TranscodedFrame } from '../../imaging/transcode.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { type Inside, readRange } from '../retrieve/retrieve-inside.ts';
import { type InstanceLocation, readInstance } from '../retrieve/retrieve-instances.ts';
import { type Candidate, nativeBytes, wayTo } from './transcode-candidate.ts';
import { changesOfPixels, changesToLossy } from './transcode-changes.ts';
import { transcodeFrame, transcodePassingFrames } from './transcode-frames.ts';

/** An instance as it is given in one transfer syntax. */
export interface GivenInstance {
  /** Another than the stored one where the image lost something on the way (PS3.3 C.7.6.1.1.5). */
  sopInstanceUID: string;
  transferSyntaxUID: string;
  /** Undefined where it shows only as the bytes come. */
  sizeBytes: number | undefined;
  /** What it will not be longer than, if need be by a wide margin. */
  largestBytes: number;
  /** A Part 10 file (PS3.10 7). */
  content: AsyncIterable<Uint8Array>;
}

/** `instance` as its bytes are. */
function givenAsStored(parts: ArchiveParts, instance: InstanceLocation): GivenInstance {
  const { sopInstanceUID, transferSyntaxUID, sizeBytes } = instance;
  return {
    sopInstanceUID,
    transferSyntaxUID,
    sizeBytes,
    largestBytes: sizeBytes,
    content: readInstance(parts, instance),
  };
}

/**
 * The instance in `targetUID`, which `wayTo` must allow. Its first frame is worked on before this returns, so that most of what can
 * fail fails here: throws an `ImagingError`, or the signal's reason. A later frame's fault ends `content` with an error.
 */
export async function giveInstance(
  parts: ArchiveParts,
  candidate: Candidate,
  targetUID: string,
  signal: AbortSignal | undefined,
): Promise<GivenInstance> {
  const { instance } = candidate.inside;
  switch (wayTo(candidate, targetUID)) {
    case 'as-stored':
      return givenAsStored(parts, instance);
    case 'same-pixels':
      return reEncoded(parts, candidate, targetUID, {}, samePixels(candidate.inside.pixelData));
    case 'by-frame':
      return byFrame(parts, candidate, targetUID, signal);
    default:
      throw new ImagingError('UNSUPPORTED_PIXELS', 'The instance cannot be given in this transfer syntax.');
  }
}

async function byFrame(
  parts: ArchiveParts,
  candidate: Candidate,
  targetUID: string,
  signal: AbortSignal | undefined,
): Promise<GivenInstance> {
  const first = await transcodeFrame(parts, candidate, 1, targetUID, signal);
  const { pixelData } = candidate.inside;
  if (!pixelData) throw new ImagingError('NO_PIXELS', 'The instance has no pixel data.');
  const lossy = first.lossy ? changesToLossy(candidate, targetUID, first) : undefined;
  const elements = new Map([...changesOfPixels(candidate, first.format), ...(lossy?.elements ?? [])]);
  const firstItems = lossy?.firstItems ?? new Map<number, Uint8Array>();
  const instead = insteadOf(pixelData, (reader) =>
    writePixelData(
      pixelData.numberOfFrames,
      first,
      sameFormat(first, transcodePassingFrames(parts, candidate, reader, targetUID, signal)),
    ),
  );
  return reEncoded(parts, candidate, targetUID, { elements, firstItems }, instead, lossy?.sopInstanceUID);
}

function writePixelData(
  numberOfFrames: number,
  first: TranscodedFrame,
  frames: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const { format, bytes } = first;
  if (transferSyntaxOf(format.transferSyntaxUID).encapsulated)
    return encapsulatedPixelData(frames, numberOfFrames);
  const { bitsAllocated, rows, columns } = format;
  const frameLengthBits = bitsAllocated === 1 ? rows * columns : bytes.length * 8;
  return nativePixelData(frames, { bitsAllocated, numberOfFrames, frameLengthBits });
}

/** One data set describes all frames: one that came out otherwise would be shown wrong. */
async function* sameFormat(
  first: TranscodedFrame,
  rest: AsyncIterable<TranscodedFrame>,
): AsyncGenerator<Uint8Array> {
  yield first.bytes;
  const described = JSON.stringify(first.format);
  for await (const { bytes, format } of rest) {
    if (JSON.stringify(format) !== described)
      throw new ImagingError('BROKEN_FRAME', 'A frame is laid down otherwise than the first one.');
    yield bytes;
  }
}

function samePixels(pixelData: PixelDataLocation | undefined): PixelDataInstead | undefined {
  return pixelData && insteadOf(pixelData, (reader) => sameNativePixelData(reader, pixelData));
}

const sequenceDelimiterBytes = 8;

function insteadOf(location: PixelDataLocation, write: PixelDataInstead['write']): PixelDataInstead {
  const end = location.offsetBytes + location.lengthBytes;
  return {
    tag: Number.parseInt(location.tag, 16),
    endOffset: end + (location.encapsulated ? sequenceDelimiterBytes : 0),
    write,
  };
}

function reEncoded(
  parts: ArchiveParts,
  candidate: Candidate,
  transferSyntaxUID: string,
  changes: ReEncodingChanges,
  pixelData: PixelDataInstead | undefined,
  newSopInstanceUID?: string,
): GivenInstance {
  const { inside, metadata, format } = candidate;
  const { instance } = inside;
  const sopInstanceUID = newSopInstanceUID ?? instance.sopInstanceUID;
  const frames = inside.pixelData?.numberOfFrames ?? 0;
  const content = async function* () {
    const { file, dataSet } = readersOf(parts, inside);
    try {
      yield* reEncodePart10(file, dataSet, {
        meta: {
          sopClassUID: stringOf(metadata, 'SOPClassUID') ?? '',
          sopInstanceUID,
          transferSyntaxUID,
        },
        storedTransferSyntaxUID: instance.transferSyntaxUID,
        changes,
        pixelData,
      });
    } finally {
      await Promise.all([file.close(), dataSet?.close()]);
    }
  };
  // Headers may grow from 8 to 12 bytes; a codec's worst case is a little more than the bare samples.
  const largestBytes = instance.sizeBytes * 2 + (format ? nativeBytes(format) * frames * 2 : 0);
  return { sopInstanceUID, transferSyntaxUID, sizeBytes: undefined, largestBytes, content: content() };
}

/** The stored file from its beginning; of a deflated one the data set apart, inflated. */
function readersOf(parts: ArchiveParts, inside: Inside): { file: ForwardReader; dataSet?: ForwardReader } {
  const { instance, deflatedFrom } = inside;
  if (deflatedFrom === undefined) {
    const from = (start: number) =>
      readInstance(parts, instance, { start, endExclusive: instance.sizeBytes });
    return { file: new ForwardReader(from(0), 0, from) };
  }
  const toTheEnd = { start: deflatedFrom, endExclusive: Number.MAX_SAFE_INTEGER };
  return {
    file: new ForwardReader(readInstance(parts, instance, { start: 0, endExclusive: deflatedFrom })),
    dataSet: new ForwardReader(readRange(parts, inside, toTheEnd), deflatedFrom),
  };
}
