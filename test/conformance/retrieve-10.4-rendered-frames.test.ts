import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { parseMultipart } from './multipart.ts';
import { greys, storeImage } from './rendered-images.ts';
import { get } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

describe('frames', () => {
  const cine = {
    rows: 4,
    columns: 6,
    frames: 3,
    pixelBytes: new Uint8Array([...Array(72).keys()].map((i) => Math.floor(i / 24) * 100)),
  };
  const windowed = { WindowCenter: '128', WindowWidth: '256', FrameTime: '40' };

  it('of several the one that is asked for', async () => {
    const path = await storeImage(server, cine, windowed);
    for (const frame of [1, 2, 3]) {
      const { values } = await greys(
        (await get(server, `${path}/frames/${frame}/rendered`, 'image/png')).body,
      );
      expect(values[0]).toBe((frame - 1) * 100);
    }
  });

  it('several come in parts, in the order that was asked for', async () => {
    const path = await storeImage(server, cine, windowed);
    for (const accept of [undefined, 'image/jpeg', 'multipart/related; type="image/jpeg"']) {
      const answer = await get(server, `${path}/frames/3,1/rendered`, accept);
      const parts = parseMultipart(answer.headers['content-type'] ?? '', answer.body);
      expect(answer.headers['content-type']).toContain('type="image/jpeg"');
      expect(parts.map(({ headers }) => headers['content-type'])).toEqual(['image/jpeg', 'image/jpeg']);
      expect(parts.map(({ headers }) => headers['content-location'])).toEqual([
        `${server.dicomweb}${path}/frames/3/rendered`,
        `${server.dicomweb}${path}/frames/1/rendered`,
      ]);
      const [third, first] = await Promise.all(parts.map(({ body }) => greys(body)));
      expect([third?.values[0], first?.values[0]]).toEqual([200, 0]);
    }
  });

  it.each([
    ['image/gif', 'gif'],
    ['image/webp', 'webp'],
  ])('several are one animation where %s is asked for', async (accept, format) => {
    const path = await storeImage(server, cine, windowed);
    for (const [resource, pages] of [
      ['frames/1,3/rendered', 2],
      ['rendered', 3],
    ] as const) {
      const answer = await get(server, `${path}/${resource}`, accept);
      expect(answer.headers['content-type']).toBe(accept);
      const metadata = await sharp(answer.body, { animated: true }).metadata();
      expect(metadata).toMatchObject({ format, pages, width: 6, pageHeight: 4, loop: 0 });
      expect(metadata.delay).toEqual(Array(pages).fill(40));
      const { values } = await greys(
        await sharp(answer.body, { page: pages - 1 })
          .png()
          .toBuffer(),
      );
      expect(Math.abs((values[0] ?? 0) - 200)).toBeLessThanOrEqual(accept === 'image/gif' ? 0 : 4);
    }
  });

  it('of the whole instance one image is the first frame, parts are all', async () => {
    const path = await storeImage(server, cine, windowed);
    for (const accept of [undefined, 'image/*', 'image/png']) {
      const answer = await get(server, `${path}/rendered`, accept);
      expect(answer.headers['content-type']).toBe(accept === 'image/png' ? 'image/png' : 'image/jpeg');
      expect((await greys(answer.body)).values[0]).toBe(0);
    }
    const answer = await get(server, `${path}/rendered`, 'multipart/related; type="image/png"');
    const parts = parseMultipart(answer.headers['content-type'] ?? '', answer.body);
    const pictures = await Promise.all(parts.map(({ body }) => greys(body)));
    expect(pictures.map(({ values }) => values[0])).toEqual([0, 100, 200]);
  });

  it.each([
    ['0', 400],
    ['x', 400],
    ['1000000000', 400],
    [Array(10_001).fill('1').join(), 400],
    ['4', 404],
    ['1,999999999', 404],
  ])('a list that cannot be had is refused: %s', async (list, status) => {
    const path = await storeImage(server, cine);
    expect((await get(server, `${path}/frames/${list}/rendered`)).status).toBe(status);
    expect((await get(server, `${path}/frames/${list}/thumbnail`)).status).toBe(status);
  });

  it('too many for an animation are a 413, and still come in parts', async () => {
    const path = await storeImage(server, { rows: 1, columns: 1, frames: 1200 });
    expect((await get(server, `${path}/rendered`, 'image/gif')).status).toBe(413);
    expect((await get(server, `${path}/rendered`, 'image/webp, image/*')).headers['content-type']).toBe(
      'image/jpeg',
    );
  });
});
