import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import yauzl from 'yauzl';
import { writeZip, type ZipEntry } from '../../../../server/archive/retrieve/zip-writer.ts';
import { ScratchFile } from '../../../../server/archive/scratch-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isocenter-zip-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const NOON = new Date(Date.UTC(2026, 10, 22, 12, 30, 10));

async function* pieces(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of bytes) all.push(piece);
  return Buffer.concat(all);
}

async function* entries(contents: Record<string, Uint8Array>, options: Partial<ZipEntry> = {}) {
  for (const [path, bytes] of Object.entries(contents))
    yield { path, largestBytes: bytes.length, compress: true, content: pieces(bytes), ...options };
}

/** Names and contents, as another program reads them; throws where a checksum is wrong. */
async function unzipped(zip: Buffer): Promise<Record<string, Buffer>> {
  const file = await yauzl.fromBufferPromise(zip);
  const found: Record<string, Buffer> = {};
  for await (const entry of file.eachEntry()) {
    const content = await collect(await file.openReadStreamPromise(entry));
    if (crc32(content) !== entry.crc32) throw new Error(`a wrong checksum of ${entry.fileName}`);
    found[entry.fileName] = content;
  }
  return found;
}

const contents = {
  'A/ONE': Buffer.alloc(20_000, 'shrinks well '),
  'A/TWO': Buffer.alloc(0),
  THREE: Buffer.from([1, 2, 3]),
};

describe('a zip archive that is written as it streams', () => {
  it.each([
    ['shrunk', { compress: true }],
    ['copied', { compress: false }],
    ['with room for more than 4 GiB', { largestBytes: 2 ** 33 }],
  ])('holds what went in: %s', async (_, options) => {
    const store = new ScratchFile(folder);
    const zip = await collect(writeZip(entries(contents, options), store, NOON));
    expect(await unzipped(zip)).toEqual(contents);
    const isLarge = 'largestBytes' in options;
    expect(zip.includes(Buffer.from([0x01, 0, 0x10, 0]))).toBe(isLarge);
    await store.close();
  });

  it('may be empty', async () => {
    expect(await unzipped(await collect(writeZip(entries({}), new ScratchFile(folder), NOON)))).toEqual({});
  });

  it('fails as the content of an entry fails', async () => {
    const failing = async function* () {
      yield Buffer.from('begun');
      throw new Error('gone');
    };
    const zip = writeZip(
      entries({ ONE: Buffer.from('1') }, { content: failing() }),
      new ScratchFile(folder),
      NOON,
    );
    await expect(collect(zip)).rejects.toThrow('gone');
  });

  it('that is left early ends what it was reading', async () => {
    let ended = 0;
    const endless = async function* () {
      try {
        for (;;) yield Buffer.alloc(65_536, 1);
      } finally {
        ended += 1;
      }
    };
    const all = async function* (): AsyncGenerator<ZipEntry> {
      try {
        yield { path: 'ONE', largestBytes: 1, compress: false, content: endless() };
      } finally {
        ended += 1;
      }
    };
    const zip = writeZip(all(), new ScratchFile(folder), NOON);
    for (let i = 0; i < 3; i++) await zip.next();
    await zip.return(undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(ended).toBe(2);
  });
});

describe('a scratch file', () => {
  it.each([10_000, 3_000_000])(
    'gives back %i bytes as they were written and corrected, and leaves nothing',
    async (size) => {
      const scratch = new ScratchFile(folder);
      const expected = Buffer.from(Array.from({ length: size }, (_, i) => i & 0xff));
      for (let at = 0; at < size; at += 7777) await scratch.append(expected.subarray(at, at + 7777));
      for (const at of [0, 5000, size - 4]) {
        expected.writeUInt32LE(0xdeadbeef, at);
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32LE(0xdeadbeef);
        await scratch.overwrite(at, bytes);
      }
      expect(scratch.sizeBytes).toBe(size);
      expect((await collect(scratch.read())).equals(expected)).toBe(true);
      await scratch.close();
      expect(await readdir(folder)).toEqual([]);
    },
  );
});
