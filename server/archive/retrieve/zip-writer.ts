import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';

export interface ZipEntry {
  /** ASCII, folders parted by `/`. */
  path: string;
  /** The content is not longer: what needs more than 32 bits for its size must say so in front. */
  largestBytes: number;
  /** False where it hardly shrinks. */
  compress: boolean;
  content: AsyncIterable<Uint8Array>;
}

/** Where the records of the central directory wait for their place at the end. */
export interface ZipDirectoryStore {
  readonly sizeBytes: number;
  append(bytes: Uint8Array): Promise<void>;
  read(): AsyncIterable<Uint8Array>;
}

const largest32 = 0xffffffff;
/** Deflated or copied in blocks, content may become longer than it is: by less than a thousandth. */
const largestContentOf32 = 0xff000000;
const largest16 = 0xffff;
const deflated = 8;
/** Sizes and checksum follow the content. */
const flags = 0x0008;
const unixRegularFile = 0o100644;

interface Written {
  path: Buffer;
  zip64: boolean;
  crc: number;
  sizeBytes: number;
  storedBytes: number;
  offset: number;
}

/**
 * The bytes of a zip archive (APPNOTE 6.3.3) of `entries`, one after the other as they come; with zip64 fields where 32 bits don't do.
 * Everything is "deflated", also what is only copied: streaming readers can't take stored entries of sizes not known in front.
 * Ending the iteration early ends that of the entry being written, and of `entries`.
 */
export async function* writeZip(
  entries: AsyncIterable<ZipEntry>,
  directory: ZipDirectoryStore,
  modified: Date,
): AsyncGenerator<Uint8Array> {
  const when = dosDateTime(modified);
  let offset = 0;
  let count = 0;
  for await (const entry of entries) {
    const written: Written = {
      path: Buffer.from(entry.path, 'ascii'),
      zip64: entry.largestBytes > largestContentOf32,
      crc: 0,
      sizeBytes: 0,
      storedBytes: 0,
      offset,
    };
    const head = localHeader(written, when);
    yield head;
    yield* packed(entry, written);
    const descriptor = dataDescriptor(written);
    yield descriptor;
    offset += head.length + written.storedBytes + descriptor.length;
    count += 1;
    await directory.append(centralHeader(written, when));
  }
  yield* directory.read();
  yield endOfDirectory(count, directory.sizeBytes, offset);
}

async function* packed(entry: ZipEntry, written: Written): AsyncGenerator<Uint8Array> {
  const deflate = createDeflateRaw({ level: entry.compress ? 1 : 0 });
  const source = Readable.from(counted(entry.content, written), { objectMode: false });
  const pumped = pipeline(source, deflate);
  // What fails comes out of `deflate` too.
  pumped.catch(() => undefined);
  try {
    for await (const chunk of deflate as AsyncIterable<Buffer>) {
      written.storedBytes += chunk.length;
      yield chunk;
    }
    await pumped;
  } finally {
    source.destroy();
    deflate.destroy();
  }
  if (!written.zip64 && (written.sizeBytes > largest32 || written.storedBytes > largest32))
    throw new Error('an entry of a zip archive is longer than was said');
}

async function* counted(content: AsyncIterable<Uint8Array>, written: Written): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    written.crc = crc32(chunk, written.crc);
    written.sizeBytes += chunk.length;
    yield chunk;
  }
}

function versionNeeded(zip64: boolean): number {
  return zip64 ? 45 : 20;
}

/** APPNOTE 4.3.7. Sizes are in the data descriptor; those of zip64 are announced by an extra field (4.5.3). */
function localHeader({ path, zip64 }: Written, when: { date: number; time: number }): Buffer {
  const bytes = Buffer.alloc(30);
  bytes.writeUInt32LE(0x04034b50, 0);
  bytes.writeUInt16LE(versionNeeded(zip64), 4);
  bytes.writeUInt16LE(flags, 6);
  bytes.writeUInt16LE(deflated, 8);
  bytes.writeUInt16LE(when.time, 10);
  bytes.writeUInt16LE(when.date, 12);
  if (zip64) bytes.fill(0xff, 18, 26);
  const extra = zip64 ? zip64Extra([0, 0]) : Buffer.alloc(0);
  bytes.writeUInt16LE(path.length, 26);
  bytes.writeUInt16LE(extra.length, 28);
  return Buffer.concat([bytes, path, extra]);
}

/** APPNOTE 4.3.9. */
function dataDescriptor({ zip64, crc, sizeBytes, storedBytes }: Written): Buffer {
  const bytes = Buffer.alloc(zip64 ? 24 : 16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(crc, 4);
  if (zip64) {
    bytes.writeBigUInt64LE(BigInt(storedBytes), 8);
    bytes.writeBigUInt64LE(BigInt(sizeBytes), 16);
  } else {
    bytes.writeUInt32LE(storedBytes, 8);
    bytes.writeUInt32LE(sizeBytes, 12);
  }
  return bytes;
}

/** APPNOTE 4.3.12. */
function centralHeader(written: Written, when: { date: number; time: number }): Buffer {
  const { path, crc, sizeBytes, storedBytes, offset } = written;
  const zip64 = written.zip64 || offset >= largest32;
  const bytes = Buffer.alloc(46);
  bytes.writeUInt32LE(0x02014b50, 0);
  // made by: 3 is Unix, whose file attributes these are
  bytes.writeUInt16LE(0x0300 + versionNeeded(zip64), 4);
  bytes.writeUInt16LE(versionNeeded(zip64), 6);
  bytes.writeUInt16LE(flags, 8);
  bytes.writeUInt16LE(deflated, 10);
  bytes.writeUInt16LE(when.time, 12);
  bytes.writeUInt16LE(when.date, 14);
  bytes.writeUInt32LE(crc, 16);
  bytes.writeUInt32LE(zip64 ? largest32 : storedBytes, 20);
  bytes.writeUInt32LE(zip64 ? largest32 : sizeBytes, 24);
  const extra = zip64 ? zip64Extra([sizeBytes, storedBytes, offset]) : Buffer.alloc(0);
  bytes.writeUInt16LE(path.length, 28);
  bytes.writeUInt16LE(extra.length, 30);
  bytes.writeUInt32LE(unixRegularFile * 65536, 38);
  bytes.writeUInt32LE(zip64 ? largest32 : offset, 42);
  return Buffer.concat([bytes, path, extra]);
}

function zip64Extra(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + numbers.length * 8);
  bytes.writeUInt16LE(1, 0);
  bytes.writeUInt16LE(numbers.length * 8, 2);
  for (const [i, number] of numbers.entries()) bytes.writeBigUInt64LE(BigInt(number), 4 + i * 8);
  return bytes;
}

/** APPNOTE 4.3.14 to 4.3.16. */
function endOfDirectory(count: number, sizeBytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(count, largest16), 8);
  end.writeUInt16LE(Math.min(count, largest16), 10);
  end.writeUInt32LE(Math.min(sizeBytes, largest32), 12);
  end.writeUInt32LE(Math.min(offset, largest32), 16);
  if (count < largest16 && sizeBytes < largest32 && offset < largest32) return end;
  const large = Buffer.alloc(56 + 20);
  large.writeUInt32LE(0x06064b50, 0);
  large.writeBigUInt64LE(44n, 4);
  large.writeUInt16LE(0x0300 + versionNeeded(true), 12);
  large.writeUInt16LE(versionNeeded(true), 14);
  large.writeBigUInt64LE(BigInt(count), 24);
  large.writeBigUInt64LE(BigInt(count), 32);
  large.writeBigUInt64LE(BigInt(sizeBytes), 40);
  large.writeBigUInt64LE(BigInt(offset), 48);
  large.writeUInt32LE(0x07064b50, 56);
  large.writeBigUInt64LE(BigInt(offset + sizeBytes), 64);
  large.writeUInt32LE(1, 72);
  return Buffer.concat([large, end]);
}

function dosDateTime(date: Date): { date: number; time: number } {
  const year = Math.max(1980, date.getUTCFullYear());
  return {
    date: (year - 1980) * 512 + (date.getUTCMonth() + 1) * 32 + date.getUTCDate(),
    time: date.getUTCHours() * 2048 + date.getUTCMinutes() * 32 + Math.floor(date.getUTCSeconds() / 2),
  };
}
