import { finishNativeFrame, frameFragments } from '../../../server/dicom/frames/frame-index.ts';
import type { ParsedInstance } from '../../../server/dicom/read/part10-reader.ts';
import type { PixelFormat } from '../../../server/imaging/pixel-format.ts';
import { pixelFormatOf } from '../../../server/imaging/pixel-format-of.ts';
import { addressedBytes, readInstance } from '../dicom/shared-files.ts';

/** The frames of a Part 10 file, as the archive hands them to a decoder. */
export interface FramesOfFile {
  instance: ParsedInstance;
  format: PixelFormat;
  numberOfFrames: number;
  /** 1-based. */
  frame(number: number): Uint8Array;
}

/** `undefined` where the file holds no pixel data that could be located. */
export async function framesOfFile(stored: Uint8Array): Promise<FramesOfFile | undefined> {
  const instance = await readInstance(stored, 65536);
  const location = instance.pixelData;
  if (!location) return undefined;
  const bytes = addressedBytes(stored, instance);
  return {
    instance,
    format: pixelFormatOf(instance.dataSet, instance.transferSyntaxUID),
    numberOfFrames: location.numberOfFrames,
    frame: (number) => {
      const pieces = frameFragments(location, number).map(({ offsetBytes, lengthBytes }) =>
        bytes.subarray(offsetBytes, offsetBytes + lengthBytes),
      );
      const joined = new Uint8Array(Buffer.concat(pieces));
      return location.encapsulated ? joined : finishNativeFrame(location, number, joined);
    },
  };
}
