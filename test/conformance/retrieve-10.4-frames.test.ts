import { deflateSync, inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ImageOptions, madeUpPixels, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { parseMultipart } from './multipart.ts';
import { get, storeAll } from './requests.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const JPEG = '1.2.840.10008.1.2.4.50';
const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';
const RLE = '1.2.840.10008.1.2.5';
const HTJ2K = '1.2.840.10008.1.2.4.201';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

/** Stores an image; answers the path of its frames. */
async function storeImage(
  image: ImageOptions,
  transferSyntaxUID = EXPLICIT,
  change = (bytes: Uint8Array) => bytes,
): Promise<string> {
  const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
  await storeAll(server, [change(makeInstance({ transferSyntaxUID, attributes: names, image }))]);
  return `/studies/${names.StudyInstanceUID}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}/frames`;
}

/** Frames by an Accept that takes anything. */
async function framesOf(path: string, numbers: string): Promise<Buffer[]> {
  const answer = await get(server, `${path}/${numbers}`, CORNERSTONE);
  expect(answer.status, answer.text.slice(0, 300)).toBe(200);
  return parseMultipart(answer.headers['content-type'] ?? '', answer.body).map(({ body }) => body);
}

/** As Cornerstone3D sends it. */
const CORNERSTONE = 'multipart/related; type=application/octet-stream; transfer-syntax=*';

function fragmentsOf(...sizes: number[]): Buffer[] {
  return sizes.map((size, i) => Buffer.from(madeUpPixels(size).map((byte) => byte ^ (i + 1))));
}

describe('frames of native pixel data', () => {
  const image = { rows: 4, columns: 6, bitsAllocated: 16, frames: 5 };
  const pixels = Buffer.from(madeUpPixels(4 * 6 * 2 * 5));
  const frame = (number: number) => pixels.subarray((number - 1) * 48, number * 48);

  it.each([
    ['Explicit VR Little Endian', EXPLICIT],
    ['Implicit VR Little Endian', IMPLICIT],
    ['Deflated Explicit VR Little Endian', DEFLATED],
    ['Explicit VR Big Endian, whose bytes change places', BIG_ENDIAN],
  ])('come in the order that was asked for, from %s', async (_, transferSyntaxUID) => {
    const path = await storeImage({ ...image, pixelBytes: pixels }, transferSyntaxUID);
    const answer = await get(server, `${path}/3,1,5`);
    const parts = parseMultipart(answer.headers['content-type'] ?? '', answer.body);
    expect(parts.map(({ body }) => body)).toEqual([frame(3), frame(1), frame(5)]);
    expect(parts.map(({ headers }) => headers['content-type'])).toEqual(
      Array.from({ length: 3 }, () => `application/octet-stream; transfer-syntax=${EXPLICIT}`),
    );
    expect(parts[0]?.headers['content-location']).toBe(`${server.dicomweb}${path}/3`);
    const alone = await get(server, `${path}/2`, 'application/octet-stream');
    expect(alone.body).toEqual(frame(2));
    expect(alone.headers['content-type']).toBe(`application/octet-stream; transfer-syntax=${EXPLICIT}`);
  });

  it('come out of a data set that was deflated with a zlib header', async () => {
    const path = await storeImage({ ...image, pixelBytes: pixels }, DEFLATED, (bytes) => {
      const all = Buffer.from(bytes);
      const from = 132 + 12 + all.readUInt32LE(132 + 8);
      return Buffer.concat([all.subarray(0, from), deflateSync(inflateRawSync(all.subarray(from)))]);
    });
    expect(await framesOf(path, '4')).toEqual([frame(4)]);
  });

  it.each([
    ['3 samples of 8 bits', { samplesPerPixel: 3, bitsAllocated: 8, rows: 3, columns: 5, frames: 3 }, 45],
    ['32 bits', { bitsAllocated: 32, rows: 3, columns: 5, frames: 2 }, 60],
    ['8 bits, of odd length', { bitsAllocated: 8, rows: 3, columns: 5, frames: 3 }, 15],
  ])('have %s', async (_, options, size) => {
    const bytes = Buffer.from(madeUpPixels(size * options.frames));
    const path = await storeImage({ ...options, pixelBytes: bytes });
    expect(await framesOf(path, '1,2')).toEqual([bytes.subarray(0, size), bytes.subarray(size, 2 * size)]);
  });

  it('of odd length begin inside a word of big endian pixel data', async () => {
    // Stored as OW: each two bytes change places (PS3.5 Annex D, 8 bit samples in words).
    const bytes = Buffer.from(madeUpPixels(45));
    const path = await storeImage(
      { rows: 3, columns: 5, frames: 3, bitsAllocated: 8, pixelBytes: bytes },
      BIG_ENDIAN,
      asWords,
    );
    expect(await framesOf(path, '1,2,3')).toEqual([0, 15, 30].map((at) => bytes.subarray(at, at + 15)));
  });

  it('of single bits begin with the first bit of the first byte', async () => {
    // Three frames of 3 x 3 bits, without padding between them (PS3.5 8.1.1): 111111111 000000000 101010101.
    const path = await storeImage({
      bitsAllocated: 1,
      rows: 3,
      columns: 3,
      frames: 3,
      pixelBytes: Uint8Array.of(0xff, 0x01, 0x54, 0x05),
    });
    expect((await framesOf(path, '1,2,3')).map((bytes) => [...bytes])).toEqual([
      [0xff, 0x01],
      [0x00, 0x00],
      [0x55, 0x01],
    ]);
  });
});

/** Turns the OB pixel data at the end into OW, big endian. */
function asWords(instance: Uint8Array): Uint8Array {
  const bytes = Buffer.from(instance);
  const header = bytes.lastIndexOf(Buffer.from('7fe000104f420000', 'hex'));
  bytes.write('OW', header + 4);
  bytes.subarray(header + 12).swap16();
  return bytes;
}

describe('frames of encapsulated pixel data', () => {
  it.each([
    [
      'one fragment each, an empty offset table',
      { frames: 3, fragments: fragmentsOf(10, 20, 30) },
      [[0], [1], [2]],
    ],
    [
      'several fragments, by the offset table',
      { frames: 2, fragments: fragmentsOf(10, 20, 30), basicOffsetTable: [0, 46] },
      [[0, 1], [2]],
    ],
    ['several fragments in one frame', { frames: 1, fragments: fragmentsOf(10, 20, 30) }, [[0, 1, 2]]],
  ] as const)('are joined: %s', async (_, options, frames) => {
    const fragments = [...options.fragments];
    const path = await storeImage(
      {
        frames: options.frames,
        fragments,
        ...('basicOffsetTable' in options && { basicOffsetTable: [...options.basicOffsetTable] }),
      },
      JPEG,
    );
    const found = await framesOf(path, frames.map((_frame, i) => i + 1).join(','));
    expect(found).toEqual(
      frames.map((indexes) => Buffer.concat(indexes.map((i) => fragments[i] ?? Buffer.alloc(0)))),
    );
  });

  const octets = 'application/octet-stream';
  it.each<[string, string | undefined, string, string]>([
    [JPEG, undefined, 'image/jpeg', JPEG],
    [JPEG, '*/*', 'image/jpeg', JPEG],
    [JPEG, CORNERSTONE, octets, JPEG],
    // JPEG Lossless is what image/jpeg means where no transfer syntax is named (PS3.18 Table 8.7.3-5).
    [JPEG_LOSSLESS, 'multipart/related; type="image/jpeg"', 'image/jpeg', JPEG_LOSSLESS],
    // There is only a lossy form (PS3.18 8.7.3).
    [JPEG, 'multipart/related; type="image/jpeg"', 'image/jpeg', JPEG],
    [JPEG, `multipart/related; type="image/jpeg"; transfer-syntax=${JPEG}`, 'image/jpeg', JPEG],
    [JPEG, `multipart/related; type="application/octet-stream"; transfer-syntax=${JPEG}`, octets, JPEG],
    [JPEG, 'multipart/related; type="image/*"; transfer-syntax=*', 'image/jpeg', JPEG],
    [JPEG_LOSSLESS, 'multipart/related; type="image/jpeg"; transfer-syntax=*', 'image/jpeg', JPEG_LOSSLESS],
    [RLE, 'multipart/related; type="image/dicom-rle"', 'image/dicom-rle', RLE],
    [HTJ2K, 'multipart/related; type="image/jphc"', 'image/jphc', HTJ2K],
    [
      HTJ2K,
      'multipart/related; type="image/jls", multipart/related; type="image/jphc"; q=0.5',
      'image/jphc',
      HTJ2K,
    ],
  ])('stored in %s come for %s as %s', async (transferSyntaxUID, accept, mediaType, answered) => {
    const path = await storeImage({ frames: 2, fragments: fragmentsOf(10, 20) }, transferSyntaxUID);
    const answer = await get(server, `${path}/1,2`, accept);
    expect(answer.status, answer.text.slice(0, 300)).toBe(200);
    expect(answer.headers['content-type']).toContain(`type="${mediaType}"`);
    const parts = parseMultipart(answer.headers['content-type'] ?? '', answer.body);
    expect(parts.map(({ body }) => body)).toEqual(fragmentsOf(10, 20));
    expect(parts[0]?.headers['content-type']).toBe(`${mediaType}; transfer-syntax=${answered}`);
  });

  it('come alone to those who take one alone', async () => {
    const path = await storeImage({ frames: 2, fragments: fragmentsOf(10, 20) }, JPEG);
    for (const accept of [
      `image/jpeg; transfer-syntax=${JPEG}`,
      'application/octet-stream; transfer-syntax=*',
    ]) {
      const answer = await get(server, `${path}/2`, accept);
      expect(answer.headers['content-type']).toMatch(accept.split(';')[0] ?? '');
      expect(answer.body).toEqual(fragmentsOf(10, 20)[1]);
    }
    expect((await get(server, `${path}/1,2`, 'image/jpeg; transfer-syntax=*')).status).toBe(406);
  });

  it.each([
    'multipart/related; type="application/octet-stream"',
    `multipart/related; type="application/octet-stream"; transfer-syntax=${EXPLICIT}`,
    'multipart/related; type="image/jls"',
    'multipart/related; type="image/jpeg"; transfer-syntax=1.2.840.10008.1.2.4.70',
    'multipart/related; type="application/dicom"; transfer-syntax=*',
    'application/json',
  ])('that no codec can read are a 406 for %s; what can be had is said', async (accept) => {
    const path = await storeImage({ frames: 1, fragments: fragmentsOf(10) }, JPEG);
    const answer = await get(server, `${path}/1`, accept);
    expect(answer.status).toBe(406);
    const { detail } = JSON.parse(answer.text);
    expect(detail).toContain('multipart/related; type="image/jpeg"');
    expect(detail).toContain(JPEG);
  });
});

describe('the list of frames', () => {
  it.each([
    ['0', 400],
    ['-1', 400],
    ['one', 400],
    ['1,', 400],
    ['1.5', 400],
    ['1,0', 400],
    ['0x1', 400],
    ['99999999999', 400],
    ['4', 404],
    ['1,4', 404],
    ['999999999', 404],
    ['1%2C3', 200],
    ['1,1,1', 200],
  ])('%s of an instance of 3 frames is answered with %i', async (list, status) => {
    const path = await storeImage({ frames: 3 });
    expect((await get(server, `${path}/${list}`)).status).toBe(status);
  });

  it('is a 404 for an instance without pixel data, and for one that is not there', async () => {
    const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
    await storeAll(server, [makeInstance({ attributes: names })]);
    const path = `/studies/${names.StudyInstanceUID}/series/${names.SeriesInstanceUID}/instances`;
    expect((await get(server, `${path}/${names.SOPInstanceUID}/frames/1`)).status).toBe(404);
    expect((await get(server, `${path}/1.2.3/frames/1`)).status).toBe(404);
  });
});
