import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { ramp } from './rendered-images.ts';
import { request, storeAll } from './requests.ts';
import { detailOf, newNames, storeNamed, wadoFrom } from './wado-requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const RLE = '1.2.840.10008.1.2.5';

const store = (...rest: Rest<typeof storeNamed>) => storeNamed(server, ...rest);
const wado = (...rest: Rest<typeof wadoFrom>) => wadoFrom(server, ...rest);

/** The parameters after the server. */
type Rest<F> = F extends (server: TestServer, ...rest: infer R) => unknown ? R : never;

describe('mandatory parameters (9.1.2.1)', () => {
  it.each([
    ['requestType', ''],
    ['requestType', 'requestType=MINT'],
    ['requestType', 'requestType=WADO&requestType=WADO'],
    ['studyUID', 'requestType=WADO&seriesUID=1.2&objectUID=1.3'],
    ['seriesUID', 'requestType=WADO&studyUID=1.2&objectUID=1.3'],
    ['objectUID', 'requestType=WADO&studyUID=1.2&seriesUID=1.3'],
    ['objectUID', 'requestType=WADO&studyUID=1.2&seriesUID=1.3&objectUID='],
    ['studyUID', "requestType=WADO&studyUID=1.2'--&seriesUID=1.3&objectUID=1.4"],
    ['seriesUID', 'requestType=WADO&studyUID=1.2&seriesUID=..%2F..%2Fx&objectUID=1.4'],
  ])('without a right %s: a 400 that names it (%s)', async (name, query) => {
    const answer = await request(server.url, `/wado?${query}`, { headers: { Accept: '*/*' } });
    expect(answer.status).toBe(400);
    expect(detailOf(answer)).toContain(name);
  });

  it('what is not there is a 404', async () => {
    const names = await store(ramp);
    expect((await wado({ ...names, SOPInstanceUID: '1.2.3' })).status).toBe(404);
    expect((await wado({ ...names, SeriesInstanceUID: '1.2.3' })).status).toBe(404);
    expect((await wado({ ...names, StudyInstanceUID: '1.2.3' })).status).toBe(404);
  });

  it('may come in any order, with unknown ones among them', async () => {
    const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = await store(ramp);
    const path = `/wado?foo=bar&objectUID=${SOPInstanceUID}&seriesUID=${SeriesInstanceUID}&studyUID=${StudyInstanceUID}&requestType=WADO`;
    expect((await request(server.url, path)).status).toBe(200);
    expect((await request(server.url, path, { method: 'POST' })).status).toBe(405);
  });
});

describe('the media type (9.1.2.2.1, 9.3)', () => {
  it.each([
    ['', '*/*', 'image/jpeg'],
    ['contentType=image/jpeg', '*/*', 'image/jpeg'],
    ['contentType=image/png', '*/*', 'image/png'],
    ['contentType=image/png', 'application/dicom', 'image/png'],
    ['contentType=image/tiff,image/png', '*/*', 'image/png'],
    ['contentType=image%2Fgif', '*/*', 'image/gif'],
    ['contentType=image/tiff', '*/*', 'image/jpeg'],
    ['', 'image/png', 'image/png'],
    ['', 'application/dicom', 'application/dicom'],
    ['contentType=application/dicom', '*/*', 'application/dicom'],
    ['contentType=application%2Fdicom', 'image/*', 'application/dicom'],
  ])('%s with Accept: %s is %s', async (query, accept, type) => {
    const answer = await wado(await store(ramp), query, accept);
    expect(answer.status, answer.text.slice(0, 200)).toBe(200);
    expect(answer.headers['content-type']).toBe(type);
  });

  it.each([
    ['contentType=application/dicom;transfer-syntax=1.2.840.10008.1.2.1', 400],
    ['contentType=text/html;charset=utf-8', 400],
    ['contentType=application/dicom,image/jpeg', 400],
    ['contentType=nonsense', 400],
    ['contentType=', 400],
  ])('%s is a %i', async (query, status) => {
    const answer = await wado(await store(ramp), query);
    expect(answer.status).toBe(status);
    expect(detailOf(answer)).toContain('contentType');
  });

  it('that cannot be had is a 406 that lists what can', async () => {
    const names = await store(ramp);
    for (const answer of [
      await wado(names, 'contentType=image/tiff', 'image/tiff'),
      await wado(names, '', 'text/html'),
      await wado(names, 'contentType=video/mp4', 'video/mp4'),
    ]) {
      expect(answer.status).toBe(406);
      expect(detailOf(answer)).toContain('application/dicom | image/jpeg'.split(' | ')[1]);
      expect(detailOf(answer)).toContain('application/dicom');
    }
  });

  it('of what has no picture and no text is application/dicom', async () => {
    const names = await store(undefined, { SOPClassUID: '1.2.840.10008.5.1.4.1.1.481.5' });
    expect((await wado(names)).headers['content-type']).toBe('application/dicom');
    expect((await wado(names, 'contentType=image/jpeg', 'image/jpeg')).status).toBe(406);
  });

  it('of a report is text/html, of a PDF application/pdf', async () => {
    const title = [{ CodeValue: '1', CodingSchemeDesignator: '99T', CodeMeaning: 'A report' }];
    const report = await store(undefined, {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.11',
      ValueType: 'CONTAINER',
      ConceptNameCodeSequence: title,
    });
    const page = await wado(report);
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain('<h1>A report</h1>');
    expect((await wado(report, 'contentType=text/plain')).headers['content-type']).toBe(
      'text/plain; charset=utf-8',
    );
    const pdf = await store(undefined, {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.104.1',
      EncapsulatedDocument: Buffer.from('%PDF-1.4 fake'),
      EncapsulatedDocumentLength: 13,
    });
    const document = await wado(pdf);
    expect([document.headers['content-type'], document.text]).toEqual(['application/pdf', '%PDF-1.4 fake']);
  });

  it('takes a charset that is UTF-8, and no other', async () => {
    const names = await store(ramp);
    expect((await wado(names, 'charset=utf-8')).status).toBe(200);
    expect((await wado(names, 'charset=ISO-8859-1')).status).toBe(406);
  });
});

describe('Retrieve DICOM Instance (9.4)', () => {
  /** (0002,0010) of a Part 10 file. */
  function transferSyntaxIn(body: Buffer): string {
    const at = body.indexOf(Buffer.from([0x02, 0x00, 0x10, 0x00, 0x55, 0x49]));
    return body
      .subarray(at + 8, at + 8 + body.readUInt16LE(at + 6))
      .toString('latin1')
      .replace(/\0+$/, '');
  }

  it('is Explicit VR Little Endian where nothing is said', async () => {
    const names = await store(ramp, {}, IMPLICIT);
    const answer = await wado(names, 'contentType=application/dicom');
    expect(answer.headers['content-type']).toBe('application/dicom');
    expect(answer.body.subarray(128, 132).toString()).toBe('DICM');
    expect(transferSyntaxIn(answer.body)).toBe(EXPLICIT);
  });

  it('is as stored with transferSyntax=*, byte for byte, and in ranges', async () => {
    const bytes = makeInstance({ transferSyntaxUID: IMPLICIT, attributes: { ...newNames() }, image: ramp });
    const names = newNames();
    const instance = makeInstance({ transferSyntaxUID: IMPLICIT, attributes: { ...names }, image: ramp });
    await storeAll(server, [instance, bytes]);
    const answer = await wado(names, 'contentType=application/dicom&transferSyntax=*');
    expect(answer.body.equals(Buffer.from(instance))).toBe(true);
    expect(answer.headers['content-length']).toBe(String(instance.length));
    const part = await wado(names, 'contentType=application/dicom&transferSyntax=*', '*/*', {
      Range: 'bytes=128-131',
    });
    expect([part.status, part.text]).toEqual([206, 'DICM']);
  });

  it('is in the transfer syntax that is asked for', async () => {
    const names = await store(ramp);
    const answer = await wado(names, `contentType=application/dicom&transferSyntax=${RLE}`);
    expect(answer.status, answer.text.slice(0, 200)).toBe(200);
    expect(transferSyntaxIn(answer.body)).toBe(RLE);
  });

  it.each([
    ['x', 400],
    [`${EXPLICIT},${RLE}`, 400],
    [`${EXPLICIT}&transferSyntax=${RLE}`, 400],
    ['1.2.3.4.5', 406],
    ['1.2.840.10008.1.2.4.100', 406],
  ])('transferSyntax=%s is a %i', async (uid, status) => {
    const answer = await wado(await store(ramp), `contentType=application/dicom&transferSyntax=${uid}`);
    expect(answer.status).toBe(status);
    if (status === 406) expect(detailOf(answer)).toContain(EXPLICIT);
  });

  it.each([
    'windowCenter=40&windowWidth=400',
    'rows=10&columns=10',
    'region=0,0,1,1',
    'imageQuality=5',
    'annotation=patient',
  ])('goes with none of the parameters of rendering: %s', async (query) => {
    const answer = await wado(await store(ramp), `contentType=application/dicom&${query}`);
    expect(answer.status).toBe(400);
    expect(detailOf(answer)).toContain(query.split('=')[0]);
  });

  it('is never given as anonymous when it is not', async () => {
    const names = await store(ramp);
    for (const type of ['application/dicom', 'image/jpeg']) {
      expect((await wado(names, `contentType=${type}&anonymize=yes`)).status).toBe(501);
      expect((await wado(names, `contentType=${type}&anonymize=no`)).status).toBe(400);
    }
  });

  it('has an ETag', async () => {
    const names = await store(ramp);
    const { etag = '' } = (await wado(names, 'contentType=application/dicom')).headers;
    const again = await wado(names, 'contentType=application/dicom', '*/*', { 'If-None-Match': etag });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });
});
