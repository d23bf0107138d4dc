import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { ramp, storeImage } from './rendered-images.ts';
import { get } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

describe('parameters that make no sense', () => {
  it.each([
    'viewport=',
    'viewport=0,0',
    'viewport=8',
    'viewport=a,b',
    'viewport=8,8,0,0,0,0',
    'viewport=8,8,1,2,3,4,5',
    'viewport=8.5,8',
    'viewport=-8,8',
    'window=40,400',
    'window=40',
    'window=,,linear',
    'window=40,0,linear',
    'window=40,400,cubic',
    'window=1e999,400,linear',
    'window=40,400,linear,5',
    'quality=0',
    'quality=101',
    'quality=high',
    'quality=',
    'annotation=',
    'annotation=%3Cscript%3E',
    'iccprofile=cmyk',
    'viewport=8,8&viewport=9,9',
  ])('%s is a 400 that names it', async (query) => {
    const path = await storeImage(server, ramp);
    const answer = await get(server, `${path}/rendered?${query}`);
    expect(answer.status, answer.text.slice(0, 200)).toBe(400);
    expect(JSON.parse(answer.text).detail).toContain(query.split('=')[0]);
    expect(answer.text).not.toContain('<script');
  });

  it('unknown ones are ignored (8.3.1)', async () => {
    const path = await storeImage(server, ramp);
    expect((await get(server, `${path}/rendered?rotate=90&x=%00`)).status).toBe(200);
  });

  it.each(['viewport=65535,65535', 'viewport=999999999,999999999', 'viewport=65535,65535,0,0,1,1'])(
    '%s is refused before any work',
    async (query) => {
      const path = await storeImage(server, ramp);
      const answer = await get(server, `${path}/rendered?${query}`);
      expect([400, 413]).toContain(answer.status);
    },
  );

  it('a colour profile in a GIF is a 400 (8.3.5.1.5)', async () => {
    const path = await storeImage(server, ramp);
    expect((await get(server, `${path}/rendered?iccprofile=yes`, 'image/gif')).status).toBe(400);
    expect((await get(server, `${path}/rendered?iccprofile=no`, 'image/gif')).status).toBe(200);
  });

  it('media types of two categories are a 400 (8.7.5)', async () => {
    const path = await storeImage(server, ramp);
    expect((await get(server, `${path}/rendered`, 'application/dicom, image/jpeg')).status).toBe(400);
  });

  it.each([
    'application/dicom',
    'image/tiff',
    'text/html',
    'video/mp4',
    'multipart/related; type="application/dicom"',
  ])('%s is a 406 that lists what could be had', async (accept) => {
    const path = await storeImage(server, ramp);
    const answer = await get(server, `${path}/rendered`, accept);
    expect(answer.status).toBe(406);
    expect(JSON.parse(answer.text).detail).toContain('image/jpeg');
    expect(JSON.parse(answer.text).detail).toContain('image/png');
  });
});
