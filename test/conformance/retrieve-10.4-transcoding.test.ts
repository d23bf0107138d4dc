import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ParsedInstance, Part10Reader } from '../../server/dicom/read/part10-reader.ts';
import {
  type Attributes,
  type ImageOptions,
  madeUpPixels,
  makeInstance,
  testUid,
} from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { parseMultipart } from './multipart.ts';
import { type Answer, get, request, storeAll } from './requests.ts';

const IMPLICIT = '1.2.840.10008.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const RLE = '1.2.840.10008.1.2.5';
const JPEG = '1.2.840.10008.1.2.4.50';
const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const JPEG_2000 = '1.2.840.10008.1.2.4.90';
const JPEG_2000_LOSSY = '1.2.840.10008.1.2.4.91';
const HTJ2K = '1.2.840.10008.1.2.4.201';
const MPEG4 = '1.2.840.10008.1.2.4.102';
const LOSSLESS = [RLE, JPEG_LOSSLESS, JPEG_LS, JPEG_2000, HTJ2K];

const PARTS = 'multipart/related; type="application/dicom"';
const OCTETS = 'multipart/related; type="application/octet-stream"';

let server: TestServer;
/** Holds what the first one has made. */
let other: TestServer;
beforeAll(async () => {
  [server, other] = await Promise.all([startServer(), startServer()]);
});
afterAll(async () => {
  await Promise.all([server?.stop(), other?.stop()]);
});

interface Stored {
  study: string;
  path: string;
  bytes: Uint8Array;
}

async function stored(
  transferSyntaxUID: string,
  image: ImageOptions | undefined,
  attributes: Attributes = {},
): Promise<Stored> {
  const names = {
    StudyInstanceUID: testUid(),
    SeriesInstanceUID: testUid(),
    SOPInstanceUID: testUid(),
    ...attributes,
  };
  const bytes = makeInstance({ transferSyntaxUID, attributes: names, ...(image && { image }) });
  await storeAll(server, [bytes]);
  const study = `/studies/${names.StudyInstanceUID}`;
  return {
    study,
    bytes,
    path: `${study}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}`,
  };
}

const ct: ImageOptions = {
  rows: 32,
  columns: 24,
  bitsAllocated: 16,
  frames: 3,
  pixelBytes: madeUpPixels(32 * 24 * 2 * 3),
};
const grey8: ImageOptions = { rows: 32, columns: 24, bitsAllocated: 8, pixelBytes: madeUpPixels(32 * 24) };

async function read(bytes: Uint8Array): Promise<ParsedInstance> {
  const reader = new Part10Reader();
  await reader.write(bytes);
  return reader.end();
}

function pixelsOf(instance: ParsedInstance, bytes: Uint8Array): Buffer {
  const { offsetBytes = 0, lengthBytes = 0 } = instance.pixelData ?? {};
  return Buffer.from(bytes.subarray(offsetBytes, offsetBytes + lengthBytes));
}

function partsOf(answer: Answer) {
  return parseMultipart(answer.headers['content-type'] ?? '', answer.body);
}

/** The pixel data of an instance once the other server has unpacked it. */
async function decodedAgain(bytes: Uint8Array): Promise<Buffer> {
  const again = await read(bytes);
  const uid = (tag: string) => String(again.dataSet[tag]?.Value?.[0]);
  await storeAll(other, [bytes]);
  const path = `/studies/${uid('0020000D')}/series/${uid('0020000E')}/instances/${uid('00080018')}`;
  const answer = await get(other, path, 'application/dicom');
  return pixelsOf(await read(answer.body), answer.body);
}

const firstValue = (instance: ParsedInstance, tag: string) => instance.dataSet[tag]?.Value?.[0];

describe('an instance in a transfer syntax of the client (PS3.18 8.7.3.5)', () => {
  it.each([IMPLICIT, BIG_ENDIAN, DEFLATED])(
    'comes in Explicit VR Little Endian from %s by default',
    async (uid) => {
      const { path } = await stored(uid, ct, {
        '00091001': { vr: 'UN', value: Uint8Array.of(1, 2, 3, 4) },
        '00090010': { vr: 'LO', value: 'PRIVATE' },
        ImageComments: 'kept',
        ReferencedStudySequence: [{ ReferencedSOPClassUID: '1.2.3', ReferencedSOPInstanceUID: '1.2.4' }, {}],
      });
      for (const accept of ['application/dicom', `application/dicom; transfer-syntax=${EXPLICIT}`]) {
        const answer = await get(server, path, accept);
        expect(answer.status, answer.text.slice(0, 300)).toBe(200);
        expect(answer.headers['content-type']).toBe(`application/dicom; transfer-syntax=${EXPLICIT}`);
        const instance = await read(answer.body);
        expect(instance.transferSyntaxUID).toBe(EXPLICIT);
        expect(instance.warnings).toEqual([]);
        expect(pixelsOf(instance, answer.body)).toEqual(Buffer.from(ct.pixelBytes ?? []));
        expect(instance.dataSet['7FE00010']?.vr).toBe('OW');
        expect(firstValue(instance, '00204000')).toBe('kept');
        expect(instance.dataSet['00091001']).toEqual({ vr: 'UN', InlineBinary: 'AQIDBA==' });
        expect(instance.dataSet['00081110']?.Value).toHaveLength(2);
      }
    },
  );

  it.each(LOSSLESS)('comes in %s, and back without a loss', async (uid) => {
    const { path } = await stored(EXPLICIT, ct);
    const answer = await get(server, path, `application/dicom; transfer-syntax=${uid}`);
    expect(answer.status, answer.text.slice(0, 300)).toBe(200);
    expect(answer.headers['content-type']).toBe(`application/dicom; transfer-syntax=${uid}`);
    const instance = await read(answer.body);
    expect(instance.transferSyntaxUID).toBe(uid);
    expect(instance.pixelData).toMatchObject({ encapsulated: true, numberOfFrames: 3 });
    expect(firstValue(instance, '00080018')).toBe(path.split('/').at(-1));
    expect(instance.dataSet['00282110']).toBeUndefined();
    expect(await decodedAgain(answer.body)).toEqual(Buffer.from(ct.pixelBytes ?? []));
  });

  it('is as it is stored wherever the client takes that as gladly', async () => {
    const { path, bytes } = await stored(IMPLICIT, ct);
    for (const accept of [
      'application/dicom; transfer-syntax=*',
      `application/dicom; transfer-syntax=${JPEG_2000}, application/dicom; transfer-syntax=*`,
      `application/dicom; transfer-syntax=${IMPLICIT}`,
    ])
      expect((await get(server, path, accept)).body.equals(bytes)).toBe(true);
    const better = `application/dicom; transfer-syntax=${JPEG_2000}, application/dicom; transfer-syntax=*; q=0.5`;
    expect((await get(server, path, better)).headers['content-type']).toContain(JPEG_2000);
  });

  it('comes in the next best where the best cannot be had', async () => {
    const { path } = await stored(EXPLICIT, ct);
    const accept = `${PARTS}; transfer-syntax=${JPEG}, ${PARTS}; transfer-syntax=${MPEG4}, ${PARTS}; transfer-syntax=${RLE}; q=0.1`;
    const answer = await get(server, path, accept);
    expect(partsOf(answer)[0]?.headers['content-type']).toBe(`application/dicom; transfer-syntax=${RLE}`);
  });

  it.each([
    ['Implicit VR Little Endian, which web services do not use', IMPLICIT],
    ['Explicit VR Big Endian, which they do not use either', BIG_ENDIAN],
    ['video', MPEG4],
    ['8-bit JPEG from 16 bits', JPEG],
    ['an unknown one', '1.2.3.4'],
  ])('is a 406 for %s, saying what can be had', async (_, uid) => {
    const { path } = await stored(EXPLICIT, ct);
    const answer = await get(server, path, `application/dicom; transfer-syntax=${uid}`);
    expect(answer.status).toBe(406);
    for (const possible of [EXPLICIT, ...LOSSLESS])
      expect(JSON.parse(answer.text).detail).toContain(`transfer-syntax=${possible}`);
    expect(answer.headers.etag).toBeUndefined();
  });

  it('without pixels comes in Explicit VR Little Endian, and in no compression of pixels', async () => {
    const { path } = await stored(DEFLATED, undefined, { ImageComments: 'no pixels' });
    const answer = await get(server, path, 'application/dicom');
    expect(firstValue(await read(answer.body), '00204000')).toBe('no pixels');
    expect((await get(server, path, `application/dicom; transfer-syntax=${JPEG_2000}`)).status).toBe(406);
  });

  it('of video comes as it is stored, which is the only form there is', async () => {
    const { path, bytes } = await stored(MPEG4, { fragments: [Buffer.from('00000018', 'hex')], frames: 1 });
    for (const accept of ['application/dicom', 'application/dicom; transfer-syntax=*'])
      expect((await get(server, path, accept)).body.equals(bytes)).toBe(true);
    expect((await get(server, path, `application/dicom; transfer-syntax=${EXPLICIT}`)).status).toBe(406);
  });

  it('keeps overlays within its pixels where nothing is lost, and is not compressed with loss', async () => {
    const overlay = { '60000100': { vr: 'US', value: 8 }, '60000102': { vr: 'US', value: 7 } };
    const { path } = await stored(EXPLICIT, grey8, { BitsStored: 7, HighBit: 6, ...overlay });
    const rle = await get(server, path, `application/dicom; transfer-syntax=${RLE}`);
    expect(await decodedAgain(rle.body)).toEqual(Buffer.from(grey8.pixelBytes ?? []));
    expect((await get(server, path, `application/dicom; transfer-syntax=${JPEG}`)).status).toBe(406);
  });

  it('loses its digital signatures with the pixel data that they sign, and only then', async () => {
    const signatures = { FFFAFFFA: { vr: 'SQ', value: [{ ImageComments: 'signed' }] } };
    const { path } = await stored(IMPLICIT, grey8, signatures);
    const plain = await read((await get(server, path, 'application/dicom')).body);
    const compressed = await read(
      (await get(server, path, `application/dicom; transfer-syntax=${RLE}`)).body,
    );
    expect(plain.dataSet.FFFAFFFA?.Value).toHaveLength(1);
    expect(compressed.dataSet.FFFAFFFA).toBeUndefined();
  });

  it('has a strong ETag of its own, and no body for HEAD', async () => {
    const { path } = await stored(EXPLICIT, ct);
    const accept = `application/dicom; transfer-syntax=${RLE}`;
    const [first, second, plain] = await Promise.all(
      [accept, accept, 'application/dicom'].map((one) => get(server, path, one)),
    );
    expect(first?.headers.etag).toMatch(/^"/);
    expect(first?.headers.etag).toBe(second?.headers.etag);
    expect(first?.body.equals(second?.body ?? Buffer.alloc(0))).toBe(true);
    expect(plain?.headers.etag).not.toBe(first?.headers.etag);
    const headers = { Accept: accept };
    const head = await request(server.url, `/dicom-web${path}`, { method: 'HEAD', headers });
    expect([head.status, head.body.length, head.headers.etag]).toEqual([200, 0, first?.headers.etag]);
    expect(head.headers['content-type']).toBe(`application/dicom; transfer-syntax=${RLE}`);
    const current = { ...headers, 'If-None-Match': first?.headers.etag ?? '' };
    expect((await request(server.url, `/dicom-web${path}`, { headers: current })).status).toBe(304);
  });
});

describe('lossy compression (PS3.3 C.7.6.1.1.5)', () => {
  it('makes a derived image with a UID of its own, the same each time', async () => {
    const { path } = await stored(EXPLICIT, grey8, {
      ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      SourceImageSequence: [{ ReferencedSOPClassUID: '1.2.3', ReferencedSOPInstanceUID: '1.2.4' }],
    });
    const answer = await get(server, path, `application/dicom; transfer-syntax=${JPEG}`);
    expect(answer.status, answer.text.slice(0, 300)).toBe(200);
    const instance = await read(answer.body);
    const original = path.split('/').at(-1);
    expect(firstValue(instance, '00080018')).not.toBe(original);
    expect(instance.fileMeta['00020003']?.Value?.[0]).toBe(firstValue(instance, '00080018'));
    expect(instance.dataSet['00080008']?.Value).toEqual(['DERIVED', 'PRIMARY', 'AXIAL']);
    expect(firstValue(instance, '00282110')).toBe('01');
    expect(firstValue(instance, '00282114')).toBe('ISO_10918_1');
    expect(Number(firstValue(instance, '00282112'))).toBeGreaterThan(0);
    expect(instance.dataSet['00082112']?.Value).toMatchObject([
      { '00081155': { Value: [original] }, '0040A170': { Value: [{ '00080100': { Value: ['121320'] } }] } },
      { '00081155': { Value: ['1.2.4'] } },
    ]);
    expect(instance.dataSet['00089215']?.Value).toMatchObject([{ '00080100': { Value: ['113040'] } }]);
    const again = await get(server, path, `application/dicom; transfer-syntax=${JPEG}`);
    expect(again.body.equals(answer.body)).toBe(true);
  });

  it('gives every other file another UID, also one that differs in a later frame or its patient only', async () => {
    const SOPInstanceUID = testUid();
    const pixelBytes = madeUpPixels(32 * 24 * 2);
    const changed = Uint8Array.from(pixelBytes);
    changed.fill(255, 32 * 24);
    const uids: unknown[] = [];
    for (const [bytes, PatientID] of [
      [pixelBytes, 'P1'],
      [changed, 'P1'],
      [pixelBytes, 'P2'],
    ] as const) {
      const image = { ...grey8, frames: 2, pixelBytes: bytes };
      const { path } = await stored(EXPLICIT, image, { SOPInstanceUID, PatientID });
      const answer = await get(server, path, `application/dicom; transfer-syntax=${JPEG}`);
      expect(answer.status, answer.text.slice(0, 300)).toBe(200);
      uids.push(firstValue(await read(answer.body), '00080018'));
    }
    expect(new Set(uids).size).toBe(3);
  });

  it('is never done to what is lossy already, nor without being asked for by its UID', async () => {
    const { path } = await stored(EXPLICIT, grey8, { LossyImageCompression: '01' });
    const answer = await get(server, path, `application/dicom; transfer-syntax=${JPEG}`);
    expect(answer.status).toBe(406);
    expect(JSON.parse(answer.text).detail).not.toContain(JPEG_2000_LOSSY);
    const plain = await stored(EXPLICIT, grey8);
    for (const accept of ['image/jpeg', 'image/*', 'image/jpeg; transfer-syntax=*'])
      expect((await get(server, `${plain.path}/frames/1`, accept)).headers['content-type']).toBe(
        `image/jpeg; transfer-syntax=${JPEG_LOSSLESS}`,
      );
  });

  it('is remembered when it is undone', async () => {
    const { path } = await stored(EXPLICIT, grey8);
    const lossy = await get(server, path, `application/dicom; transfer-syntax=${JPEG}`);
    await storeAll(other, [lossy.body]);
    const uid = String(firstValue(await read(lossy.body), '00080018'));
    const samePath = `${path.slice(0, path.lastIndexOf('/'))}/${uid}`;
    const answer = await get(other, samePath, 'application/dicom');
    expect(answer.headers['content-type']).toBe(`application/dicom; transfer-syntax=${EXPLICIT}`);
    const instance = await read(answer.body);
    expect(firstValue(instance, '00282110')).toBe('01');
    expect(firstValue(instance, '00080018')).toBe(uid);
    // Anything that a client takes includes the only form there is.
    expect(partsOf(await get(other, samePath))[0]?.body.equals(lossy.body)).toBe(true);
    expect((await get(other, samePath, `application/dicom; transfer-syntax=${JPEG_2000_LOSSY}`)).status).toBe(
      406,
    );
  });
});

describe('a study of instances in several transfer syntaxes', () => {
  const StudyInstanceUID = testUid();
  const uids = [EXPLICIT, IMPLICIT, BIG_ENDIAN];
  beforeAll(async () => {
    for (const uid of uids) await stored(uid, ct, { StudyInstanceUID });
    await stored(EXPLICIT, undefined, {
      StudyInstanceUID,
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.11',
      Modality: 'SR',
    });
  });

  it('comes as a whole in the default', async () => {
    const answer = await get(server, `/studies/${StudyInstanceUID}`, PARTS);
    expect(answer.status).toBe(200);
    const types = partsOf(answer).map(({ headers }) => headers['content-type']);
    expect(types).toEqual(Array.from({ length: 4 }, () => `application/dicom; transfer-syntax=${EXPLICIT}`));
  });

  it('is a 206 without those that cannot be had (PS3.18 Table 10.4.3-1)', async () => {
    const answer = await get(server, `/studies/${StudyInstanceUID}`, `${PARTS}; transfer-syntax=${JPEG_LS}`);
    expect(answer.status).toBe(206);
    expect(answer.headers.warning).toContain('left out');
    expect(partsOf(answer)).toHaveLength(3);
  });

  it('comes each instance by itself where the client takes several', async () => {
    const accept = `${PARTS}; transfer-syntax=${JPEG_LS}, ${PARTS}; transfer-syntax=${EXPLICIT}; q=0.5`;
    const answer = await get(server, `/studies/${StudyInstanceUID}`, accept);
    expect(answer.status).toBe(200);
    const types = partsOf(answer).map(({ headers }) => headers['content-type']?.split('=').at(-1));
    expect(types.sort()).toEqual([EXPLICIT, JPEG_LS, JPEG_LS, JPEG_LS].sort());
  });

  it('is a 406 where none can be had', async () => {
    const answer = await get(server, `/studies/${StudyInstanceUID}`, `${PARTS}; transfer-syntax=${MPEG4}`);
    expect(answer.status).toBe(406);
    expect((await get(server, `/studies/${StudyInstanceUID}`, 'application/dicom')).status).toBe(406);
  });
});

describe('frames in a transfer syntax of the client (PS3.18 Tables 8.7.3-4 and 8.7.3-5)', () => {
  let path = '';
  beforeAll(async () => {
    path = (await stored(EXPLICIT, ct)).path;
  });

  const own: [string, string][] = [
    ['image/jpeg', JPEG_LOSSLESS],
    ['image/jls', JPEG_LS],
    ['image/jp2', JPEG_2000],
    ['image/jphc', HTJ2K],
    ['image/dicom-rle', RLE],
  ];
  it.each(own)('come as %s, by default in %s', async (mediaType, uid) => {
    for (const transferSyntax of ['', `; transfer-syntax=${uid}`, '; transfer-syntax=*']) {
      const answer = await get(
        server,
        `${path}/frames/2,1`,
        `multipart/related; type="${mediaType}"${transferSyntax}`,
      );
      expect(answer.status, answer.text.slice(0, 300)).toBe(200);
      expect(answer.headers['content-type']).toContain(`type="${mediaType}"`);
      const parts = partsOf(answer);
      expect(parts.map(({ headers }) => headers['content-type'])).toEqual(
        Array.from({ length: 2 }, () => `${mediaType}; transfer-syntax=${uid}`),
      );
      expect(parts[0]?.headers['content-location']).toBe(`${server.dicomweb}${path}/frames/2`);
    }
  });

  it('come alone, and as octets', async () => {
    const alone = await get(server, `${path}/frames/1`, 'image/jls');
    expect(alone.headers['content-type']).toBe(`image/jls; transfer-syntax=${JPEG_LS}`);
    expect(alone.body.subarray(0, 2).toString('hex')).toBe('ffd8');
    const octets = await get(server, `${path}/frames/1`, `${OCTETS}; transfer-syntax=${JPEG_LS}`);
    expect(partsOf(octets)[0]?.body.equals(alone.body)).toBe(true);
  });

  it('are not called by a media type that is not theirs', async () => {
    for (const accept of [
      `image/jp2; transfer-syntax=${JPEG_LOSSLESS}`,
      `image/jpeg; transfer-syntax=${JPEG_2000}`,
      `image/jpeg; transfer-syntax=${EXPLICIT}`,
      'image/jpx',
      'image/png; transfer-syntax=*',
      'video/mp4; transfer-syntax=*',
    ])
      expect((await get(server, `${path}/frames/1`, accept)).status, accept).toBe(406);
  });

  it('are unpacked for who asks for octets, and are what they were', async () => {
    const jls = await get(server, path, `application/dicom; transfer-syntax=${JPEG_LS}`);
    await storeAll(other, [jls.body]);
    const frame = (number: number) =>
      Buffer.from(ct.pixelBytes ?? []).subarray((number - 1) * 1536, number * 1536);
    for (const accept of [OCTETS, `${OCTETS}; transfer-syntax=${EXPLICIT}`, undefined, '*/*']) {
      const parts = partsOf(await get(other, `${path}/frames/3,1,1`, accept));
      expect(parts.map(({ body }) => body)).toEqual([frame(3), frame(1), frame(1)]);
      expect(parts[0]?.headers['content-type']).toBe(`application/octet-stream; transfer-syntax=${EXPLICIT}`);
    }
    const asStored = await get(other, `${path}/frames/1`, 'image/jls; transfer-syntax=*');
    expect(asStored.headers['content-type']).toBe(`image/jls; transfer-syntax=${JPEG_LS}`);
    const range =
      'application/dicom+json, multipart/related; type=application/octet-stream; transfer-syntax=*';
    expect(partsOf(await get(other, `${path}/frames/1`, range))[0]?.body.equals(asStored.body)).toBe(true);
  });

  it('of single bits and of floating-point numbers come as they are, and not compressed into what cannot hold them', async () => {
    const bits = await stored(EXPLICIT, {
      rows: 3,
      columns: 3,
      frames: 3,
      bitsAllocated: 1,
      pixelBytes: Uint8Array.of(255, 1, 84, 5),
    });
    expect((await get(server, `${bits.path}/frames/3`, 'image/jpeg')).status).toBe(406);
    expect([...(await get(server, `${bits.path}/frames/3`, 'application/octet-stream')).body]).toEqual([
      0x55, 0x01,
    ]);
  });

  it('of video are a 406 for who does not take what is stored', async () => {
    const video = await stored(MPEG4, { fragments: [Buffer.from('00000018', 'hex')], frames: 1 });
    for (const accept of [OCTETS, `${OCTETS}; transfer-syntax=${EXPLICIT}`, 'image/jpeg'])
      expect((await get(server, `${video.path}/frames/1`, accept)).status).toBe(406);
    for (const accept of [`${OCTETS}; transfer-syntax=*`, 'video/mp4', '*/*'])
      expect((await get(server, `${video.path}/frames/1`, accept)).status).toBe(200);
  });

  it('are asked for in great numbers: as many as fit a request are given, one by one', async () => {
    const accept = 'multipart/related; type="image/jls"';
    const list = (length: number) => Array.from({ length }, () => 1).join();
    const many = await get(server, `${path}/frames/${list(300)}`, accept);
    expect(partsOf(many)).toHaveLength(300);
    expect([400, 414, 431]).toContain((await get(server, `${path}/frames/${list(65_535)}`, accept)).status);
    expect((await get(server, `${path}/frames/65535`, accept)).status).toBe(404);
  });
});
