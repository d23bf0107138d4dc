import { metadataOf } from '../../storage/index/find-instances.ts';
import { parseDataSet } from '../dicom/data-set-json.ts';
import { frameFragments } from '../dicom/frame-index.ts';
import { ImagingError } from '../imaging/imaging-errors.ts';
import type { DecodedFrame, PixelFormat } from '../imaging/pixel-format.ts';
import { MAX_FRAME_BYTES, pixelFormatOf } from '../imaging/pixel-format-of.ts';
import type { TranscodedFrame, TranscodeOptions } from '../imaging/transcode.ts';
import { NotFoundError } from './archive-errors.ts';
import type { ArchiveParts } from './archive-parts.ts';
import { type Inside, readFrame } from './retrieve-inside.ts';

/**
 * How the frames of a stored instance are laid down.
 * @throws ImagingError NO_PIXELS, UNSUPPORTED_PIXELS; NotFoundError where the instance is gone
 */
export async function pixelFormatOfInstance(parts: ArchiveParts, inside: Inside): Promise<PixelFormat> {
  const { instancePk, transferSyntaxUID } = inside.instance;
  if (!inside.pixelData) throw new ImagingError('NO_PIXELS', 'The instance has no frames.');
  const text = (await metadataOf(parts.pool, [instancePk])).get(instancePk);
  if (text === undefined) throw new NotFoundError('Nothing of that name is stored.');
  return pixelFormatOf(parseDataSet(text), transferSyntaxUID);
}

/**
 * The bytes of one frame (1-based) in memory, as `readFrame` gives them: native ones little endian.
 * @throws ImagingError UNSUPPORTED_PIXELS where there are more than a frame may have, before any is read
 */
export async function frameBytes(
  parts: ArchiveParts,
  inside: Inside,
  frame: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const fragments = inside.pixelData ? frameFragments(inside.pixelData, frame) : [];
  const lengthBytes = fragments.reduce((sum, fragment) => sum + fragment.lengthBytes, 0);
  if (lengthBytes > MAX_FRAME_BYTES)
    throw new ImagingError(
      'UNSUPPORTED_PIXELS',
      `Frame ${frame} has ${lengthBytes} bytes, too many to decode.`,
    );
  const bytes = new Uint8Array(lengthBytes);
  let at = 0;
  for await (const chunk of readFrame(parts, inside, frame)) {
    signal?.throwIfAborted();
    if (at + chunk.length > lengthBytes) break;
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes.subarray(0, at);
}

/**
 * The samples of one frame (1-based) of a stored instance, decoded in a worker; its bytes are read when a worker is free.
 * @throws ImagingError, NotFoundError; the signal's reason
 */
export async function decodeStoredFrame(
  parts: ArchiveParts,
  inside: Inside,
  format: PixelFormat,
  frame: number,
  signal?: AbortSignal,
): Promise<DecodedFrame> {
  const task = async () => ({ bytes: await frameBytes(parts, inside, frame, signal), format });
  return parts.imaging.run('decode', task, { signal });
}

/**
 * One frame (1-based) of a stored instance in another transfer syntax; see `transcodeFrame` and `canTranscode`.
 * @throws ImagingError, NotFoundError; the signal's reason
 */
export async function transcodeStoredFrame(
  parts: ArchiveParts,
  inside: Inside,
  format: PixelFormat,
  frame: number,
  transferSyntaxUID: string,
  options: TranscodeOptions & { signal?: AbortSignal } = {},
): Promise<TranscodedFrame> {
  const { signal, ...how } = options;
  const task = async () => ({
    bytes: await frameBytes(parts, inside, frame, signal),
    format,
    transferSyntaxUID,
    options: how,
  });
  return parts.imaging.run('transcode', task, { signal });
}
