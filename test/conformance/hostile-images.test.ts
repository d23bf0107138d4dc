import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Attributes, ImageOptions } from '../support/make-instance.ts';
import { makeInstance } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { watchWork } from '../support/watch-work.ts';
import { storeImage } from './rendered-images.ts';
import { get, store } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const MIB = 2 ** 20;
/** What the codecs, the first renderings and the tests themselves may take. */
const MOST_BYTES = 250 * MIB;
const MOST_CPU_MS = 10_000;

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const FEW = 'ff00'.repeat(200);

/** What else an image of 65535 x 65535 pixels is said to be, in the words of each codec. */
const enormous: [string, string, Partial<ImageOptions>, string | undefined][] = [
  ['native', '1.2.840.10008.1.2.1', { bitsAllocated: 16 }, undefined],
  ['native, three samples', '1.2.840.10008.1.2.1', { samplesPerPixel: 3 }, undefined],
  ['native, single bits', '1.2.840.10008.1.2.1', { bitsAllocated: 1 }, undefined],
  ['big endian', '1.2.840.10008.1.2.2', { bitsAllocated: 16 }, undefined],
  ['deflated', '1.2.840.10008.1.2.1.99', { bitsAllocated: 16 }, undefined],
  ['RLE', '1.2.840.10008.1.2.5', {}, `01000000 40000000 ${'00'.repeat(56)} ${'81ff'.repeat(200)}`],
  [
    'JPEG',
    '1.2.840.10008.1.2.4.50',
    {},
    `ffd8 ffc0 000b 08 ffff ffff 01 01 11 00 ffda 0008 01 01 00 00 3f 00 ${FEW} ffd9`,
  ],
  [
    'JPEG lossless',
    '1.2.840.10008.1.2.4.70',
    { bitsAllocated: 16 },
    `ffd8 ffc3 000b 10 ffff ffff 01 01 11 00 ffda 0008 01 01 00 01 00 00 ${FEW} ffd9`,
  ],
  [
    'JPEG-LS',
    '1.2.840.10008.1.2.4.80',
    { bitsAllocated: 16 },
    `ffd8 fff7 000b 10 ffff ffff 01 01 11 00 ffda 0008 01 01 00 00 00 00 ${FEW} ffd9`,
  ],
  ...(['1.2.840.10008.1.2.4.90', '1.2.840.10008.1.2.4.201'] as const).map(
    (uid): (typeof enormous)[number] => [
      uid.endsWith('201') ? 'HTJ2K' : 'JPEG 2000',
      uid,
      { bitsAllocated: 16 },
      `ff4f ff51 0029 ${uid.endsWith('201') ? '4000' : '0000'} 0000ffff 0000ffff 00000000 00000000 0000ffff 0000ffff 00000000 00000000
       0001 0f 01 01 ${uid.endsWith('201') ? 'ff50 0008 00020000 0008' : ''} ff52 000c 00 00 0001 00 05 04 04 ${uid.endsWith('201') ? '40' : '00'} 01
       ff5c 0013 40 ${'80'.repeat(16)} ff90 000a 0000 00000000 00 01 ff93 ${'80'.repeat(200)} ffd9`.replaceAll(
        '\n',
        '',
      ),
    ],
  ),
];

describe('1000 frames of 65535 x 65535 pixels, of which a few bytes are there', () => {
  it.each(enormous)('%s: each is refused, soon and without memory for them', async (_, uid, image, frame) => {
    const path = await storeImage(
      server,
      // Made small, and called something else.
      { frames: 1, ...image, rows: 8, columns: 8, ...(frame && { fragments: [bytesOf(frame)] }) },
      { Rows: 65535, Columns: 65535, NumberOfFrames: 1000 },
      uid,
    );
    const study = path.slice(0, path.indexOf('/series/'));
    const asked: [string, string?][] = [
      [`${path}/rendered`],
      [`${path}/rendered`, 'image/gif'],
      [`${path}/rendered`, 'image/jp2'],
      [`${path}/thumbnail`],
      [`${path}/frames/1/thumbnail`],
      [`${path}/frames/1000/rendered`],
      [`${path}/frames/1`, 'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1'],
      [`${path}/frames/1`, 'image/jls; transfer-syntax=1.2.840.10008.1.2.4.80'],
      [`${path}/frames/1`, 'image/jphc; transfer-syntax=1.2.840.10008.1.2.4.201'],
      [`${path}/frames/1000`, 'application/octet-stream; transfer-syntax=*'],
      // None of the syntaxes that these are stored in.
      [path, 'application/dicom; transfer-syntax=1.2.840.10008.1.2.4.202'],
      [study, 'application/zip; transfer-syntax=1.2.840.10008.1.2.4.202'],
      [`${study}/thumbnail`],
    ];
    const { result, bytes, cpuMs } = await watchWork(async () => {
      const answers: [string, number][] = [];
      for (const [resource, accept] of asked) {
        const { status } = await get(server, resource, accept);
        answers.push([`${resource.slice(path.length)} ${accept ?? ''}`, status]);
      }
      return answers;
    });
    expect(result.filter(([, status]) => status < 400 || status >= 500)).toEqual([]);
    expect(bytes).toBeLessThan(MOST_BYTES);
    expect(cpuMs).toBeLessThan(MOST_CPU_MS);
  });
});

const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);
const palette = (descriptor: number[], data: Uint8Array): Attributes =>
  Object.fromEntries(
    ['Red', 'Green', 'Blue'].flatMap((colour) => [
      [`${colour}PaletteColorLookupTableDescriptor`, { vr: 'US', value: descriptor }],
      [`${colour}PaletteColorLookupTableData`, { vr: 'OW', value: data }],
    ]),
  );
const segmented = (descriptor: number[], data: Uint8Array): Attributes =>
  Object.fromEntries(
    ['Red', 'Green', 'Blue'].flatMap((colour) => [
      [`${colour}PaletteColorLookupTableDescriptor`, { vr: 'US', value: descriptor }],
      [`Segmented${colour}PaletteColorLookupTableData`, { vr: 'OW', value: data }],
    ]),
  );

describe('a palette that is impossible', () => {
  it.each<[string, Attributes]>([
    ['none', {}],
    ['of no values', palette([], words(1, 2))],
    ['of two values', palette([4, 0], words(1, 2, 3, 4))],
    ['of 65536 entries, of which one is there', palette([0, 0, 16], words(1))],
    ['of 256 entries, of which none is there', palette([256, 0, 8], new Uint8Array())],
    ['of zero bits', palette([4, 0, 0], words(1, 2, 3, 4))],
    ['of 65535 bits', palette([4, 0, 65535], words(1, 2, 3, 4))],
    ['that begins after the last pixel', palette([4, 65535, 16], words(1, 2, 3, 4))],
    ['of segments that are cut off', segmented([256, 0, 16], words(0, 255))],
    ['of segments longer than the table', segmented([4, 0, 16], words(0, 2, 1, 2, 1, 65535, 9))],
    ['of segments that refer to themselves', segmented([65535, 0, 16], words(2, 65535, 0, 0))],
    ['of segments that refer beyond the end', segmented([256, 0, 16], words(0, 1, 5, 2, 9, 65535, 65535))],
    ['of segments of a kind that there is none of', segmented([256, 0, 16], words(77, 1, 5))],
    ['that begins with a line from nowhere', segmented([256, 0, 16], words(1, 256, 65535))],
  ])('%s: a picture or a 406, at once, and no harm', async (_, attributes) => {
    const image = { rows: 16, columns: 16, photometricInterpretation: 'PALETTE COLOR' };
    const path = await storeImage(server, image, attributes);
    const { result, bytes, cpuMs } = await watchWork(() => get(server, `${path}/rendered`));
    expect([200, 406], result.text.slice(0, 300)).toContain(result.status);
    expect(bytes).toBeLessThan(MOST_BYTES);
    expect(cpuMs).toBeLessThan(MOST_CPU_MS);
  });
});

/** Header of an RLE frame (PS3.5 G.5): the number of segments, fifteen offsets. */
const rle = (segments: number, offsets: number[], data = 'fe00'.repeat(64)) => {
  const header = new Uint32Array(16);
  header.set([segments, ...offsets]);
  return Uint8Array.from(Buffer.concat([Buffer.from(header.buffer), bytesOf(data)]));
};

describe('RLE whose offsets are impossible (PS3.5 G.5)', () => {
  it.each<[string, Uint8Array]>([
    ['no header', bytesOf('0100')],
    ['no bytes', new Uint8Array()],
    ['four thousand million segments', rle(0xffffffff, [64])],
    ['sixteen segments', rle(16, [64])],
    ['segments before the header ends', rle(1, [0])],
    ['segments far beyond the end', rle(1, [0xfffffffe])],
    ['segments backwards', rle(3, [64, 4, 0x7fffffff])],
    ['a run over the end of the frame', rle(1, [64], `${'00ff'.repeat(4095)}81ff`)],
    ['nothing behind the header', rle(1, [64], '')],
  ])('%s: a 406 where it would be decoded; as it is stored it can be had', async (_, frame) => {
    const image = { rows: 64, columns: 64, fragments: [frame] };
    const path = await storeImage(server, image, {}, '1.2.840.10008.1.2.5');
    const asked: [string, string?][] = [
      [`${path}/rendered`],
      [`${path}/thumbnail`],
      [`${path}/frames/1`, 'multipart/related; type="application/octet-stream"'],
      [path, 'application/dicom; transfer-syntax=1.2.840.10008.1.2.1'],
    ];
    for (const [resource, accept] of asked) {
      const { result, bytes } = await watchWork(() => get(server, resource, accept));
      expect([404, 406], `${resource} ${result.text.slice(0, 200)}`).toContain(result.status);
      expect(bytes).toBeLessThan(MOST_BYTES);
    }
    expect((await get(server, path, 'application/dicom; transfer-syntax=*')).status).toBe(200);
  });
});

describe('after all that', () => {
  it('everything else works, and no worker is left at work', async () => {
    expect((await store(server, [makeInstance({ image: { rows: 8, columns: 8 } })])).status).toBe(200);
    expect((await get(server, '/studies?limit=1')).status).toBe(200);
    expect(server.services.archive.imaging.busy).toBe(0);
  });
});
