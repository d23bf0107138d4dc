import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const IN_MEMORY_BYTES = 1024 * 1024;
const READ_CHUNK_BYTES = 64 * 1024;

/**
 * Bytes that are written once from front to back, corrected here and there, and then read: in memory while they are few, then in a
 * file of `folder` that has no name any more and is gone with the process.
 */
export class ScratchFile {
  sizeBytes = 0;
  readonly #folder: string;
  #memory: Buffer = Buffer.alloc(0);
  #file: FileHandle | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (!this.#file && this.sizeBytes + bytes.length > IN_MEMORY_BYTES) await this.#spill();
    if (this.#file) await writeAll(this.#file, bytes, this.sizeBytes);
    else this.#keep(bytes);
    this.sizeBytes += bytes.length;
  }

  async overwrite(offset: number, bytes: Uint8Array): Promise<void> {
    if (this.#file) await writeAll(this.#file, bytes, offset);
    else this.#memory.set(bytes, offset);
  }

  /** All of it, or the bytes `start` to `endExclusive`. */
  async *read(start = 0, endExclusive = this.sizeBytes): AsyncGenerator<Uint8Array> {
    if (!this.#file) {
      yield this.#memory.subarray(start, endExclusive);
      return;
    }
    for (let at = start; at < endExclusive; ) {
      const chunk = Buffer.alloc(Math.min(READ_CHUNK_BYTES, endExclusive - at));
      const { bytesRead } = await this.#file.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) throw new Error('a scratch file is shorter than what was written to it');
      yield chunk.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
    this.#memory = Buffer.alloc(0);
  }

  #keep(bytes: Uint8Array): void {
    const needed = this.sizeBytes + bytes.length;
    if (needed > this.#memory.length) {
      const larger = Buffer.alloc(Math.min(IN_MEMORY_BYTES, Math.max(4096, needed * 2)));
      this.#memory.copy(larger, 0, 0, this.sizeBytes);
      this.#memory = larger;
    }
    this.#memory.set(bytes, this.sizeBytes);
  }

  async #spill(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o750 });
    const path = join(this.#folder, `${randomUUID()}.scratch`);
    this.#file = await open(path, 'wx+', 0o600);
    // Nothing stays behind after a crash: the open file needs no name.
    await unlink(path);
    await writeAll(this.#file, this.#memory.subarray(0, this.sizeBytes), 0);
    this.#memory = Buffer.alloc(0);
  }
}

/** One write may take less than all (a nearly full disk). */
async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
