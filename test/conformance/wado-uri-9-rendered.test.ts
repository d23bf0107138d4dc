import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { greys, ramp } from './rendered-images.ts';
import { request, storeAll } from './requests.ts';
import { cine, detailOf, newNames, storeNamed, WIDE, wadoFrom } from './wado-requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const store = (...rest: Rest<typeof storeNamed>) => storeNamed(server, ...rest);
const wado = (...rest: Rest<typeof wadoFrom>) => wadoFrom(server, ...rest);

/** The parameters after the server. */
type Rest<F> = F extends (server: TestServer, ...rest: infer R) => unknown ? R : never;

describe('Retrieve Rendered Instance (9.5)', () => {
  it('shows the frame that is asked for', async () => {
    const names = await store(cine, WIDE);
    for (const frame of [1, 2, 3]) {
      const { values } = await greys((await wado(names, `contentType=image/png&frameNumber=${frame}`)).body);
      expect(values[0]).toBe((frame - 1) * 100);
    }
    expect((await greys((await wado(names, 'contentType=image/png')).body)).values[0]).toBe(0);
    const film = await wado(names, 'contentType=image/gif');
    expect((await sharp(film.body, { animated: true }).metadata()).pages).toBe(3);
  });

  it.each(['0', '-1', '1.5', 'x', '4', '999999999', '1,2', ''])(
    'frameNumber=%s of 3 is a 400',
    async (frame) => {
      const answer = await wado(await store(cine), `frameNumber=${frame}`);
      expect(answer.status).toBe(400);
      expect(detailOf(answer)).toContain('frameNumber');
    },
  );

  it('takes no frameNumber where there is one image only (9.5.2.1)', async () => {
    expect((await wado(await store(ramp), 'frameNumber=1')).status).toBe(400);
  });

  it('is windowed as it says, with a linear function', async () => {
    const names = await store(ramp, { WindowCenter: '1', WindowWidth: '2' });
    const { values } = await greys(
      (await wado(names, 'contentType=image/png&windowCenter=2000&windowWidth=1000')).body,
    );
    values.forEach((value, i) => {
      const y = Math.min(255, Math.max(0, ((i * 100 - 1999.5) / 999 + 0.5) * 255));
      expect(Math.abs(value - y)).toBeLessThanOrEqual(1);
    });
  });

  it.each([
    'windowCenter=40',
    'windowWidth=400',
    'windowCenter=a&windowWidth=1',
    'windowCenter=1&windowWidth=0',
    'windowCenter=1&windowWidth=NaN',
  ])('%s is a 400', async (query) => {
    expect((await wado(await store(ramp), query)).status).toBe(400);
  });

  it.each([
    ['rows=12&columns=16', 16, 12],
    ['rows=12&columns=1000', 16, 12],
    ['rows=3', 4, 3],
    ['columns=4', 4, 3],
    ['region=0,0,0.5,0.5', 4, 3],
    ['region=0.5,0.5,1,1&rows=12&columns=100', 16, 12],
    ['region=0.25,0,0.5,1', 2, 6],
  ])('%s makes it %i x %i (9.5.2.4, 9.5.2.5)', async (query, width, height) => {
    const answer = await wado(await store(ramp), `contentType=image/png&${query}`);
    expect(await sharp(answer.body).metadata()).toMatchObject({ width, height });
  });

  it('shows the region that is asked for', async () => {
    const names = await store(ramp, { WindowCenter: '2350.5', WindowWidth: '4701' });
    const whole = await greys((await wado(names, 'contentType=image/png')).body);
    const part = await greys((await wado(names, 'contentType=image/png&region=0.25,0.5,0.5,1')).body);
    expect(part.values).toEqual([3, 4, 5].flatMap((y) => [2, 3].map((x) => whole.values[y * 8 + x])));
  });

  it.each([
    'rows=0',
    'columns=-4',
    'rows=x&columns=4',
    'region=0,0,1',
    'region=0,0,1,1,1',
    'region=0.5,0,0.5,1',
    'region=0,0,1.1,1',
    'region=-0.1,0,1,1',
    'region=a,b,c,d',
    'imageQuality=0',
    'imageQuality=101',
    'imageQuality=x',
    'annotation=',
    'imageAnnotation=%3Cb%3E',
  ])('%s is a 400 that names it', async (query) => {
    const answer = await wado(await store(ramp), query);
    expect(answer.status).toBe(400);
    expect(detailOf(answer).toLowerCase()).toContain(
      (query.split('=')[0] ?? '').toLowerCase().replace('image', ''),
    );
  });

  it('65535 x 65535 is refused before any work', async () => {
    expect([400, 413]).toContain((await wado(await store(ramp), 'rows=65535&columns=65535')).status);
  });

  it('is annotated where that is asked for, by either name', async () => {
    const names = await store({ rows: 256, columns: 256, pixelBytes: new Uint8Array(65536) });
    const light = async (query: string) =>
      (await greys((await wado(names, `contentType=image/png&${query}`)).body)).values.filter(
        (value) => value > 0,
      ).length;
    expect(await light('')).toBe(0);
    expect(await light('annotation=patient')).toBeGreaterThan(20);
    expect(await light('imageAnnotation=patient,technique')).toBeGreaterThan(20);
  });

  it('is worse where less quality is asked for', async () => {
    const names = await store({ rows: 128, columns: 128 });
    const size = async (quality: number) => (await wado(names, `imageQuality=${quality}`)).body.length;
    expect(await size(5)).toBeLessThan((await size(95)) / 2);
  });
});

describe('presentation states (9.5.1.2.7, 9.5.2.3)', () => {
  async function storeWithState(windowCenter: string) {
    const image = await store(ramp, { WindowCenter: '1', WindowWidth: '2' });
    const SOPClassUID = '1.2.840.10008.5.1.4.1.1.7';
    const reference = [
      { ReferencedSOPClassUID: SOPClassUID, ReferencedSOPInstanceUID: image.SOPInstanceUID },
    ];
    const names = { ...newNames(), StudyInstanceUID: image.StudyInstanceUID };
    const state = makeInstance({
      attributes: {
        ...names,
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.11.1',
        Modality: 'PR',
        PresentationLUTShape: 'IDENTITY',
        ReferencedSeriesSequence: [
          { SeriesInstanceUID: image.SeriesInstanceUID, ReferencedImageSequence: reference },
        ],
        SoftcopyVOILUTSequence: [{ WindowCenter: windowCenter, WindowWidth: '1000' }],
        DisplayedAreaSelectionSequence: [
          {
            DisplayedAreaTopLeftHandCorner: [1, 1],
            DisplayedAreaBottomRightHandCorner: [8, 6],
            PresentationSizeMode: 'SCALE TO FIT',
          },
        ],
      },
    });
    await storeAll(server, [state]);
    return {
      image,
      names,
      query: `presentationSeriesUID=${names.SeriesInstanceUID}&presentationUID=${names.SOPInstanceUID}`,
    };
  }

  const expected = (center: number) =>
    Array.from({ length: 48 }, (_, i) =>
      Math.min(255, Math.max(0, ((i * 100 - (center - 0.5)) / 999 + 0.5) * 255)),
    );

  function expectNear(values: readonly number[], wanted: readonly number[]): void {
    for (const [i, value] of wanted.entries())
      expect(Math.abs((values[i] ?? -9) - value)).toBeLessThanOrEqual(1);
  }

  it('an image is shown through one', async () => {
    const { image, query } = await storeWithState('2000');
    const { values } = await greys((await wado(image, `contentType=image/png&${query}`)).body);
    expectNear(values, expected(2000));
  });

  it('one by itself shows its image, here and as a rendered resource', async () => {
    const { names } = await storeWithState('3000');
    const path = `/dicom-web/studies/${names.StudyInstanceUID}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}/rendered`;
    const rendered = await request(server.url, path, { headers: { Accept: 'image/png' } });
    expect(rendered.status, rendered.text.slice(0, 200)).toBe(200);
    for (const body of [rendered.body, (await wado(names, 'contentType=image/png')).body]) {
      const { values } = await greys(body);
      expectNear(values, expected(3000));
    }
    for (const query of ['window=1,2,linear', 'viewport=4,4,1,1,2,2'])
      expect((await request(server.url, `${path}?${query}`)).status, query).toBe(400);
    expect((await request(server.url, `${path}?viewport=4,4`)).status).toBe(200);
  });

  it.each([
    ['only one of its UIDs', (uids: string) => uids.split('&')[0] ?? ''],
    ['a frame number', (uids: string) => `${uids}&frameNumber=1`],
    ['a window', (uids: string) => `${uids}&windowCenter=1&windowWidth=2`],
    ['one that is not there', () => 'presentationSeriesUID=1.2&presentationUID=1.3'],
    ['no UID', () => 'presentationSeriesUID=a&presentationUID=b'],
  ])('with %s: a 400', async (_, change) => {
    const { image, query } = await storeWithState('2000');
    expect((await wado(image, change(query))).status).toBe(400);
  });

  it('of another image: a 400', async () => {
    const { query } = await storeWithState('2000');
    expect((await wado(await store(ramp), query)).status).toBe(400);
  });

  it('whose images are all missing is a 404', async () => {
    const { names } = await storeWithState('2000');
    const lost = makeInstance({
      attributes: {
        ...newNames(),
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.11.1',
        StudyInstanceUID: names.StudyInstanceUID,
        SeriesInstanceUID: names.SeriesInstanceUID,
        SOPInstanceUID: `${names.SOPInstanceUID}.1`,
        ReferencedSeriesSequence: [],
      },
    });
    await storeAll(server, [lost]);
    expect((await wado({ ...names, SOPInstanceUID: `${names.SOPInstanceUID}.1` })).status).toBe(404);
  });
});
