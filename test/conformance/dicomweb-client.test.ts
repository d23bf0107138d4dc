import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { api } from 'dicomweb-client';
import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dcm2json } from '../integration/dicom/dcm2json.ts';
import { madeUpPixels, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { firstOf, type Json } from './requests.ts';

/** As it is documented; its declarations ask for what is optional, and promise arrays for promises. */
type Call<Answer> = (options: object) => Promise<Answer>;
interface Client {
  storeInstances: Call<void>;
  searchForStudies: Call<Json[]>;
  searchForSeries: Call<Json[]>;
  searchForInstances: Call<Json[]>;
  retrieveInstance: Call<ArrayBuffer>;
  retrieveSeries: Call<ArrayBuffer[]>;
  retrieveStudy: Call<ArrayBuffer[]>;
  retrieveInstanceFrames: Call<ArrayBuffer[]>;
  retrieveStudyMetadata: Call<Json[]>;
  retrieveInstanceMetadata: Call<Json[]>;
  retrieveBulkData: Call<ArrayBuffer[]>;
}

let server: TestServer;
let client: Client;
const studyInstanceUID = testUid();
const seriesInstanceUID = testUid();
const uids = [testUid(), testUid()];
const [sopInstanceUID = ''] = uids;
const pixels = Buffer.from(madeUpPixels(3 * 32 * 32 * 2));
const blob = Buffer.from(madeUpPixels(3000));
const instances = uids.map((uid, i) =>
  makeInstance({
    image: { rows: 32, columns: 32, frames: 3, bitsAllocated: 16, pixelBytes: pixels },
    attributes: {
      StudyInstanceUID: studyInstanceUID,
      SeriesInstanceUID: seriesInstanceUID,
      SOPInstanceUID: uid,
      InstanceNumber: i + 1,
      PatientName: 'Grün^Jürgen',
      SpecificCharacterSet: 'ISO_IR 192',
      Modality: 'CT',
      EncapsulatedDocument: { vr: 'OB', value: blob },
      ReferencedImageSequence: [{ ReferencedSOPClassUID: '1.2.3', ReferencedSOPInstanceUID: '1.2.3.4' }],
    },
  }),
);
const one = { studyInstanceUID, seriesInstanceUID, sopInstanceUID };

beforeAll(async () => {
  server = await startServer();
  // It speaks through the browser's XMLHttpRequest; a page of our own origin has one.
  globalThis.XMLHttpRequest = new JSDOM('', { url: server.url }).window.XMLHttpRequest;
  client = new api.DICOMwebClient({ url: server.dicomweb, singlepart: false }) as unknown as Client;
  await client.storeInstances({ datasets: instances.map((bytes) => Uint8Array.from(bytes).buffer) });
});
afterAll(async () => {
  Reflect.deleteProperty(globalThis, 'XMLHttpRequest');
  await server?.stop();
});

const bytesOf = (buffer: ArrayBuffer | undefined) => Buffer.from(buffer ?? new ArrayBuffer(0));

describe('dicomweb-client', () => {
  it('finds what it stored, at each level', async () => {
    const studies = await client.searchForStudies({
      queryParams: { PatientName: 'gru*', ModalitiesInStudy: 'CT' },
    });
    expect(studies.map((row) => firstOf(row, '0020000D'))).toEqual([studyInstanceUID]);
    expect(firstOf(studies[0], '00201208')).toBe(2);
    const series = await client.searchForSeries({ studyInstanceUID });
    expect(series.map((row) => firstOf(row, '0020000E'))).toEqual([seriesInstanceUID]);
    const found = await client.searchForInstances({
      studyInstanceUID,
      seriesInstanceUID,
    });
    expect(found.map((row) => firstOf(row, '00080018'))).toEqual(uids);
    expect(await client.searchForStudies({ queryParams: { PatientID: 'nobody' } })).toEqual([]);
  });

  it('retrieves the instances, byte for byte', async () => {
    expect(bytesOf(await client.retrieveInstance(one)).equals(instances[0] ?? blob)).toBe(true);
    const ofSeries = await client.retrieveSeries({ studyInstanceUID, seriesInstanceUID });
    const ofStudy = await client.retrieveStudy({ studyInstanceUID });
    for (const answer of [ofSeries, ofStudy]) {
      const received = answer.map((buffer) => bytesOf(buffer).toString('hex')).sort();
      expect(received).toEqual(instances.map((bytes) => Buffer.from(bytes).toString('hex')).sort());
    }
  });

  it('retrieves frames', async () => {
    const frames = await client.retrieveInstanceFrames({
      ...one,
      frameNumbers: [3, 1],
    });
    expect(frames.map((frame) => bytesOf(frame).equals(pixels.subarray(0, 2048)))).toEqual([false, true]);
    expect(bytesOf(frames[0]).equals(pixels.subarray(4096, 6144))).toBe(true);
  });

  it('retrieves metadata, and the bulk data that they refer to', async () => {
    const rows = await client.retrieveStudyMetadata({ studyInstanceUID });
    expect(rows).toHaveLength(2);
    const [metadata] = await client.retrieveInstanceMetadata(one);
    expect(firstOf(metadata, '00100010')).toEqual({ Alphabetic: 'Grün^Jürgen' });
    const BulkDataURI = metadata?.['00420011']?.BulkDataURI ?? '';
    const parts = await client.retrieveBulkData({ BulkDataURI });
    expect(bytesOf(parts[0]).equals(blob)).toBe(true);
  });

  it('is told what was wrong by the status', async () => {
    await expect(client.retrieveInstance({ ...one, sopInstanceUID: '1.2.3' })).rejects.toMatchObject({
      status: 404,
    });
    await expect(client.searchForStudies({ queryParams: { StudyDate: 'soon' } })).rejects.toMatchObject({
      status: 400,
    });
  });

  it.runIf(inject('hasDcmtk'))("gets an instance and metadata that agree with DCMTK's reading", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'isocenter-dcmtk-'));
    try {
      const path = join(folder, 'retrieved.dcm');
      await writeFile(path, bytesOf(await client.retrieveInstance(one)));
      const theirs = await dcm2json(path);
      const [ours] = await client.retrieveInstanceMetadata(one);
      const inline = (row: object | undefined) =>
        Object.entries(row ?? {}).filter(
          ([tag]) => !['00420011', '7FE00010'].includes(tag) && !tag.startsWith('0002'),
        );
      expect(inline(ours)).toEqual(inline(theirs));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
