import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { type Part, parseMultipart } from './multipart.ts';
import { firstOf, get, type Json, post, request, storeAll } from './requests.ts';

/** Real files by other people, beside the checkout. */
const folder = fileURLToPath(new URL('../../../shared/dicom/', import.meta.url));
if (!existsSync(folder))
  process.stderr.write(`\nLEFT OUT: storing what was retrieved: there is no ${folder}\n`);

const files = [
  'charset/pydicom/chrX1.dcm',
  'color/dicom-test-files/SC_rgb_jpeg_dcmtk.dcm',
  'color/dicom-test-files/SC_ybr_full_422_uncompressed.dcm',
  'color/dicom-test-files/SC_rgb_rle_16bit_2frame.dcm',
  'color/cornerstone3d/TestPattern_JPEG-LS-NearLossless.dcm',
  'color/cornerstone3d/TestPattern_JPEG-Lossless_RGB.dcm',
  'color/orthanc-jxl/synthetic_mf_gray16.dcm',
  'syntax/dicom-test-files/JPEG2000.dcm',
  'syntax/dicom-test-files/MR_small_bigendian.dcm',
  'syntax/dicom-test-files/MR-SIEMENS-DICOM-WithOverlays.dcm',
  'rt/dicompyler-core/rtss.dcm',
  'rt/dicom-test-files/rtdose.dcm',
  'misc/pydicom/waveform_ecg.dcm',
  'misc/orthanc-tests/sample-pdf.dcm',
  'sr/adit/00001.dcm',
];

let from: TestServer;
let to: TestServer;
beforeAll(async () => {
  from = await startServer();
  to = await startServer();
});
afterAll(async () => {
  await from?.stop();
  await to?.stop();
});

interface Bulk {
  uri: string;
  type: string;
  body: Buffer;
}

/** The bulk values of a data set, at every depth, but for Pixel Data at its root. */
function urisIn(json: Json): string[] {
  return Object.values(json).flatMap((element) => {
    const items = element.vr === 'SQ' ? ((element.Value ?? []) as Json[]) : [];
    return [...(element.BulkDataURI ? [element.BulkDataURI] : []), ...items.flatMap(urisIn)];
  });
}

async function partsAt(path: string): Promise<Part[]> {
  const accept =
    'multipart/related; type="*/*"; transfer-syntax=*, multipart/related; type="application/octet-stream"; transfer-syntax=*';
  const answer = await request(from.url, path, { headers: { Accept: accept } });
  expect(answer.status, answer.text.slice(0, 300)).toBe(200);
  return parseMultipart(answer.headers['content-type'] ?? '', answer.body);
}

/** All that the metadata refers to, pixel data frame by frame. */
async function bulkOf(metadata: Json, path: string): Promise<Bulk[]> {
  const { '7FE00010': pixelData, ...rest } = metadata;
  const bulk: Bulk[] = [];
  for (const uri of urisIn(rest)) {
    const [part] = await partsAt(new URL(uri).pathname);
    bulk.push({ uri, type: part?.headers['content-type'] ?? '', body: part?.body ?? Buffer.alloc(0) });
  }
  const uri = pixelData?.BulkDataURI;
  if (uri === undefined) return bulk;
  const count = Number(firstOf(metadata, '00280008') ?? 1);
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const frames = await partsAt(`/dicom-web${path}/frames/${numbers.join(',')}`);
  const type = frames[0]?.headers['content-type'] ?? '';
  if (!type.startsWith('application/octet-stream'))
    for (const { body } of frames) bulk.push({ uri, type, body });
  else bulk.push({ uri, type, body: Buffer.concat(frames.map(({ body }) => body)) });
  return bulk;
}

async function metadataAt(server: TestServer, path: string): Promise<Json> {
  const answer = await get(server, `${path}/metadata`);
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text)[0];
}

describe.skipIf(!existsSync(folder))('metadata and bulk data that were retrieved', () => {
  it.each(files)('of %s make the same instance when they are stored elsewhere', async (name) => {
    await storeAll(from, [readFileSync(join(folder, name))]);
    const stored = await from.services.pool.query<{ study: string; series: string; instance: string }>(
      `SELECT study_instance_uid AS study, series_instance_uid AS series, sop_instance_uid AS instance
        FROM instance JOIN series USING (series_pk) JOIN study ON study.study_pk = instance.study_pk ORDER BY instance_pk DESC LIMIT 1`,
    );
    const uids = stored.rows[0];
    const path = `/studies/${uids?.study}/series/${uids?.series}/instances/${uids?.instance}`;
    const metadata = await metadataAt(from, path);
    const bulk = await bulkOf(metadata, path);
    const body = Buffer.concat([
      Buffer.from(`--XX\r\nContent-Type: application/dicom+json\r\n\r\n${JSON.stringify([metadata])}\r\n`),
      ...bulk.flatMap(({ uri, type, body: bytes }) => [
        Buffer.from(`--XX\r\nContent-Type: ${type}\r\nContent-Location: ${uri}\r\n\r\n`),
        bytes,
        Buffer.from('\r\n'),
      ]),
      Buffer.from('--XX--\r\n'),
    ]);
    const answer = await post(to, body, {
      'Content-Type': 'multipart/related; type="application/dicom+json"; boundary=XX',
    });
    expect([200, 202], answer.text).toContain(answer.status);
    expect(answer.referenced, answer.text).toHaveLength(1);

    const again = await metadataAt(to, path);
    const local = (json: Json) => JSON.parse(JSON.stringify(json).replaceAll(from.url, to.url));
    expect(rounded(again)).toEqual(rounded(local(metadata)));
    const asked = { Accept: 'multipart/related; type="application/octet-stream"' };
    if (metadata['7FE00010'] === undefined) return;
    const frames = await Promise.all(
      [from, to].map((server) => request(server.url, `/dicom-web${path}/frames/1`, { headers: asked })),
    );
    const [one, two] = frames.map(({ headers, body: bytes, status, text }) => {
      expect(status, text.slice(0, 200)).toBe(200);
      return parseMultipart(headers['content-type'] ?? '', bytes)[0]?.body;
    });
    expect(one?.length).toBeGreaterThan(0);
    expect(two?.equals(one ?? Buffer.alloc(0))).toBe(true);
  });
});

/** What some files have wrong: compressed pixel data is OB (PS3.5 A.4), DS has sixteen characters (PS3.5 6.2). */
function rounded(json: Json): unknown {
  const right = JSON.parse(JSON.stringify(json), (_, value) =>
    typeof value === 'number' ? Number(value.toPrecision(12)) : value,
  );
  if (right['7FE00010']) right['7FE00010'].vr = 'OB';
  return right;
}
