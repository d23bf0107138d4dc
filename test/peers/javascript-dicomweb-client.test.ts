import { api } from 'dicomweb-client';
import { JSDOM } from 'jsdom';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstOf, type Json } from '../conformance/requests.ts';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

// What test/conformance/dicomweb-client.test.ts does not call: the methods and options that viewers use less.

/** As it is documented; its declarations ask for what is optional, and promise arrays for promises. */
type Call<Answer> = (options: object) => Promise<Answer>;
interface Client {
  storeInstances: Call<string>;
  searchForStudies: Call<Json[]>;
  retrieveInstance: Call<ArrayBuffer>;
  retrieveSeriesMetadata: Call<Json[]>;
  retrieveInstanceMetadata: Call<Json[]>;
  retrieveInstanceFrames: Call<ArrayBuffer[]>;
  retrieveInstanceRendered: Call<ArrayBuffer[]>;
  retrieveInstanceThumbnail: Call<ArrayBuffer[]>;
  retrieveInstanceFramesRendered: Call<ArrayBuffer[]>;
  retrieveInstanceFramesThumbnail: Call<ArrayBuffer[]>;
  retrieveBulkData: Call<ArrayBuffer[]>;
  buildInstanceWadoURIUrl(options: object): string;
}

const ROWS = 48;
const COLUMNS = 80;
const studyInstanceUID = testUid();
const seriesInstanceUID = testUid();
const sopInstanceUID = testUid();
const one = { studyInstanceUID, seriesInstanceUID, sopInstanceUID };
/** Two frames: black left of the middle and white right of it, and the other way round. */
const pixels = Buffer.from(
  Array.from({ length: 2 * ROWS * COLUMNS }, (_, i) => {
    const isLeft = i % COLUMNS < COLUMNS / 2;
    return isLeft === i < ROWS * COLUMNS ? 0 : 255;
  }),
);
const instance = makeInstance({
  image: { rows: ROWS, columns: COLUMNS, frames: 2, bitsAllocated: 8, pixelBytes: pixels },
  attributes: {
    StudyInstanceUID: studyInstanceUID,
    SeriesInstanceUID: seriesInstanceUID,
    SOPInstanceUID: sopInstanceUID,
    PatientID: 'JS-1',
    EncapsulatedDocument: { vr: 'OB', value: Buffer.alloc(4000, 'bulk') },
  },
});

let server: TestServer;
let root: string;
let authorized: { Authorization: string };
const clientOf = (options: object = {}) =>
  new api.DICOMwebClient({ url: root, headers: authorized, ...options } as never) as unknown as Client;

/** The page's buffers are not those of Node.js, which does not know them for what they are. */
const bytesOf = (buffer: ArrayBuffer | undefined) =>
  Buffer.from(new Uint8Array(buffer ?? new ArrayBuffer(0)));

/** Grey of the picture at a quarter and at three quarters of its width. */
async function greys([body]: ArrayBuffer[]): Promise<{
  width: number;
  height: number;
  left: number;
  right: number;
}> {
  const { data, info } = await sharp(bytesOf(body)).greyscale().raw().toBuffer({ resolveWithObject: true });
  const middle = Math.floor(info.height / 2) * info.width;
  const at = (share: number) => data[(middle + Math.floor(info.width * share)) * info.channels] ?? -1;
  return { width: info.width, height: info.height, left: at(0.25), right: at(0.75) };
}

beforeAll(async () => {
  server = await startServer({ authentication: 'local' });
  root = server.dicomweb;
  const { access } = server.services;
  await access.addAccount({ username: 'js', password: 'only its key is used', roles: ['administrator'] });
  authorized = { Authorization: `Bearer ${(await access.makeApiKey('js', 'a viewer')).key}` };
  // It speaks through the browser's XMLHttpRequest; a page of our own origin has one.
  globalThis.XMLHttpRequest = new JSDOM('', { url: server.url }).window.XMLHttpRequest;
});

afterAll(async () => {
  Reflect.deleteProperty(globalThis, 'XMLHttpRequest');
  await server?.stop();
});

describe("JavaScript's dicomweb-client", () => {
  it('stores into a study, with its API key, and hears how far it is', async () => {
    const heard: number[] = [];
    const request = { progressCallback: ({ loaded }: { loaded: number }) => heard.push(loaded) };
    const datasets = [Uint8Array.from(instance).buffer];
    const answer = await clientOf().storeInstances({ datasets, studyInstanceUID, request });
    expect(firstOf((JSON.parse(answer) as Json)['00081199']?.Value?.[0], '00081155')).toBe(sopInstanceUID);
    expect(heard.at(-1)).toBeGreaterThan(0);
  });

  it('is refused without a key, and for an instance of another study', async () => {
    await expect(clientOf({ headers: {} }).searchForStudies({})).rejects.toMatchObject({ status: 401 });
    const datasets = [Uint8Array.from(instance).buffer];
    const elsewhere = { datasets, studyInstanceUID: testUid() };
    await expect(clientOf().storeInstances(elsewhere)).rejects.toMatchObject({ status: 409 });
  });

  it('retrieves the metadata of a series', async () => {
    const rows = await clientOf().retrieveSeriesMetadata({ studyInstanceUID, seriesInstanceUID });
    expect(rows.map((row) => firstOf(row, '00080018'))).toEqual([sopInstanceUID]);
  });

  it('retrieves frames in a transfer syntax of its choice', async () => {
    const mediaTypes = [{ mediaType: 'image/jls', transferSyntaxUID: '1.2.840.10008.1.2.4.80' }];
    const [frame] = await clientOf().retrieveInstanceFrames({ ...one, frameNumbers: [2], mediaTypes });
    // ISO/IEC 14495-1: SOI, and the marker SOF55 of JPEG-LS.
    expect(bytesOf(frame).toString('hex', 0, 4)).toBe('ffd8fff7');
  });

  it.each([
    ['whatever the server likes', undefined, 'jpeg'],
    ['PNG', [{ mediaType: 'image/png' }], 'png'],
    ['JPEG', [{ mediaType: 'image/jpeg' }], 'jpeg'],
  ])('retrieves rendered instances and frames as %s', async (_, mediaTypes, format) => {
    const asked = mediaTypes ? { mediaTypes } : {};
    const [rendered] = await clientOf().retrieveInstanceRendered({ ...one, ...asked });
    expect((await sharp(bytesOf(rendered)).metadata()).format).toBe(format);
    const frame = { ...one, frameNumbers: [2], queryParams: { quality: 95 }, ...asked };
    const second = await greys(await clientOf().retrieveInstanceFramesRendered(frame));
    expect(second).toMatchObject({ width: COLUMNS, height: ROWS });
    expect([second.left > 250, second.right < 5]).toEqual([true, true]);
  });

  it('retrieves rendered instances in a viewport', async () => {
    const queryParams = { viewport: '40,24' };
    const mediaTypes = [{ mediaType: 'image/png' }];
    const body = await clientOf().retrieveInstanceRendered({ ...one, mediaTypes, queryParams });
    expect(await greys(body)).toEqual({ width: 40, height: 24, left: 0, right: 255 });
  });

  it('retrieves thumbnails of instances and frames', async () => {
    const ofInstance = await greys(await clientOf().retrieveInstanceThumbnail(one));
    expect([ofInstance.left < 5, ofInstance.right > 250]).toEqual([true, true]);
    const frame = { ...one, frameNumbers: [2], queryParams: { viewport: '40,24' } };
    const ofFrame = await greys(await clientOf().retrieveInstanceFramesThumbnail(frame));
    expect([ofFrame.left > 250, ofFrame.right < 5]).toEqual([true, true]);
  });

  it('retrieves bulk data in one part', async () => {
    const [metadata] = await clientOf().retrieveInstanceMetadata(one);
    const BulkDataURI = metadata?.['00420011']?.BulkDataURI;
    const [whole] = await clientOf({ singlepart: true }).retrieveBulkData({ BulkDataURI });
    expect(bytesOf(whole).equals(Buffer.alloc(4000, 'bulk'))).toBe(true);
  });

  it('builds WADO-URIs that lead to the instance', async () => {
    const url = clientOf({ url: `${server.url}/wado` }).buildInstanceWadoURIUrl(one);
    const answer = await fetch(url, { headers: authorized });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/dicom']);
    expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(instance))).toBe(true);
  });

  it('passes errors to whoever listens for them', async () => {
    const heard: unknown[] = [];
    const client = clientOf({ errorInterceptor: (error: { status?: number }) => heard.push(error.status) });
    await expect(client.retrieveInstance({ ...one, sopInstanceUID: '1.2.3' })).rejects.toBeDefined();
    expect(heard).toEqual([404]);
  });
});
