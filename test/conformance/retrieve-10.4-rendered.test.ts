import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attributes, type ImageOptions, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { greys, ramp, storeImage } from './rendered-images.ts';
import { get, request, storeAll } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const H264 = '1.2.840.10008.1.2.4.102';

describe('an image', () => {
  it.each([
    [undefined, 'image/jpeg', 'jpeg'],
    ['*/*', 'image/jpeg', 'jpeg'],
    ['image/*', 'image/jpeg', 'jpeg'],
    ['image/jpeg', 'image/jpeg', 'jpeg'],
    ['image/png', 'image/png', 'png'],
    ['image/gif', 'image/gif', 'gif'],
    ['image/webp', 'image/webp', 'webp'],
    ['image/jpeg;q=0.5, image/png', 'image/png', 'png'],
    ['image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', 'image/webp', 'webp'],
  ])('with Accept %s comes as %s', async (accept, type, format) => {
    const path = await storeImage(server, ramp);
    for (const resource of ['rendered', 'frames/1/rendered']) {
      const answer = await get(server, `${path}/${resource}`, accept);
      expect(answer.status, answer.text.slice(0, 200)).toBe(200);
      expect(answer.headers['content-type']).toBe(type);
      expect(answer.headers['content-disposition']).toBe('inline');
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(await sharp(answer.body).metadata()).toMatchObject({ format, width: 8, height: 6 });
    }
  });

  it.each([
    ['image/jp2', '0000000c6a502020'],
    ['image/jphc', 'ff4fff51'],
  ])('comes as %s, which begins as its standard says', async (type, signature) => {
    const path = await storeImage(server, { rows: 64, columns: 64 });
    const answer = await get(server, `${path}/rendered`, type);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, type]);
    expect(answer.body.toString('hex', 0, signature.length / 2)).toBe(signature);
  });

  it('takes the accept parameter before the header (8.3.3.1)', async () => {
    const path = await storeImage(server, ramp);
    const answer = await get(server, `${path}/rendered?accept=image/png`, 'image/jpeg, */*;q=0.1');
    expect(answer.headers['content-type']).toBe('image/png');
  });

  it('has the grey values that its window gives (PS3.3 C.11.2.1.2)', async () => {
    const path = await storeImage(server, ramp, { WindowCenter: '2000', WindowWidth: '1000' });
    const { values } = await greys((await get(server, `${path}/rendered`, 'image/png')).body);
    values.forEach((value, i) => {
      const y = ((i * 100 - 1999.5) / 999 + 0.5) * 255;
      expect(Math.abs(value - Math.min(255, Math.max(0, y)))).toBeLessThanOrEqual(1);
    });
  });

  it.each([
    ['2000,1000,linear', (x: number) => ((x - 1999.5) / 999 + 0.5) * 255],
    ['2000,1000,linear-exact', (x: number) => ((x - 2000) / 1000 + 0.5) * 255],
    ['2000,1000,sigmoid', (x: number) => 255 / (1 + Math.exp((-4 * (x - 2000)) / 1000))],
    ['-5.5,1e4,linear', (x: number) => ((x + 6) / 9999 + 0.5) * 255],
  ])('window=%s goes before its own window (8.3.5.1.4)', async (window, expected) => {
    const path = await storeImage(server, ramp, { WindowCenter: '1', WindowWidth: '2' });
    const { values } = await greys(
      (await get(server, `${path}/rendered?window=${window}`, 'image/png')).body,
    );
    values.forEach((value, i) => {
      expect(Math.abs(value - Math.min(255, Math.max(0, expected(i * 100))))).toBeLessThanOrEqual(1.5);
    });
  });

  it.each([
    ['16,16', 16, 12],
    ['4,4', 4, 3],
    ['100,12', 16, 12],
    ['4,3,0,0,4,3', 4, 3],
    ['16,16,,,4,4', 16, 16],
    ['8,8,4', 5, 8],
    ['8,6,2,1,-4,-3', 8, 6],
  ])('viewport=%s makes it %i x %i, its shape kept (8.3.5.1.3)', async (viewport, width, height) => {
    const path = await storeImage(server, ramp);
    const answer = await get(server, `${path}/rendered?viewport=${viewport}`, 'image/png');
    expect(await sharp(answer.body).metadata()).toMatchObject({ width, height });
  });

  it('is cropped and flipped as the viewport says', async () => {
    const path = await storeImage(server, ramp, { WindowCenter: '2350.5', WindowWidth: '4701' });
    const of = async (query: string) =>
      (await greys((await get(server, `${path}/rendered${query}`, 'image/png')).body)).values;
    const whole = await of('');
    const at = (x: number, y: number) => whole[y * 8 + x];
    expect(await of('?viewport=3,2,2,1,3,2')).toEqual([
      at(2, 1),
      at(3, 1),
      at(4, 1),
      at(2, 2),
      at(3, 2),
      at(4, 2),
    ]);
    expect(await of('?viewport=3,2,2,1,-3,2')).toEqual([
      at(4, 1),
      at(3, 1),
      at(2, 1),
      at(4, 2),
      at(3, 2),
      at(2, 2),
    ]);
    expect(await of('?viewport=3,2,2,1,3,-2')).toEqual([
      at(2, 2),
      at(3, 2),
      at(4, 2),
      at(2, 1),
      at(3, 1),
      at(4, 1),
    ]);
  });

  it('is smaller and worse where less quality is asked for (8.3.5.1.2)', async () => {
    const noise = { rows: 128, columns: 128 };
    const path = await storeImage(server, noise);
    const size = async (quality: number) =>
      (await get(server, `${path}/rendered?quality=${quality}`, 'image/jpeg')).body.length;
    expect(await size(5)).toBeLessThan((await size(95)) / 2);
  });

  it('names the patient only where that is asked for (8.3.5.1.1)', async () => {
    const path = await storeImage(server, { rows: 256, columns: 256, pixelBytes: new Uint8Array(65536) });
    const light = async (query: string) =>
      (await greys((await get(server, `${path}/rendered${query}`, 'image/png')).body)).values.filter(
        (v) => v > 0,
      ).length;
    expect(await light('')).toBe(0);
    expect(await light('?annotation=patient')).toBeGreaterThan(20);
  });

  it('leaves out annotations that it does not know, and says so', async () => {
    const path = await storeImage(server, ramp);
    const answer = await get(server, `${path}/rendered?annotation=heartbeat`);
    expect(answer.status).toBe(200);
    expect(answer.headers.warning).toContain(
      '299 isocenter "The following annotation values are not supported: heartbeat"',
    );
  });

  it('has a strong ETag over what it shows and how', async () => {
    const path = await storeImage(server, ramp);
    const tag = async (query = '', accept = 'image/png') =>
      (await get(server, `${path}/rendered${query}`, accept)).headers.etag ?? '';
    const first = await tag();
    expect(first).toMatch(/^"/);
    expect(await tag()).toBe(first);
    const others = [await tag('?quality=3'), await tag('?viewport=4,4'), await tag('', 'image/jpeg')];
    expect(new Set([first, ...others]).size).toBe(4);
    const again = await request(server.url, `/dicom-web${path}/rendered`, {
      headers: { Accept: 'image/png', 'If-None-Match': first },
    });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect(again.headers['cache-control']).toContain('private');
  });

  it('answers HEAD without a body', async () => {
    const path = await storeImage(server, ramp);
    const answer = await request(server.url, `/dicom-web${path}/rendered`, { method: 'HEAD' });
    expect([answer.status, answer.headers['content-type'], answer.body.length]).toEqual([
      200,
      'image/jpeg',
      0,
    ]);
  });
});

describe('what cannot be rendered', () => {
  it.each<[string, Attributes, ImageOptions | undefined]>([
    [
      'an image of a photometric interpretation that is unknown',
      { PhotometricInterpretation: 'NEBULA' },
      ramp,
    ],
    [
      'a palette image without a palette',
      { PhotometricInterpretation: 'PALETTE COLOR' },
      { rows: 4, columns: 4 },
    ],
  ])('%s is a 406 that says why', async (_, attributes, image) => {
    const path = await storeImage(server, image ?? {}, attributes);
    const answer = await get(server, `${path}/rendered`);
    expect(answer.status, answer.text).toBe(406);
    expect(JSON.parse(answer.text).detail).toContain('application/dicom');
  });

  it('a broken frame is a 406, and no picture', async () => {
    const jpeg = '1.2.840.10008.1.2.4.50';
    const path = await storeImage(server, { frames: 1, fragments: [new Uint8Array(200)] }, {}, jpeg);
    const answer = await get(server, `${path}/rendered`);
    expect(answer.status).toBe(406);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect([answer.headers.etag, answer.headers['content-disposition']]).toEqual([undefined, undefined]);
  });

  it('a waveform, a plan or a mesh is a 406', async () => {
    for (const SOPClassUID of [
      '1.2.840.10008.5.1.4.1.1.9.1.1',
      '1.2.840.10008.5.1.4.1.1.481.5',
      '1.2.840.10008.5.1.4.1.1.104.3',
    ]) {
      const names = {
        StudyInstanceUID: testUid(),
        SeriesInstanceUID: testUid(),
        SOPInstanceUID: testUid(),
        SOPClassUID,
      };
      await storeAll(server, [makeInstance({ attributes: names })]);
      const path = `/studies/${names.StudyInstanceUID}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}`;
      const answer = await get(server, `${path}/rendered`);
      expect(answer.status).toBe(406);
      expect(JSON.parse(answer.text).detail).toContain('application/dicom');
    }
  });

  it('nothing there is a 404', async () => {
    for (const path of ['/studies/1.2', '/studies/1.2/series/1.3', '/studies/1.2/series/1.3/instances/1.4']) {
      for (const resource of ['rendered', 'thumbnail'])
        expect((await get(server, `${path}/${resource}`)).status, path).toBe(404);
    }
    expect((await get(server, '/studies/x/rendered')).status).toBe(400);
  });

  it('65535 x 65535 pixels of which none are there are refused without being made', async () => {
    const huge = {
      Rows: 65535,
      Columns: 65535,
      NumberOfFrames: 1000,
      SamplesPerPixel: 3,
      PhotometricInterpretation: 'RGB',
    };
    const path = await storeImage(server, { rows: 4, columns: 4 }, huge);
    const before = process.memoryUsage().rss;
    const answer = await get(server, `${path}/rendered`);
    expect([404, 406, 413]).toContain(answer.status);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
  });
});

describe('a video', () => {
  const film = Buffer.concat([
    Buffer.from('\0\0\0\x18ftypmp42'),
    Buffer.alloc(1000, 7),
    Buffer.from('ends here'),
  ]);
  const store = () =>
    storeImage(server, { frames: 25, fragments: [film.subarray(0, 500), film.subarray(500)] }, {}, H264);

  it('comes as it is stored, whole and in ranges', async () => {
    const path = await store();
    const whole = await get(server, `${path}/rendered`);
    expect([whole.status, whole.headers['content-type'], whole.headers['accept-ranges']]).toEqual([
      200,
      'video/mp4',
      'bytes',
    ]);
    expect(whole.body.subarray(0, film.length).equals(film)).toBe(true);
    const part = await request(server.url, `/dicom-web${path}/rendered`, {
      headers: { Range: 'bytes=490-520', Accept: 'video/*' },
    });
    expect(part.status).toBe(206);
    expect(part.body.equals(film.subarray(490, 521))).toBe(true);
  });

  it.each(['image/jpeg', 'video/mpeg', 'text/html'])(
    '%s of it is a 406 that lists video/mp4',
    async (accept) => {
      const answer = await get(server, `${await store()}/rendered`, accept);
      expect(answer.status).toBe(406);
      expect(JSON.parse(answer.text).detail).toContain('video/mp4');
    },
  );

  it('has no frames to render one by one', async () => {
    const answer = await get(server, `${await store()}/frames/1/rendered`);
    expect([404, 406]).toContain(answer.status);
  });
});
