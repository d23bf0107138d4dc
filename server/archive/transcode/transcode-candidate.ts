import { metadataOf } from '../../../storage/index/find-instances.ts';
import { numberOf, stringOf } from '../../dicom/attributes.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { parseDataSet } from '../../dicom/models/data-set-json.ts';
import { explicitVrLittleEndian, transferSyntaxOf } from '../../dicom/transfer-syntaxes.ts';
import { longestNativeBytes } from '../../dicom/write/re-encode-pixel-data.ts';
import type { PixelFormat } from '../../imaging/pixel-format.ts';
import { pixelFormatOf } from '../../imaging/pixel-format-of.ts';
import { canTranscode, TRANSCODE_TARGETS } from '../../imaging/transcode-targets.ts';
import { NotFoundError } from '../archive-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { type Inside, lookInside } from '../retrieve/retrieve-inside.ts';
import type { InstanceLocation } from '../retrieve/retrieve-instances.ts';

/** An instance, and what must be known of it to give it in another transfer syntax. */
export interface Candidate {
  inside: Inside;
  metadata: DataSet;
  /** Undefined without pixel data, or where its attributes don't say how it is laid down. */
  format: PixelFormat | undefined;
}

/** Reads what the index knows of `instance`; throws a `NotFoundError` where it was deleted meanwhile. */
export async function openCandidate(parts: ArchiveParts, instance: InstanceLocation): Promise<Candidate> {
  return candidateOf(parts, await lookInside(parts, instance));
}

export async function candidateOf(parts: ArchiveParts, inside: Inside): Promise<Candidate> {
  const { instancePk, transferSyntaxUID } = inside.instance;
  const text = (await metadataOf(parts.pool, [instancePk])).get(instancePk);
  if (text === undefined) throw new NotFoundError('Nothing of that name is stored.');
  const metadata = parseDataSet(text);
  return { inside, metadata, format: formatOf(inside, metadata, transferSyntaxUID) };
}

function formatOf(inside: Inside, metadata: DataSet, transferSyntaxUID: string): PixelFormat | undefined {
  if (!inside.pixelData) return undefined;
  const { encapsulated } = inside.pixelData;
  // Native frames are read little endian and inflated, whatever is stored.
  const uid = encapsulated ? transferSyntaxUID : explicitVrLittleEndian;
  try {
    return pixelFormatOf(metadata, uid);
  } catch {
    return undefined;
  }
}

/** How the pixel data comes into another transfer syntax: as its bytes are, or frame by frame through a codec. */
export type Way = 'as-stored' | 'same-pixels' | 'by-frame';

/** How the whole instance can be given in `targetUID`; undefined where it can't be. Its frames' bytes may still turn out to be damaged. */
export function wayTo(candidate: Candidate, targetUID: string): Way | undefined {
  const { instance, pixelData } = candidate.inside;
  if (targetUID === instance.transferSyntaxUID) return 'as-stored';
  if (targetUID === explicitVrLittleEndian) {
    if (!pixelData) return 'same-pixels';
    if (!pixelData.encapsulated && !transferSyntaxOf(instance.transferSyntaxUID).encapsulated)
      return pixelData.lengthBytes <= longestNativeBytes ? 'same-pixels' : undefined;
  }
  return allFramesCan(candidate, targetUID) ? 'by-frame' : undefined;
}

function allFramesCan(candidate: Candidate, targetUID: string): boolean {
  const { inside, metadata, format } = candidate;
  const frames = inside.pixelData?.numberOfFrames ?? 0;
  if (!format || frames === 0 || frames !== (numberOf(metadata, 'NumberOfFrames') || 1)) return false;
  if (inside.pixelData?.tag !== '7FE00010' || !frameCan(candidate, targetUID)) return false;
  const losesBits = [targetUID, inside.instance.transferSyntaxUID].some((uid) => transferSyntaxOf(uid).lossy);
  if (losesBits && hasOverlaysInPixels(metadata)) return false;
  return targetUID !== explicitVrLittleEndian || !isTooLongForNative(candidate);
}

/** Whether the frames together are longer than a value of Explicit VR Little Endian can be. */
export function isTooLongForNative({ inside, format }: Candidate): boolean {
  const frames = inside.pixelData?.numberOfFrames ?? 0;
  return format !== undefined && nativeBytes(format) * frames > longestNativeBytes;
}

/** Whether single frames can be given in `targetUID` (PS3.18 8.7.3.3), by what is known of them all. */
export function frameCan(candidate: Candidate, targetUID: string): boolean {
  const { format } = candidate;
  if (!format || NEVER_MADE.has(targetUID) || canTranscode(format, targetUID) !== true) return false;
  return !transferSyntaxOf(targetUID).lossy || !isLossy(candidate);
}

/**
 * PS3.18 8.7.3: Implicit VR Little Endian shall not be used with web services. A deflated data set is given only as it is stored: whole
 * answers are compressed by Content-Encoding where that helps.
 */
const NEVER_MADE = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1.99']);

/** The transfer syntaxes that images are given in although they are stored in others. */
export const GIVEN_TARGETS: readonly string[] = TRANSCODE_TARGETS.filter((uid) => !NEVER_MADE.has(uid));

/** The transfer syntaxes that `can` lets through, the stored one first. */
export function possibleEncodings(candidate: Candidate, can: (targetUID: string) => boolean): string[] {
  const { transferSyntaxUID } = candidate.inside.instance;
  const others = TRANSCODE_TARGETS.filter((uid) => uid !== transferSyntaxUID);
  return [transferSyntaxUID, ...others.filter(can)];
}

/** PS3.3 C.7.6.1.1.5: an image that has lost something is never made to lose more without a word. */
function isLossy({ inside, metadata }: Candidate): boolean {
  return (
    transferSyntaxOf(inside.instance.transferSyntaxUID).lossy ||
    stringOf(metadata, 'LossyImageCompression') === '01'
  );
}

/** Upper bound of what a native frame takes in bytes. */
export function nativeBytes(format: PixelFormat): number {
  return Math.ceil((format.rows * format.columns * format.samplesPerPixel * format.bitsAllocated) / 8);
}

/** Overlays of old images lie in bits above the pixels' own (PS3.5 8.1.2, retired): lossless codecs are given them too, others not. */
function hasOverlaysInPixels(metadata: DataSet): boolean {
  return Object.keys(metadata).some((tag) => {
    const group = /^(60[0-9A-F]{2})0102$/.exec(tag)?.[1];
    return group !== undefined && Number(metadata[tag]?.Value?.[0]) > 0 && !metadata[`${group}3000`];
  });
}
