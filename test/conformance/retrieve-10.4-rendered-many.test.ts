import http from 'node:http';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attributes, type ImageOptions, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { parseMultipart } from './multipart.ts';
import { type Answer, get, request, storeAll } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const SR = '1.2.840.10008.5.1.4.1.1.88.11';
const PLAN = '1.2.840.10008.5.1.4.1.1.481.5';
const PR = '1.2.840.10008.5.1.4.1.1.11.1';

/** An image of one grey value. */
const flat = (value: number): ImageOptions => ({
  rows: 8,
  columns: 8,
  pixelBytes: new Uint8Array(64).fill(value),
});
const WIDE = { WindowCenter: '128', WindowWidth: '256' };
const title = [{ CodeValue: '1', CodingSchemeDesignator: '99T', CodeMeaning: 'A report' }];
const report: Attributes = {
  SOPClassUID: SR,
  Modality: 'SR',
  ValueType: 'CONTAINER',
  ConceptNameCodeSequence: title,
};

interface Member {
  series?: number;
  attributes?: Attributes;
  image?: ImageOptions;
  transferSyntaxUID?: string;
}

/** Stores a study; answers its path and those of its series, by their numbers. */
async function storeStudy(members: readonly Member[]) {
  const study = testUid();
  const seriesUids = new Map<number, string>();
  const instances = members.map(({ series = 1, attributes = {}, image, transferSyntaxUID }, i) => {
    const uid = seriesUids.get(series) ?? testUid();
    seriesUids.set(series, uid);
    return makeInstance({
      ...(transferSyntaxUID && { transferSyntaxUID }),
      ...(image && { image }),
      attributes: {
        StudyInstanceUID: study,
        SeriesInstanceUID: uid,
        SeriesNumber: series,
        InstanceNumber: i + 1,
        ...(image && WIDE),
        ...attributes,
      },
    });
  });
  await storeAll(server, instances);
  const path = `/studies/${study}`;
  return { path, series: (number: number) => `${path}/series/${seriesUids.get(number)}` };
}

const partsOf = (answer: Answer) => parseMultipart(answer.headers['content-type'] ?? '', answer.body);

async function greyOf(body: Buffer): Promise<number> {
  const { data } = await sharp(body).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return data[0] ?? -1;
}

describe('a rendered study or series (10.4.1.1.3)', () => {
  it('is a part for each instance, with where it lies', async () => {
    const { path, series } = await storeStudy([{ image: flat(10) }, { image: flat(200), series: 2 }]);
    for (const accept of [
      undefined,
      'image/png',
      'multipart/related; type="image/png"',
      'multipart/related; type=image/png',
    ]) {
      const answer = await get(server, `${path}/rendered`, accept);
      expect(answer.status, answer.text.slice(0, 200)).toBe(200);
      const parts = partsOf(answer);
      const type = accept === undefined ? 'image/jpeg' : 'image/png';
      expect(parts.map(({ headers }) => headers['content-type'])).toEqual([type, type]);
      expect(
        parts.every(({ headers }) =>
          headers['content-location']?.startsWith(`${server.dicomweb}${path}/series/`),
        ),
      ).toBe(true);
      const greys = await Promise.all(parts.map(({ body }) => greyOf(body)));
      expect(greys.sort((a, b) => a - b)).toEqual([10, 200]);
    }
    const second = partsOf(await get(server, `${series(2)}/rendered`, 'image/png'));
    expect(await Promise.all(second.map(({ body }) => greyOf(body)))).toEqual([200]);
  });

  it('takes the parameters of rendering', async () => {
    const { path } = await storeStudy([{ image: flat(100) }, { image: flat(50) }]);
    const parts = partsOf(
      await get(server, `${path}/rendered?viewport=4,4&window=0,1,linear-exact`, 'image/png'),
    );
    for (const { body } of parts) {
      expect(await sharp(body).metadata()).toMatchObject({ width: 4, height: 4 });
      expect(await greyOf(body)).toBe(255);
    }
    expect((await get(server, `${path}/rendered?quality=0`)).status).toBe(400);
  });

  it('gives each kind in the type that the client takes of it (8.7.8.1)', async () => {
    const { path } = await storeStudy([{ image: flat(1) }, { attributes: report, series: 2 }]);
    const answer = await get(server, `${path}/rendered`, 'text/plain, image/png');
    expect(answer.status).toBe(200);
    expect(
      partsOf(answer)
        .map(({ headers }) => headers['content-type'])
        .sort(),
    ).toEqual(['image/png', 'text/plain; charset=utf-8']);
  });

  it('is a 206 where some of it can be had and some not (Table 10.4.3-1)', async () => {
    const { path } = await storeStudy([
      { image: flat(1) },
      { attributes: report, series: 2 },
      { attributes: { SOPClassUID: PLAN, Modality: 'RTPLAN' }, series: 3 },
    ]);
    for (const [accept, count] of [
      ['*/*', 2],
      ['image/jpeg', 1],
      ['text/html', 1],
    ] as const) {
      const answer = await get(server, `${path}/rendered`, accept);
      expect([accept, answer.status, partsOf(answer).length]).toEqual([accept, 206, count]);
    }
  });

  it('of which nothing can be had is a 406 that lists what could', async () => {
    const { path, series } = await storeStudy([
      { image: flat(1) },
      { attributes: { SOPClassUID: PLAN }, series: 2 },
    ]);
    const text = await get(server, `${path}/rendered`, 'text/html');
    expect(text.status).toBe(406);
    expect(JSON.parse(text.text).detail).toContain('multipart/related; type="image/jpeg"');
    const plan = await get(server, `${series(2)}/rendered`);
    expect(plan.status).toBe(406);
    expect(JSON.parse(plan.text).detail).toContain('application/dicom');
  });

  it('goes on after an image that is broken, with a word in its place', async () => {
    const { path } = await storeStudy([
      { image: flat(10) },
      { image: { fragments: [new Uint8Array(100)] }, transferSyntaxUID: '1.2.840.10008.1.2.4.50' },
      { image: flat(20) },
    ]);
    const parts = partsOf(await get(server, `${path}/rendered`, 'image/png'));
    expect(parts.map(({ headers }) => headers['content-type']).sort()).toEqual([
      'application/problem+json',
      'image/png',
      'image/png',
    ]);
    const problem = parts.find(({ headers }) => headers['content-type'] === 'application/problem+json');
    expect(JSON.parse(problem?.body.toString() ?? '')).toMatchObject({ status: 406 });
  });

  it('shows images once, and not again through presentation states', async () => {
    const { path } = await storeStudy([
      { image: flat(1) },
      { attributes: { SOPClassUID: PR, Modality: 'PR' }, series: 2 },
    ]);
    const answer = await get(server, `${path}/rendered`);
    expect([answer.status, partsOf(answer).length]).toEqual([200, 1]);
  });

  it('has an ETag that changes with what it holds', async () => {
    const { path } = await storeStudy([{ image: flat(1) }]);
    const { etag = '' } = (await get(server, `${path}/rendered`)).headers;
    const url = `/dicom-web${path}/rendered`;
    expect((await request(server.url, url, { headers: { 'If-None-Match': etag } })).status).toBe(304);
    const [uid = ''] = path.split('/').slice(-1);
    await storeAll(server, [makeInstance({ attributes: { StudyInstanceUID: uid }, image: flat(2) })]);
    expect((await request(server.url, url, { headers: { 'If-None-Match': etag } })).status).toBe(200);
  });

  it('has an ETag that changes with the images of other series that its presentation states may show', async () => {
    const attributes = {
      StudyInstanceUID: testUid(),
      SeriesInstanceUID: testUid(),
      SOPClassUID: PR,
      Modality: 'PR',
    };
    await storeAll(server, [makeInstance({ attributes })]);
    const path = `/studies/${attributes.StudyInstanceUID}/series/${attributes.SeriesInstanceUID}/rendered`;
    const etagOf = async () => (await get(server, path)).headers.etag;
    const before = await etagOf();
    expect(await etagOf()).toBe(before);
    const { StudyInstanceUID } = attributes;
    await storeAll(server, [makeInstance({ attributes: { StudyInstanceUID }, image: flat(2) })]);
    expect(await etagOf()).not.toBe(before);
  });
});

describe('thumbnails (10.4.1.1.4)', () => {
  it('of a study or series are of the instance in the middle of its first series of images', async () => {
    const { path, series } = await storeStudy([
      { attributes: report, series: 1 },
      { image: flat(10), series: 2 },
      { image: flat(20), series: 2 },
      { image: flat(30), series: 2 },
      { image: flat(99), series: 3 },
    ]);
    for (const [resource, grey] of [
      [path, 20],
      [series(2), 20],
      [series(3), 99],
    ] as const) {
      const answer = await get(server, `${resource}/thumbnail`, 'image/png');
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'image/png']);
      expect(await greyOf(answer.body)).toBe(grey);
    }
  });

  it('of an instance are of its representative frame, or of the one in the middle', async () => {
    const cine = {
      rows: 4,
      columns: 4,
      frames: 5,
      pixelBytes: Uint8Array.from({ length: 80 }, (_, i) => Math.floor(i / 16) * 10),
    };
    const { path } = await storeStudy([{ image: cine }]);
    expect(await greyOf((await get(server, `${path}/thumbnail`, 'image/png')).body)).toBe(20);
    const named = await storeStudy([{ image: cine, attributes: { RepresentativeFrameNumber: 5 } }]);
    expect(await greyOf((await get(server, `${named.path}/thumbnail`, 'image/png')).body)).toBe(40);
    const lying = await storeStudy([{ image: cine, attributes: { RepresentativeFrameNumber: 77 } }]);
    expect(await greyOf((await get(server, `${lying.path}/thumbnail`, 'image/png')).body)).toBe(20);
    const [location] = partsOf(await get(server, `${path}/rendered`)).map(
      ({ headers }) => headers['content-location'],
    );
    const instance = (location ?? '').slice(server.dicomweb.length, -'/rendered'.length);
    for (const [frames, grey] of [
      ['1', 0],
      ['4,1', 30],
    ] as const) {
      const answer = await get(server, `${instance}/frames/${frames}/thumbnail`, 'image/png');
      expect(await greyOf(answer.body)).toBe(grey);
    }
  });

  it('are small, as large as is asked for, and of one image', async () => {
    const { path } = await storeStudy([{ image: { rows: 600, columns: 300 } }]);
    const usual = await sharp((await get(server, `${path}/thumbnail`)).body).metadata();
    expect(usual.format).toBe('jpeg');
    expect(Math.max(usual.width, usual.height)).toBeLessThanOrEqual(256);
    const asked = await sharp((await get(server, `${path}/thumbnail?viewport=50,50`)).body).metadata();
    expect([asked.width, asked.height]).toEqual([25, 50]);
    for (const query of ['viewport=50,50,0,0,10,10', 'viewport=0,0', 'viewport=x', 'viewport='])
      expect((await get(server, `${path}/thumbnail?${query}`)).status, query).toBe(400);
  });

  it('name no patient, whatever is asked for', async () => {
    const { path } = await storeStudy([
      { image: { rows: 256, columns: 256, pixelBytes: new Uint8Array(65536) } },
    ]);
    const { data } = await sharp(
      (await get(server, `${path}/thumbnail?annotation=patient&viewport=256,256`, 'image/png')).body,
    )
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(data.every((value) => value === 0)).toBe(true);
  });

  it('of what is no image are icons that differ by kind', async () => {
    const film = {
      image: { frames: 2, fragments: [Buffer.from('film')] },
      transferSyntaxUID: '1.2.840.10008.1.2.4.102',
    };
    const studies = [
      await storeStudy([{ attributes: report }]),
      await storeStudy([film]),
      await storeStudy([{ attributes: { SOPClassUID: PLAN } }]),
    ];
    const icons = await Promise.all(
      studies.map(({ path }) => get(server, `${path}/thumbnail?viewport=64,80`)),
    );
    for (const icon of icons) {
      expect([icon.status, icon.headers['content-type']]).toEqual([200, 'image/jpeg']);
      expect(await sharp(icon.body).metadata()).toMatchObject({ width: 64, height: 64 });
    }
    expect(new Set(icons.map(({ body }) => body.toString('base64'))).size).toBe(3);
  });

  it('in another media type are a 406, and of what cannot be decoded too', async () => {
    const { path } = await storeStudy([{ image: flat(1) }]);
    expect((await get(server, `${path}/thumbnail`, 'text/html')).status).toBe(406);
    const broken = await storeStudy([
      { image: { fragments: [new Uint8Array(64)] }, transferSyntaxUID: '1.2.840.10008.1.2.4.50' },
    ]);
    expect((await get(server, `${broken.path}/thumbnail`)).status).toBe(406);
  });

  it('have an ETag and answer HEAD', async () => {
    const { path } = await storeStudy([{ image: flat(1) }]);
    const url = `/dicom-web${path}/thumbnail`;
    const { etag = '' } = (await request(server.url, url)).headers;
    expect((await request(server.url, url, { headers: { 'If-None-Match': etag } })).status).toBe(304);
    expect((await request(server.url, url, { method: 'HEAD' })).status).toBe(200);
  });
});

describe('what has been deleted', () => {
  it('is a 410 at every level, and by WADO-URI (Table 10.4.3-1)', async () => {
    const { path, series } = await storeStudy([{ image: flat(1) }]);
    const [location] = partsOf(await get(server, `${path}/rendered`)).map(
      ({ headers }) => headers['content-location'],
    );
    const instance = (location ?? '').slice(server.dicomweb.length, -'/rendered'.length);
    expect((await request(server.url, `/dicom-web${path}`, { method: 'DELETE' })).status).toBe(204);
    for (const resource of [path, series(1), instance, `${instance}/frames/1`])
      for (const form of ['rendered', 'thumbnail'])
        expect((await get(server, `${resource}/${form}`)).status, `${resource}/${form}`).toBe(410);
    const [, , study, , seriesUID, , object] = instance.split('/');
    const wado = `/wado?requestType=WADO&studyUID=${study}&seriesUID=${seriesUID}&objectUID=${object}`;
    expect((await request(server.url, wado)).status).toBe(410);
  });
});

describe('a client that goes away', () => {
  /** Asks, reads what comes until `when`, and leaves. */
  async function askAndLeave(path: string, when: () => Promise<void>): Promise<void> {
    const { hostname, port } = new URL(server.url);
    const asking = http.request({
      hostname,
      port,
      path: `/dicom-web${path}`,
      headers: { Accept: 'image/png' },
      agent: false,
    });
    asking.on('response', (answer) => answer.on('error', () => undefined).once('data', () => undefined));
    asking.on('error', () => undefined);
    asking.end();
    await when();
    asking.destroy();
  }

  it('leaves nothing that goes on rendering', async () => {
    const { path } = await storeStudy([
      {
        image: {
          rows: 1024,
          columns: 1024,
          bitsAllocated: 16,
          frames: 20,
          pixelBytes: new Uint8Array(1024 * 1024 * 40),
        },
      },
    ]);
    const location =
      partsOf(await get(server, `${path}/rendered`, 'image/png'))[0]?.headers['content-location'] ?? '';
    const instance = location.slice(server.dicomweb.length, -'/rendered'.length);
    const { imaging } = server.services.archive;
    const run = imaging.run.bind(imaging);
    let begun = 0;
    let under = 0;
    imaging.run = (async (...args: Parameters<typeof run>) => {
      begun += 1;
      under += 1;
      try {
        return await run(...args);
      } finally {
        under -= 1;
      }
    }) as typeof imaging.run;
    try {
      const all = Array.from({ length: 2000 }, (_, i) => (i % 20) + 1).join();
      const isBusy = () => expect.poll(() => begun, { timeout: 20_000 }).toBeGreaterThan(5);
      await Promise.all([1, 2, 3].map(() => askAndLeave(`${instance}/frames/${all}/rendered`, isBusy)));
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(under).toBe(0);
      const after = begun;
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(begun).toBe(after);
    } finally {
      imaging.run = run;
    }
    expect((await get(server, `${path}/thumbnail`)).status).toBe(200);
  });
});
