import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attributes, type ImageOptions, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { type Answer, request, storeAll } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const RLE = '1.2.840.10008.1.2.5';

interface Names {
  StudyInstanceUID: string;
  SeriesInstanceUID: string;
  SOPInstanceUID: string;
}

const newNames = (): Names => ({
  StudyInstanceUID: testUid(),
  SeriesInstanceUID: testUid(),
  SOPInstanceUID: testUid(),
});

async function store(
  image: ImageOptions | undefined,
  attributes: Attributes = {},
  transferSyntaxUID = EXPLICIT,
) {
  const names = newNames();
  const bytes = makeInstance({
    transferSyntaxUID,
    attributes: { ...names, ...attributes },
    ...(image && { image }),
  });
  await storeAll(server, [bytes]);
  return { ...names, ...attributes } as Names;
}

/** GET /wado of an instance, with more parameters. */
function wado(
  names: Names,
  query = '',
  accept = '*/*',
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = names;
  const path = `/wado?requestType=WADO&studyUID=${StudyInstanceUID}&seriesUID=${SeriesInstanceUID}&objectUID=${SOPInstanceUID}${query === '' ? '' : `&${query}`}`;
  return request(server.url, path, { headers: { Accept: accept, ...headers } });
}

const detailOf = (answer: Answer) => String(JSON.parse(answer.text).detail);

async function greys(body: Buffer): Promise<{ width: number; height: number; values: number[] }> {
  const { data, info } = await sharp(body).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  const values = Array.from({ length: info.width * info.height }, (_, i) => data[i * info.channels] ?? -1);
  return { width: info.width, height: info.height, values };
}

/** 8 x 6 pixels of 16 bits: 0, 100, 200, … */
const ramp: ImageOptions = {
  rows: 6,
  columns: 8,
  bitsAllocated: 16,
  pixelBytes: new Uint8Array(Uint16Array.from({ length: 48 }, (_, i) => i * 100).buffer),
};
const cine: ImageOptions = {
  rows: 4,
  columns: 6,
  frames: 3,
  pixelBytes: Uint8Array.from({ length: 72 }, (_, i) => Math.floor(i / 24) * 100),
};
const WIDE = { WindowCenter: '128', WindowWidth: '256' };

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
