import { closeSync, constants, fdatasync, ftruncate, write } from 'node:fs';
import { promisify } from 'node:util';
import { AlignedBuffers } from './aligned-buffers.ts';
import { isFileError } from './file-errors.ts';

const writeBytes = promisify(write);
const syncData = promisify(fdatasync);
const cutFile = promisify(ftruncate);

const NEW_FILE = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY;
/** Linux has it, others may not. */
const PAST_THE_CACHE: number | undefined = constants.O_DIRECT;
/** How a file system says that it can't do that: when the file is opened, or not before it is written. */
const NOT_DIRECTLY = ['EINVAL', 'EOPNOTSUPP'];
/** Smaller files cost less through the page cache. */
const DIRECT_FROM_BYTES = 64 * 1024;
/** What all disks want the length of direct writes to be a multiple of. */
const BLOCK_BYTES = 4096;

/** What the files being written by this process may hold in memory, 32 MiB. Beyond it chunks are written as they come. */
const buffers = new AlignedBuffers(32);

/** Opens the file to be written with `flags` of open(2); answers its descriptor. */
export type OpenFile = (flags: number) => Promise<number>;

/**
 * Writes a new file from chunks, gathered to few large writes. Large files go past the page cache where the file system can do that: what
 * is archived would only push out of memory what is being read. The file is made with the first write.
 */
export class FileWriter {
  readonly #open: OpenFile;
  #descriptor: number | undefined;
  #isDirect = false;
  #isBegun = false;
  /** The buffer being filled; none where no buffer was free at the beginning. */
  #buffer: Buffer | undefined;
  #filledBytes = 0;
  #writtenBytes = 0;
  /** The last buffer that was to be written, and when it is. */
  #leaving: Buffer | undefined;
  #left: Promise<void> = Promise.resolve();

  constructor(open: OpenFile) {
    this.#open = open;
  }

  /** Bytes taken so far. */
  get sizeBytes(): number {
    return this.#writtenBytes + this.#filledBytes;
  }

  /** Takes all of `chunk`, which may change afterwards. Answers a promise where that has to wait; it rejects with the file system's error. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (!this.#isBegun) this.#buffer = buffers.take();
    this.#isBegun = true;
    if (!this.#buffer || this.#filledBytes + chunk.byteLength >= this.#buffer.length)
      return this.#writeLong(chunk);
    this.#buffer.set(chunk, this.#filledBytes);
    this.#filledBytes += chunk.byteLength;
    return undefined;
  }

  /** Makes the file whole, in the page cache at least. To be called once, at the end. */
  async finish(): Promise<void> {
    if (this.#filledBytes > 0) await this.#writeBuffer();
    await this.#left;
    const descriptor = await this.#opened(false);
    if (this.#isDirect && this.#writtenBytes % BLOCK_BYTES !== 0)
      await cutFile(descriptor, this.#writtenBytes);
  }

  /** Brings the file, which was finished, to the disk. */
  async sync(): Promise<void> {
    await syncData(await this.#opened(false));
  }

  /** To be called in every case. Ends when no write is under way any more. */
  async close(): Promise<void> {
    await this.#left.catch(() => undefined);
    for (const buffer of [this.#leaving, this.#buffer]) if (buffer) buffers.giveBack(buffer);
    this.#leaving = undefined;
    this.#buffer = undefined;
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  async #writeLong(chunk: Uint8Array): Promise<void> {
    if (!this.#buffer) {
      // Memory is bounded, so the chunk is written now, and the page cache gathers.
      await writeAll(await this.#opened(false), chunk, this.#writtenBytes);
      this.#writtenBytes += chunk.byteLength;
      return;
    }
    for (let rest = chunk; rest.byteLength > 0; ) {
      const taken = rest.subarray(0, this.#buffer.length - this.#filledBytes);
      this.#buffer.set(taken, this.#filledBytes);
      this.#filledBytes += taken.byteLength;
      rest = rest.subarray(taken.byteLength);
      if (this.#filledBytes === this.#buffer.length) await this.#writeBuffer();
    }
  }

  /** Begins to write what the buffer holds, and goes on with another one: that of the write before, a free one, or itself once written. */
  async #writeBuffer(): Promise<void> {
    const full = this.#buffer;
    if (!full) return;
    await this.#left;
    const descriptor = await this.#opened(this.#filledBytes >= DIRECT_FROM_BYTES);
    const bytes = full.subarray(0, this.#filledBytes);
    this.#left = this.#isDirect
      ? this.#writeDirect(descriptor, bytes, this.#writtenBytes)
      : writeAll(descriptor, bytes, this.#writtenBytes);
    // Whoever waits for it next learns of it; until then it is nobody's surprise.
    this.#left.catch(() => undefined);
    this.#writtenBytes += this.#filledBytes;
    this.#filledBytes = 0;
    this.#buffer = this.#leaving ?? buffers.take();
    this.#leaving = full;
    if (this.#buffer) return;
    await this.#left;
    this.#buffer = full;
    this.#leaving = undefined;
  }

  /** Writes whole blocks past the page cache or, where the file system refuses only now, `bytes` and all that follows through it. */
  async #writeDirect(descriptor: number, bytes: Buffer, position: number): Promise<void> {
    try {
      await writeAll(descriptor, wholeBlocks(bytes), position);
    } catch (error) {
      if (!isFileError(error, ...NOT_DIRECTLY)) throw error;
      this.#descriptor = await this.#open(constants.O_WRONLY);
      this.#isDirect = false;
      closeSync(descriptor);
      await cutFile(this.#descriptor, position);
      await writeAll(this.#descriptor, bytes, position);
    }
  }

  async #opened(isLarge: boolean): Promise<number> {
    this.#descriptor ??= isLarge ? await this.#openDirect() : await this.#open(NEW_FILE);
    return this.#descriptor;
  }

  async #openDirect(): Promise<number> {
    if (PAST_THE_CACHE === undefined) return this.#open(NEW_FILE);
    try {
      const descriptor = await this.#open(NEW_FILE | PAST_THE_CACHE);
      this.#isDirect = true;
      return descriptor;
    } catch (error) {
      // Not on this file system; the refused call has made the file all the same.
      if (!isFileError(error, ...NOT_DIRECTLY)) throw error;
      return this.#open(constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY);
    }
  }
}

/** `bytes`, which begin their buffer, and as many zeros as make whole blocks of them. */
function wholeBlocks(bytes: Buffer): Buffer {
  const end = Math.ceil(bytes.byteLength / BLOCK_BYTES) * BLOCK_BYTES;
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, end);
  // Another file's bytes have no business on the disk behind this one's end.
  whole.fill(0, bytes.byteLength);
  return whole;
}

/** One call may take less than all (a nearly full disk, a signal). `position` is where the first byte goes. */
async function writeAll(descriptor: number, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.byteLength; ) {
    const { bytesWritten } = await writeBytes(
      descriptor,
      bytes,
      written,
      bytes.byteLength - written,
      position + written,
    );
    written += bytesWritten;
  }
}
