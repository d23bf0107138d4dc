import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { firstOf, type Json, request } from '../conformance/requests.ts';
import { describeWithSharedFiles, readInstance, readShared } from '../integration/dicom/shared-files.ts';
import { type Orthanc, startOrthanc } from '../support/orthanc.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

/** In several transfer syntaxes, with many frames and with none. */
const FILES = [
  'color/pydicom/examples_overlay.dcm',
  'charset/pydicom/chrX1.dcm',
  'syntax/wg04/dicom-test-files/CT1_J2KR',
  'syntax/wg04/dicom-test-files/US1_RLE',
  'us-xa/orthanc-tests/Issue16.dcm',
  'sr/dicom-test-files/reportsi.dcm',
  'misc/orthanc-tests/sample-pdf.dcm',
];

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Of each result that Orthanc passes on, which has a form of its own: the one value of an attribute. */
function valuesOf({ text }: { text: string }, tag: string): (string | undefined)[] {
  const rows = JSON.parse(text) as Record<string, { Value?: string }>[];
  return rows.map((row) => row[tag]?.Value);
}

interface Sent {
  file: string;
  bytes: Uint8Array;
  study: string;
  path: string;
}

describeWithSharedFiles('Orthanc as a DICOMweb client of ours', () => {
  const path = inject('orthanc');
  let server: TestServer;
  let orthanc: Orthanc;
  let key = '';
  const sent: Sent[] = [];

  /** `POST /dicom-web/servers/{peer}/{action}`, as its users and its own pages drive it. */
  const ask = async (peer: string, action: string, body: object) => {
    const url = `/dicom-web/servers/${peer}/${action}`;
    const headers = { 'Content-Type': 'application/json' };
    return await request(orthanc.url, url, { method: 'POST', headers, body: JSON.stringify(body) });
  };
  const instancesThere = async (): Promise<string[]> =>
    JSON.parse((await request(orthanc.url, '/instances')).text) as string[];
  const ours = (resource: string) =>
    request(server.url, `/dicom-web${resource}`, { headers: { Authorization: `Bearer ${key}` } });

  beforeAll(async () => {
    if (path === null) return;
    server = await startServer({ authentication: 'local' });
    const { access } = server.services;
    await access.addAccount({
      username: 'orthanc',
      password: 'only its key is used',
      roles: ['administrator'],
    });
    key = (await access.makeApiKey('orthanc', 'a peer')).key;
    const Url = `${server.dicomweb}/`;
    orthanc = await startOrthanc(path, {
      peers: {
        isocenter: { Url, HttpHeaders: { Authorization: `Bearer ${key}` }, HasDelete: true },
        byBasic: { Url, Username: 'orthanc', Password: key },
        stranger: { Url },
      },
    });
    for (const file of FILES) {
      const bytes = readShared(file);
      const { dataSet } = await readInstance(bytes);
      const [study, series, instance] = ['0020000D', '0020000E', '00080018'].map((tag) =>
        String(dataSet[tag]?.Value?.[0]),
      );
      await orthanc.store(bytes);
      const resource = `/studies/${study}/series/${series}/instances/${instance}`;
      sent.push({ file, bytes, study: study ?? '', path: resource });
    }
  });

  afterAll(async () => {
    await orthanc?.stop();
    await server?.stop();
  });

  it.runIf(path !== null)('stores, in chunked requests, with its API key', async () => {
    const { status, text } = await ask('isocenter', 'stow', {
      Resources: await instancesThere(),
      Synchronous: true,
    });
    expect(text).toContain(`"InstancesCount" : "${FILES.length}"`);
    expect(status).toBe(200);
    for (const one of sent) {
      const stored = await request(server.url, `/dicom-web${one.path}`, {
        headers: { Authorization: `Bearer ${key}`, Accept: 'application/dicom; transfer-syntax=*' },
      });
      expect([one.file, stored.status, stored.body.equals(one.bytes)]).toEqual([one.file, 200, true]);
    }
  });

  it.runIf(path !== null)('is refused without a key', async () => {
    const stow = await ask('stranger', 'stow', { Resources: await instancesThere(), Synchronous: true });
    expect(stow.status).toBeGreaterThanOrEqual(400);
    expect((await ask('stranger', 'qido', { Uri: '/studies' })).status).toBeGreaterThanOrEqual(400);
  });

  it.runIf(path !== null)('searches', async () => {
    const found = await ask('isocenter', 'qido', { Uri: '/studies', Arguments: { PatientName: 'Wang*' } });
    expect(found.status).toBe(200);
    expect(valuesOf(found, '00100010')).toEqual(['Wang^XiaoDong']);
    const series = await ask('isocenter', 'qido', { Uri: `/studies/${sent[0]?.study}/series` });
    expect(valuesOf(series, '00080060')).toEqual(['MR']);
  });

  it.runIf(path !== null)('searches with its key as the password of HTTP Basic', async () => {
    const found = await ask('byBasic', 'qido', { Uri: '/studies', Arguments: { PatientName: 'Wang*' } });
    expect([found.status, valuesOf(found, '00100010')]).toEqual([200, ['Wang^XiaoDong']]);
  });

  it.runIf(path !== null)('takes 204 for a broken answer, though PS3.18 10.6.3.1 has it', async () => {
    const query = { Uri: '/studies', Arguments: { PatientID: 'nobody' } };
    expect((await ours('/studies?PatientID=nobody')).status).toBe(204);
    const none = await ask('isocenter', 'qido', query);
    expect([none.status, none.text]).toEqual([400, expect.stringContaining('Bad file format')]);
  });

  it.runIf(path !== null)('passes requests on', async () => {
    const Uri = `/studies/${sent[1]?.study}/metadata`;
    const json = await ask('isocenter', 'get', { Uri, HttpHeaders: { Accept: 'application/dicom+json' } });
    expect(firstOf((JSON.parse(json.text) as Json[])[0], '00080018')).toBe(sent[1]?.path.split('/').at(-1));
    const xml = await ask('isocenter', 'get', {
      Uri,
      HttpHeaders: { Accept: 'multipart/related; type="application/dicom+xml"' },
    });
    expect(xml.text).toContain('<NativeDicomModel');
  });

  it.runIf(path !== null)('retrieves what it had stored, byte for byte', async () => {
    for (const id of await instancesThere()) await orthanc.remove(id);
    const Resources = sent.map(({ study }) => ({ Study: study }));
    const { status, text } = await ask('isocenter', 'retrieve', { Resources, Synchronous: true });
    expect([status, text]).toEqual([200, expect.stringContaining(`"${FILES.length}"`)]);
    const received = await Promise.all(
      (await instancesThere()).map(async (id) => (await request(orthanc.url, `/instances/${id}/file`)).body),
    );
    const asHex = (files: readonly Uint8Array[]) => files.map((bytes) => digestOf(bytes)).sort();
    expect(asHex(received)).toEqual(asHex(sent.map(({ bytes }) => bytes)));
  });

  it.runIf(path !== null)('deletes', async () => {
    const StudyInstanceUID = sent[0]?.study;
    const { status } = await ask('isocenter', 'delete', { Level: 'Study', StudyInstanceUID });
    expect(status).toBe(200);
    expect((await ours(`/studies?StudyInstanceUID=${StudyInstanceUID}`)).status).toBe(204);
  });
});
