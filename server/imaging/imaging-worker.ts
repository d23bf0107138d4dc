import { releaseGrownMemory } from './codecs/grown-memory.ts';
import { decodeFrame } from './decode.ts';
import { imagingTask } from './imaging-task.ts';
import type { PixelFormat } from './pixel-format.ts';
import type { EncodedFrameToRender } from './render/render-request.ts';
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

/** Decodes a frame and renders it. Its libraries take memory that threads which only decode need not spend. */
export const render = imagingTask(async (request: EncodedFrameToRender) => {
  const { renderEncodedFrame } = await import('./render/render-encoded-frame.ts');
  return renderEncodedFrame(request);
}, releaseGrownMemory);

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
