import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** WebAssembly memory only grows. A codec whose memory is larger than this after a frame is dropped, and loaded anew for the next. */
const KEEP_BYTES = 64 * 1024 * 1024;

/** What a loaded codec tells of its memory, and how to drop it. */
export interface CodecMemory {
  /** 0 where it isn't loaded. */
  memoryBytes(): number;
  forget(): void;
}

const codecs: CodecMemory[] = [];

/** For each codec, once. */
export function watchMemory(codec: CodecMemory): void {
  codecs.push(codec);
}

/** After each frame: what a large one left behind must not stay until the next, which may never come. */
export function releaseGrownMemory(): void {
  let isGrown = false;
  for (const codec of codecs) {
    if (codec.memoryBytes() <= KEEP_BYTES) continue;
    codec.forget();
    isGrown = true;
  }
  if (isGrown) collectGarbage();
}

/** The collector sees the small objects that hold large memories, and would take its time. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
}
