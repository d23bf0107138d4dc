import { finishNativeFrame, frameFragments, type PixelDataLocation } from '../../dicom/frames/frame-index.ts';
import type { ForwardReader } from '../../dicom/read/forward-reader.ts';
import { ImagingError } from '../../imaging/imaging-errors.ts';
import type { PixelFormat } from '../../imaging/pixel-format.ts';
import type { TranscodedFrame } from '../../imaging/transcode.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { mapAhead } from '../map-ahead.ts';
import { patiently } from '../patiently.ts';
import { frameBytes } from '../retrieve/frame-bytes.ts';
import type { Candidate } from './transcode-candidate.ts';

/** Frames of one answer that are read, worked on or waiting to be sent at once, beside the one being sent. */
const FRAMES_AHEAD = 2;

/** One frame (1-based), transcoded; throws an `ImagingError`, or the signal's reason. */
export async function transcodeFrame(
  parts: ArchiveParts,
  { inside, format }: Candidate,
  frame: number,
  targetUID: string,
  signal: AbortSignal | undefined,
): Promise<TranscodedFrame> {
  const task = async () => ({
    bytes: await frameBytes(parts, inside, frame, signal),
    format: known(format),
    transferSyntaxUID: targetUID,
  });
  return parts.imaging.run('transcode', task, { signal, handOver: true });
}

/** Frames (1-based) transcoded in the order of `frames`, a few ahead of the one asked for. */
export function transcodeFrames(
  parts: ArchiveParts,
  candidate: Candidate,
  frames: readonly number[],
  targetUID: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<TranscodedFrame> {
  return mapAhead(frames, FRAMES_AHEAD, (frame) =>
    patiently(() => transcodeFrame(parts, candidate, frame, targetUID, signal), signal),
  );
}

/** All frames after the first, as they come by in the pixel data that `reader` stands in. */
export function transcodePassingFrames(
  parts: ArchiveParts,
  { inside, format }: Candidate,
  reader: ForwardReader,
  targetUID: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<TranscodedFrame> {
  if (!inside.pixelData) throw new ImagingError('NO_PIXELS', 'The instance has no pixel data.');
  return mapAhead(passingFrames(reader, inside.pixelData), FRAMES_AHEAD, (bytes) =>
    patiently(
      () =>
        parts.imaging.run(
          'transcode',
          { bytes, format: known(format), transferSyntaxUID: targetUID },
          { signal },
        ),
      signal,
    ),
  );
}

function known(format: PixelFormat | undefined): PixelFormat {
  if (!format) throw new ImagingError('NO_PIXELS', 'The instance does not say how its pixels are laid down.');
  return format;
}

/** The frames from the second on, as `readFrame` gives them, in one pass over the stored pixel data. */
async function* passingFrames(
  reader: ForwardReader,
  location: PixelDataLocation,
): AsyncGenerator<Uint8Array> {
  let before: Uint8Array = new Uint8Array(0);
  for (let frame = 2; frame <= location.numberOfFrames; frame++) {
    const pieces: Uint8Array[] = [];
    for (const { offsetBytes, lengthBytes } of frameFragments(location, frame)) {
      // Frames of single bits, or within a word, share a byte or two with the one before.
      const shared = Math.max(0, reader.offset - offsetBytes);
      if (shared > 0) pieces.push(before.subarray(before.length - shared));
      await reader.skipTo(offsetBytes + shared);
      pieces.push(await reader.take(lengthBytes - shared));
    }
    const [only] = pieces;
    before = pieces.length === 1 && only ? only : Buffer.concat(pieces);
    yield location.encapsulated ? before : finishNativeFrame(location, frame, before);
  }
}
