/** WebAssembly memory only grows. A codec whose memory is larger than this after a frame is dropped, and loaded anew for the next. */
const KEEP_BYTES = 96 * 1024 * 1024;

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

/** After each frame. What is dropped is collected with the other garbage. */
export function releaseGrownMemory(): void {
  for (const codec of codecs) if (codec.memoryBytes() > KEEP_BYTES) codec.forget();
}
