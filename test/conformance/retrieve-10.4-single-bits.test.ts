import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import yauzl from 'yauzl';
import { Part10Reader } from '../../server/dicom/read/part10-reader.ts';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { get, storeAll } from './requests.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const ENCAPSULATED = '1.2.840.10008.1.2.1.98';
const DEFLATED_FRAMES = '1.2.840.10008.1.2.8.1';
const RLE = '1.2.840.10008.1.2.5';
const SEG = '1.2.840.10008.5.1.4.1.1.66.4';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

interface Shape {
  rows: number;
  columns: number;
  frames: number;
}

const shapes: Shape[] = [
  { rows: 17, columns: 26, frames: 3 },
  { rows: 5, columns: 5, frames: 4 },
  { rows: 1, columns: 3, frames: 7 },
  { rows: 4, columns: 4, frames: 3 },
];

/** The bits of each frame: some of any pattern. */
function bitsOf({ rows, columns, frames }: Shape): number[][] {
  return Array.from({ length: frames }, (_, frame) =>
    Array.from({ length: rows * columns }, (_, at) =>
      (at * (frame + 3) + frame + (at >> 3)) % 5 < 2 ? 1 : 0,
    ),
  );
}

/** PS3.5 8.1.1: the first bit in the least significant one of the first byte. */
function packed(bits: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [at, bit] of bits.entries()) bytes[at >> 3] = (bytes[at >> 3] ?? 0) + bit * 2 ** (at % 8);
  return bytes;
}

function unpacked(bytes: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, at) => Math.floor((bytes[at >> 3] ?? 0) / 2 ** (at % 8)) % 2);
}

/** PS3.5 Annex G, without runs. */
function rleFrame(bytes: Uint8Array): Uint8Array {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(1, 0);
  header.writeUInt32LE(64, 4);
  return Buffer.concat([header, Buffer.from([bytes.length - 1]), bytes]);
}

const encoders: Record<string, (frame: Uint8Array) => Uint8Array> = {
  [RLE]: rleFrame,
  [ENCAPSULATED]: (frame) => frame,
  [DEFLATED_FRAMES]: (frame) => deflateRawSync(frame),
};

async function stored(transferSyntaxUID: string, shape: Shape): Promise<string> {
  const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
  const encode = encoders[transferSyntaxUID];
  const bits = bitsOf(shape);
  const image = encode
    ? { fragments: bits.map((frame) => encode(packed(frame))) }
    : { pixelBytes: packed(bits.flat()) };
  const bytes = makeInstance({
    transferSyntaxUID,
    attributes: { ...names, SOPClassUID: SEG, Modality: 'SEG' },
    image: { ...shape, bitsAllocated: 1, ...image },
  });
  await storeAll(server, [bytes]);
  return `/studies/${names.StudyInstanceUID}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}`;
}

async function pixelsOf(bytes: Uint8Array, transferSyntaxUID: string) {
  const reader = new Part10Reader();
  await reader.write(bytes);
  const { pixelData, transferSyntaxUID: written, warnings } = await reader.end();
  expect(written).toBe(transferSyntaxUID);
  expect(warnings).toEqual([]);
  if (!pixelData) throw new Error('no pixel data');
  return pixelData;
}

/** The bits of native pixel data, which must be as long as they are and no longer. */
async function nativeBits(bytes: Uint8Array, { rows, columns, frames }: Shape): Promise<number[]> {
  const { offsetBytes, lengthBytes } = await pixelsOf(bytes, EXPLICIT);
  const count = rows * columns * frames;
  expect(lengthBytes).toBe(Math.ceil(count / 16) * 2);
  return unpacked(bytes.subarray(offsetBytes, offsetBytes + lengthBytes), count);
}

async function firstFile(zip: Buffer): Promise<Buffer> {
  const file = await yauzl.fromBufferPromise(zip);
  for await (const entry of file.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await file.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }
  throw new Error('an empty zip');
}

describe.each(shapes)('frames of single bits, $rows x $columns x $frames (PS3.5 8.1.1)', (shape) => {
  it.each([RLE, ENCAPSULATED, DEFLATED_FRAMES, BIG_ENDIAN])(
    'of %s follow each other without padding in Explicit VR Little Endian',
    async (transferSyntaxUID) => {
      const path = await stored(transferSyntaxUID, shape);
      const answer = await get(server, path, `application/dicom; transfer-syntax=${EXPLICIT}`);
      expect(answer.status, answer.text.slice(0, 300)).toBe(200);
      expect(await nativeBits(answer.body, shape)).toEqual(bitsOf(shape).flat());
      const zip = await get(server, path, 'application/zip');
      expect(await nativeBits(await firstFile(zip.body), shape)).toEqual(bitsOf(shape).flat());
    },
  );

  it.each([
    [EXPLICIT, RLE],
    [BIG_ENDIAN, RLE],
    [EXPLICIT, ENCAPSULATED],
    [DEFLATED_FRAMES, ENCAPSULATED],
  ])('of %s begin with a byte each in %s', async (from, to) => {
    const path = await stored(from, shape);
    const answer = await get(server, path, `application/dicom; transfer-syntax=${to}`);
    expect(answer.status, answer.text.slice(0, 300)).toBe(200);
    const pixelData = await pixelsOf(answer.body, to);
    if (!pixelData.encapsulated) throw new Error('not encapsulated');
    expect(pixelData.numberOfFrames).toBe(shape.frames);
    for (const [frame, expected] of bitsOf(shape).entries()) {
      const start = pixelData.fragmentOffsets[frame] ?? 0;
      const fragment = answer.body.subarray(start, start + (pixelData.fragmentLengths[frame] ?? 0));
      const bytes = to === RLE ? unpackedSegment(fragment.subarray(64)) : fragment;
      expect(unpacked(bytes, expected.length)).toEqual(expected);
    }
  });
});

/** PS3.5 G.3.2. */
function unpackedSegment(segment: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < segment.length; ) {
    const control = segment[at++] ?? 0;
    if (control < 128) {
      bytes.push(...segment.subarray(at, at + control + 1));
      at += control + 1;
    } else if (control > 128) bytes.push(...new Array<number>(257 - control).fill(segment[at++] ?? 0));
  }
  return Uint8Array.from(bytes);
}
