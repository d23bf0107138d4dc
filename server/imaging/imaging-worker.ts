import { releaseGrownMemory } from './codecs/grown-memory.ts';
import { decodeFrame } from './decode.ts';
import { imagingTask } from './imaging-task.ts';
import type { PixelFormat } from './pixel-format.ts';
import { renderEncodedFrame } from './render/render-encoded-frame.ts';
import { type TranscodeOptions, transcodeFrame } from './transcode.ts';

// What the threads of imaging-pool.ts run; it calls these by their names.

export interface DecodeTask {
  bytes: Uint8Array;
  format: PixelFormat;
}

export const decode = imagingTask(
  ({ bytes, format }: DecodeTask) => decodeFrame(bytes, format),
  releaseGrownMemory,
);

/** Decodes a frame and renders it. */
export const render = imagingTask(renderEncodedFrame, releaseGrownMemory);

export interface TranscodeTask extends DecodeTask {
  /** Wanted. */
  transferSyntaxUID: string;
  options?: TranscodeOptions;
}

export const transcode = imagingTask(
  ({ bytes, format, transferSyntaxUID, options }: TranscodeTask) =>
    transcodeFrame(bytes, format, transferSyntaxUID, options),
  releaseGrownMemory,
);
