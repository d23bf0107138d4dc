import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Attributes, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { hasSharedFiles, sharedPath, storeShared } from './rendered-files.ts';
import { type Answer, get, request, storeAll } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const SR = '1.2.840.10008.5.1.4.1.1.88.11';
const PDF = '1.2.840.10008.5.1.4.1.1.104.1';
const CDA = '1.2.840.10008.5.1.4.1.1.104.2';

/** Stores an instance without pixels; answers its path. */
async function store(attributes: Attributes): Promise<string> {
  const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
  await storeAll(server, [makeInstance({ attributes: { ...names, ...attributes } })]);
  return `/studies/${names.StudyInstanceUID}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}`;
}

const code = (CodeMeaning: string) => [{ CodeValue: 'C', CodingSchemeDesignator: '99T', CodeMeaning }];
const EVIL = '<script>alert(1)</script>';

function report(text = 'No fracture.'): Attributes {
  const finding = {
    RelationshipType: 'CONTAINS',
    ValueType: 'TEXT',
    ConceptNameCodeSequence: code('Finding'),
    TextValue: text,
  };
  return {
    SOPClassUID: SR,
    Modality: 'SR',
    ValueType: 'CONTAINER',
    ConceptNameCodeSequence: code('Radiology report'),
    CompletionFlag: 'COMPLETE',
    VerificationFlag: 'UNVERIFIED',
    ContentSequence: [finding],
  };
}

function policyOf(answer: Answer): string {
  return String(answer.headers['content-security-policy']);
}

describe('a structured report', () => {
  it.each([
    [undefined, 'text/html; charset=utf-8'],
    ['*/*', 'text/html; charset=utf-8'],
    ['text/*', 'text/html; charset=utf-8'],
    ['text/html', 'text/html; charset=utf-8'],
    ['text/plain', 'text/plain; charset=utf-8'],
    ['text/xml', 'text/xml; charset=utf-8'],
    ['text/rtf', 'text/rtf'],
    ['text/html;q=0.2, text/plain', 'text/plain; charset=utf-8'],
  ])('with Accept %s comes as %s', async (accept, type) => {
    const answer = await get(server, `${await store(report())}/rendered`, accept);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, type]);
    expect(answer.text).toContain('No fracture.');
    expect(answer.headers['content-length']).toBe(String(answer.body.length));
  });

  it.each(['image/jpeg', 'application/pdf', 'application/dicom', 'video/mp4'])(
    '%s of it is a 406 that lists what could be had',
    async (accept) => {
      const answer = await get(server, `${await store(report())}/rendered`, accept);
      expect(answer.status).toBe(406);
      for (const type of ['text/html', 'text/plain', 'text/xml', 'text/rtf'])
        expect(JSON.parse(answer.text).detail).toContain(type);
    },
  );

  it('can run nothing, whatever a sender wrote into it', async () => {
    const path = await store({
      ...report(`${EVIL}\r\n" onload="x`),
      PatientName: EVIL,
      PatientID: `'${EVIL}`,
      StudyDescription: EVIL,
    });
    const answer = await get(server, `${path}/rendered`, 'text/html');
    const { document } = new JSDOM(answer.text).window;
    expect(document.querySelectorAll('script, iframe, object, embed, form, link, img').length).toBe(0);
    for (const element of document.querySelectorAll('*'))
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on|^style$/);
    expect(document.querySelector('dd')?.textContent).toContain('<script>');
    expect(policyOf(answer)).toContain("default-src 'none'");
    expect(policyOf(answer)).toContain('sandbox');
    expect(policyOf(answer)).not.toContain('allow-scripts');
    expect(policyOf(answer)).not.toContain("'unsafe-inline'");
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['content-disposition']).toBe('inline');
  });

  it('links to the images that its evidence names', async () => {
    const [study, series, image] = [testUid(), testUid(), testUid()];
    const reference = { ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.2', ReferencedSOPInstanceUID: image };
    const path = await store({
      ...report(),
      ContentSequence: [
        {
          RelationshipType: 'CONTAINS',
          ValueType: 'IMAGE',
          ConceptNameCodeSequence: code('Key image'),
          ReferencedSOPSequence: [reference],
        },
      ],
      CurrentRequestedProcedureEvidenceSequence: [
        {
          StudyInstanceUID: study,
          ReferencedSeriesSequence: [{ SeriesInstanceUID: series, ReferencedSOPSequence: [reference] }],
        },
      ],
    });
    const { document } = new JSDOM((await get(server, `${path}/rendered`)).text).window;
    const link = document.querySelector('main a')?.getAttribute('href');
    expect(link).toBe(`${server.dicomweb}/studies/${study}/series/${series}/instances/${image}/rendered`);
  });

  it('has an ETag, ranges, and a body only where one is asked for', async () => {
    const path = `/dicom-web${await store(report())}/rendered`;
    const whole = await request(server.url, path);
    const { etag = '' } = whole.headers;
    expect((await request(server.url, path, { headers: { 'If-None-Match': etag } })).status).toBe(304);
    const part = await request(server.url, path, { headers: { Range: 'bytes=0-14' } });
    expect([part.status, part.text]).toEqual([206, '<!DOCTYPE html>']);
    const head = await request(server.url, path, { method: 'HEAD' });
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([
      200,
      0,
      String(whole.body.length),
    ]);
  });

  it('whose content is missing is a 406', async () => {
    const answer = await get(server, `${await store({ SOPClassUID: SR })}/rendered`);
    expect(answer.status).toBe(406);
  });

  it('is never taken for UTF-8 when it was stored as something else', async () => {
    const latin = makeInstance({
      attributes: {
        ...report('Größe über 5 cm'),
        SpecificCharacterSet: 'ISO_IR 100',
        StudyInstanceUID: testUid(),
        SeriesInstanceUID: '1.2.3.4',
        SOPInstanceUID: '1.2.3.5.1',
      },
      encodeText: (text) => Buffer.from(text, 'latin1'),
    });
    await storeAll(server, [latin]);
    const answer = await request(
      server.url,
      `/dicom-web/instances?SOPInstanceUID=1.2.3.5.1&includefield=all`,
    );
    const [found] = JSON.parse(answer.text);
    const path = `/studies/${found['0020000D'].Value[0]}/series/1.2.3.4/instances/1.2.3.5.1`;
    for (const accept of ['text/html', 'text/plain', 'text/xml'])
      expect((await get(server, `${path}/rendered`, accept)).text).toContain('Größe über 5 cm');
  });
});

describe('an encapsulated document', () => {
  const wrapped = (sopClass: string, type: string, content: Buffer, length?: number): Attributes => ({
    SOPClassUID: sopClass,
    MIMETypeOfEncapsulatedDocument: type,
    EncapsulatedDocument: content,
    EncapsulatedDocumentLength: length,
  });
  const pdf = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(5000, 'x'), Buffer.from('\n%%EOF')]);

  it.each([
    ['with its length', pdf.length],
    ['without one', undefined],
  ])('as PDF comes as stored, less the padding, %s', async (_, length) => {
    expect(pdf.length % 2).toBe(1);
    const answer = await get(server, `${await store(wrapped(PDF, 'application/pdf', pdf, length))}/rendered`);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/pdf']);
    expect(answer.body.equals(pdf)).toBe(true);
    expect(answer.headers['content-disposition']).toBe('inline');
    expect(policyOf(answer)).toContain("default-src 'none'");
  });

  it('as PDF comes in ranges, and in no other type', async () => {
    const path = await store(wrapped(PDF, 'application/pdf', pdf, pdf.length));
    const part = await request(server.url, `/dicom-web${path}/rendered`, { headers: { Range: 'bytes=-5' } });
    expect([part.status, part.text]).toEqual([206, '%%EOF']);
    for (const accept of ['text/html', 'image/png']) {
      const answer = await get(server, `${path}/rendered`, accept);
      expect(answer.status).toBe(406);
      expect(JSON.parse(answer.text).detail).toContain('application/pdf');
    }
  });

  it('is what its class says, not what a sender calls it', async () => {
    const answer = await get(server, `${await store(wrapped(PDF, 'text/html', Buffer.from(EVIL)))}/rendered`);
    expect(answer.headers['content-type']).toBe('application/pdf');
  });

  const cda = Buffer.from(
    `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="http://elsewhere/x.xsl"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title>Letter ${EVIL.replace(/</g, '&lt;')}</title><component><structuredBody><component><section><title>Findings</title><text><paragraph>All well.</paragraph><script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script></text></section></component></structuredBody></component></ClinicalDocument>`,
  );

  it('as CDA comes as a page, as text, and as it is stored', async () => {
    const path = await store(wrapped(CDA, 'text/xml', cda));
    const page = await get(server, `${path}/rendered`);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const { document } = new JSDOM(page.text).window;
    expect(document.querySelectorAll('script').length).toBe(0);
    expect(document.querySelector('main p')?.textContent).toBe('All well.');
    const text = await get(server, `${path}/rendered`, 'text/plain');
    expect(text.text).toContain('Findings\nAll well.');
    const xml = await get(server, `${path}/rendered`, 'text/xml');
    expect([xml.headers['content-type'], xml.body.equals(cda)]).toEqual(['text/xml', true]);
    expect(policyOf(xml)).toContain('sandbox');
  });

  it('as CDA that asks for entities or is none is a 406, and reads nothing', async () => {
    const entity = Buffer.from(
      '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><ClinicalDocument>&e;</ClinicalDocument>',
    );
    for (const content of [entity, Buffer.from('<html/>'), Buffer.from('not xml at all')]) {
      const answer = await get(server, `${await store(wrapped(CDA, 'text/xml', content))}/rendered`);
      expect(answer.status).toBe(406);
      expect(answer.text).not.toContain('root:');
    }
  });

  it('as a mesh is a 406', async () => {
    const stl = wrapped('1.2.840.10008.5.1.4.1.1.104.3', 'model/stl', Buffer.alloc(84));
    expect((await get(server, `${await store(stl)}/rendered`)).status).toBe(406);
  });
});

describe.runIf(hasSharedFiles)('documents by other people', () => {
  const reports = [
    'sr/dicom-test-files/reportsi.dcm',
    'sr/dicom-test-files/test-SR.dcm',
    'sr/dcmjs/sample-sr.dcm',
    'sr/dcmqi/sr.dcm',
    'sr/dicomparser/report_dfl',
    'sr/dwv/tid1500-0-sr-roi.dcm',
    'sr/highdicom/sr_document.dcm',
  ];

  it.each(reports)('%s says as text what DCMTK reads in it', async (file) => {
    const { path } = await storeShared(server, file);
    const [page, text] = [
      await get(server, `${path}/rendered`, 'text/html'),
      await get(server, `${path}/rendered`, 'text/plain'),
    ];
    expect([page.status, text.status]).toEqual([200, 200]);
    const shown = new JSDOM(page.text).window.document.body.textContent ?? '';
    const squeezed = (words: string) => words.replace(/\s+/g, '');
    const values = valuesByDcmtk(file);
    for (const value of values) {
      expect(squeezed(shown), value).toContain(squeezed(value));
      expect(squeezed(text.text), value).toContain(squeezed(value));
    }
  });

  it('a real PDF is the bytes that DCMTK takes out of it', async () => {
    const { path } = await storeShared(server, 'misc/orthanc-tests/sample-pdf.dcm');
    const { body } = await get(server, `${path}/rendered`);
    expect(body.subarray(0, 5).toString()).toBe('%PDF-');
    if (!inject('hasDcmtk')) return;
    const folder = mkdtempSync(join(tmpdir(), 'isocenter-pdf-'));
    spawnSync('dcm2pdf', [sharedPath('misc/orthanc-tests/sample-pdf.dcm'), join(folder, 'out.pdf')]);
    const expected = readFileSync(join(folder, 'out.pdf'));
    rmSync(folder, { recursive: true });
    // DCMTK keeps the padding where the instance does not say how long the document is.
    expect(expected.subarray(0, body.length).equals(body)).toBe(true);
    expect(expected.length - body.length).toBeLessThanOrEqual(1);
  });

  /** Texts, numbers and code meanings that `dsrdump` prints, one or more a line. */
  function valuesByDcmtk(file: string): string[] {
    if (!inject('hasDcmtk')) return [];
    const { stdout } = spawnSync('dsrdump', ['-Er', '-Ec', '-Ee', '-Ei', '+U8', '+Pl', sharedPath(file)], {
      encoding: 'utf8',
    });
    const values = stdout.split('\n').flatMap((line) => {
      const text = /(?:TEXT|UIDREF):[^=]*="((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
      const coded = /(?:CODE):.*=\([^,]*,[^,]*,"([^"]*)"\)/.exec(line)?.[1];
      const number = /NUM:.*="([^"]*)" \(/.exec(line)?.[1];
      return [text?.replace(/\\[nr]/g, ' '), coded, number && String(Number(number))].filter(
        (one) => one !== undefined,
      );
    });
    expect(values.length, stdout.slice(0, 300)).toBeGreaterThan(0);
    return values;
  }
});
