import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { releaseGrownMemory } from './codecs/grown-memory.ts';
import { decodeFrame } from './decode.ts';
import { imagingTask } from './imaging-task.ts';
import type { PixelFormat } from './pixel-format.ts';
import type { EncodedFrameToRender } from './render/render-request.ts';
import { type TranscodeOptions, transcodeFrame } from './transcode.ts';

// What the threads of imaging-pool.ts run; it calls these by their names.

giveWay();

/**
 * Codecs would take a core for as long as the system lets them, while the thread that answers requests waits for its turn. Linux
 * schedules each thread by itself (setpriority(2), Notes); elsewhere nothing is changed.
 */
function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    const threadId = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (threadId !== process.pid) setPriority(threadId, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A system that hides /proc, or forbids it.
  }
}

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
