import { frameFragments } from '../../dicom/frames/frame-index.ts';
import { ImagingError } from '../../imaging/imaging-errors.ts';
import { MAX_FRAME_BYTES } from '../../imaging/pixel-format-of.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { type Inside, readFrame } from './retrieve-inside.ts';

/**
 * The bytes of one frame (1-based) in memory, as `readFrame` gives them: native ones little endian.
 * @throws ImagingError UNSUPPORTED_PIXELS where there are more than a frame may have, before any is read; NotFoundError
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
  // Memory of its own, so that it can be handed to a thread; not needed where the store gives such, whole.
  let bytes: Uint8Array | undefined;
  let at = 0;
  for await (const chunk of readFrame(parts, inside, frame)) {
    signal?.throwIfAborted();
    if (chunk.length === lengthBytes && chunk.length === chunk.buffer.byteLength)
      return new Uint8Array(chunk.buffer);
    bytes ??= new Uint8Array(Buffer.allocUnsafeSlow(lengthBytes).buffer);
    bytes.set(chunk.subarray(0, lengthBytes - at), at);
    at += Math.min(chunk.length, lengthBytes - at);
  }
  return bytes?.subarray(0, at) ?? new Uint8Array(0);
}
