import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

const MIB = 1024 * 1024;

/** Bytes that differ at every offset one may confuse with another, made anew from `seed` each time. */
export function sampleBytes(sizeBytes: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(sizeBytes);
  let state = (seed * 0x9e3779b1) >>> 0;
  for (let at = 0; at < sizeBytes; at += 1) {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
  return bytes;
}

/** The bytes in chunks of `chunkBytes`, each in the same piece of memory, as a careless source might do. */
export async function* inChunks(bytes: Uint8Array, chunkBytes = 65_536): AsyncGenerator<Uint8Array> {
  const memory = new Uint8Array(chunkBytes);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const piece = bytes.subarray(at, at + chunkBytes);
    memory.set(piece);
    yield memory.subarray(0, piece.length);
    memory.fill(0xee);
  }
}

/** `sizeBytes` of content, and then `error`. */
export async function* failingAfter(sizeBytes: number, error: Error): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(MIB, 7);
  for (let left = sizeBytes; left > 0; left -= MIB) yield chunk.subarray(0, Math.min(left, MIB));
  throw error;
}

/** `sizeBytes` of content, and then nothing more ever. Tells whether it was told to end. */
export function stallingAfter(sizeBytes: number): AsyncIterable<Uint8Array> & { isEnded: () => boolean } {
  let left = sizeBytes;
  let isEnded = false;
  const iterator: AsyncIterator<Uint8Array> = {
    next: () => {
      if (left <= 0) return new Promise(() => undefined);
      const value = Buffer.alloc(Math.min(left, MIB), 9);
      left -= value.length;
      return Promise.resolve({ done: false, value });
    },
    return: () => {
      isEnded = true;
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return { [Symbol.asyncIterator]: () => iterator, isEnded: () => isEnded };
}

export async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
