import { InstanceRefusal } from '../../archive/store/store-outcome.ts';
import { numberOf, stringOf } from '../../dicom/attributes.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { DataSetError } from '../../dicom/dicom-errors.ts';
import { codestreamInJp2, SYNTAX_HEAD_BYTES, syntaxesOfFrame } from '../../dicom/frames/codestream-syntax.ts';
import {
  defaultTransferSyntaxOf,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  isKnownTransferSyntax,
  transferSyntaxOf,
} from '../../dicom/transfer-syntaxes.ts';
import type { BulkValue, EncapsulatedPixels } from '../../dicom/write/part10-writer.ts';
import type { BulkPart } from './bulk-parts.ts';

const PIXEL_DATA = '(7FE0,0010)';
/** A fragment has 32 bits for its length; a video may be longer. */
const FRAGMENT_BYTES = 2 ** 31;

/** How the file that metadata and parts make holds its pixels. */
export interface PixelEncoding {
  transferSyntaxUID: string;
  /** Undefined where the pixel data is native, or there is none. */
  encapsulated?: EncapsulatedPixels;
}

/**
 * Which transfer syntax the parts of Pixel Data are in, and how they are encapsulated (PS3.18 8.7.3.3, PS3.5 A.4). The media type's
 * `transfer-syntax` counts and must be true of the stream; without it the stream tells. An image part is a frame, a video part
 * is all frames. Throws a `DataSetError`, or an `InstanceRefusal` for a transfer syntax that can't be.
 */
export async function pixelEncodingOf(dataSet: DataSet, parts: readonly BulkPart[]): Promise<PixelEncoding> {
  const [first] = parts;
  if (!first) return { transferSyntaxUID: explicitVrLittleEndian };
  const { type } = first.mediaType;
  if (parts.some((part) => part.mediaType.type !== type))
    throw new DataSetError('its parts are of several media types', PIXEL_DATA);
  const named = namedSyntax(parts);
  const isOctets = type === 'application/octet-stream';
  if (named === undefined ? isOctets : !transferSyntaxOf(named).encapsulated) {
    if (!isOctets) throw new DataSetError('its media type is not of its transfer syntax', PIXEL_DATA);
    checkNative(dataSet, parts);
    return { transferSyntaxUID: explicitVrLittleEndian };
  }
  if (type.startsWith('video/')) return videoOf(first, parts.length, named ?? hintOf(dataSet, type));
  return framesOf(dataSet, parts, named);
}

function namedSyntax(parts: readonly BulkPart[]): string | undefined {
  const named = new Set(parts.map(({ mediaType }) => mediaType.parameters['transfer-syntax']));
  if (named.size > 1) throw new DataSetError('its parts are of several transfer syntaxes', PIXEL_DATA);
  const [uid] = named;
  if (uid === undefined) return undefined;
  const isNative = [explicitVrLittleEndian, implicitVrLittleEndian].includes(uid);
  if (!isNative && !(isKnownTransferSyntax(uid) && transferSyntaxOf(uid).encapsulated))
    throw new InstanceRefusal(
      'transfer-syntax-not-supported',
      'bulk data of its transfer syntax is not taken',
    );
  return uid;
}

/** Metadata may say the transfer syntax too (PS3.18 F.2: 0002,0010; or 0008,3002); it counts where it is of the media type. */
function hintOf(dataSet: DataSet, type: string): string | undefined {
  const hints = [stringOf(dataSet, 'TransferSyntaxUID'), stringOf(dataSet, 'AvailableTransferSyntaxUID')];
  const fitting = hints.find(
    (uid) => uid !== undefined && transferSyntaxOf(uid).mediaType?.toLowerCase() === type,
  );
  return fitting ?? defaultTransferSyntaxOf(type);
}

/** Refuses pixels that the image's description needs and that did not come. */
function checkNative(dataSet: DataSet, parts: readonly BulkPart[]): void {
  if (parts.length > 1) throw new DataSetError('uncompressed, it is one part', PIXEL_DATA);
  const rows = numberOf(dataSet, 'Rows');
  const columns = numberOf(dataSet, 'Columns');
  const bits = numberOf(dataSet, 'BitsAllocated');
  if (rows === undefined || columns === undefined || bits === undefined) return;
  // PS3.3 C.7.6.3.1.2: of YBR 4:2:2 two pixels share their chrominance.
  const isSubsampled = stringOf(dataSet, 'PhotometricInterpretation')?.endsWith('_422') === true;
  const samples = isSubsampled ? 2 : (numberOf(dataSet, 'SamplesPerPixel') ?? 1);
  const frames = numberOf(dataSet, 'NumberOfFrames') ?? 1;
  const needed = Math.ceil((rows * columns * samples * frames * bits) / 8);
  const given = parts[0]?.sizeBytes ?? 0;
  if (given < needed)
    throw new DataSetError(`it has ${given} bytes where its description needs ${needed}`, PIXEL_DATA);
}

function videoOf(part: BulkPart, count: number, transferSyntaxUID: string | undefined): PixelEncoding {
  if (count > 1) throw new DataSetError('a video is one part', PIXEL_DATA);
  if (transferSyntaxUID === undefined)
    throw new DataSetError('its media type names no transfer syntax, and has no default one', PIXEL_DATA);
  const values: BulkValue[] = [];
  for (let at = 0; at < part.sizeBytes; at += FRAGMENT_BYTES)
    values.push(part.slice(at, Math.min(at + FRAGMENT_BYTES, part.sizeBytes)));
  return { transferSyntaxUID, encapsulated: { kind: 'stream', values } };
}

async function framesOf(
  dataSet: DataSet,
  parts: readonly BulkPart[],
  named: string | undefined,
): Promise<PixelEncoding> {
  const wanted = numberOf(dataSet, 'NumberOfFrames') ?? 1;
  if (parts.length !== wanted)
    throw new DataSetError(
      `${parts.length} parts for ${wanted} frames; compressed, each is a part`,
      PIXEL_DATA,
    );
  const values: BulkValue[] = [];
  let syntax = named;
  for (const [i, part] of parts.entries()) {
    const frame = await codestreamOf(part);
    const possible = syntaxesOfFrame(await headOf(frame));
    syntax ??= possible[0] ?? hintOf(dataSet, part.mediaType.type);
    const isSyntaxOfType = syntax === undefined || isOfType(syntax, part.mediaType.type);
    if (!isSyntaxOfType) throw new DataSetError(`frame ${i + 1} is not of its media type`, PIXEL_DATA);
    if (syntax !== undefined && RECOGNIZED.test(part.mediaType.type) && !possible.includes(syntax))
      throw new DataSetError(`frame ${i + 1} is no stream of transfer syntax ${syntax}`, PIXEL_DATA);
    values.push(frame);
  }
  if (syntax === undefined) throw new DataSetError('its media type is of no transfer syntax', PIXEL_DATA);
  return { transferSyntaxUID: syntax, encapsulated: { kind: 'frames', values } };
}

/** Media types whose streams `syntaxesOfFrame` tells apart. */
const RECOGNIZED = /^image\/(jpeg|jls|jp2|jpx|j2c|jphc|jph|dicom-rle)$/;

/** `image/jpeg` was once used for all of JPEG's kin, and octets may be anything. */
function isOfType(uid: string, type: string): boolean {
  const own = transferSyntaxOf(uid).mediaType?.toLowerCase();
  if (own === type || type === 'application/octet-stream') return true;
  const kin = [own, type].map((one) =>
    one?.replace(/^image\/(jp2|jpx|j2c)$/, 'jpeg 2000').replace(/^image\/(jphc|jph)$/, 'htj2k'),
  );
  return kin[0] === kin[1];
}

async function codestreamOf(part: BulkPart): Promise<BulkValue> {
  const inside = codestreamInJp2(await headOf(part), part.sizeBytes);
  return inside ? part.slice(inside.start, inside.endExclusive) : part;
}

async function headOf(value: BulkValue): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of value.read()) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes >= SYNTAX_HEAD_BYTES) break;
  }
  return Buffer.concat(chunks);
}
