import { describe, expect, it } from 'vitest';
import { decodeXml, readClinicalDocument } from '../../../../server/documents/clinical-document.ts';
import { clinicalDocumentToHtml } from '../../../../server/documents/clinical-html.ts';
import { clinicalDocumentToText } from '../../../../server/documents/clinical-text.ts';
import { DocumentError } from '../../../../server/documents/document-errors.ts';
import { textToRtf } from '../../../../server/documents/rtf.ts';

const cda = (body: string, head = '') => `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">${head}
  <code code="18748-4" displayName="Imaging report"/><title>Chest CT</title><effectiveTime value="20260131140000+0100"/>
  <recordTarget><patientRole><id extension="P1"/><patient><name><given>Jane</given><family>Roe</family></name></patient></patientRole></recordTarget>
  <component>${body}</component></ClinicalDocument>`;
const section = (text: string) =>
  cda(
    `<structuredBody><component><section><title>Findings</title><text>${text}</text></section></component></structuredBody>`,
  );
const htmlOf = (xml: string) => clinicalDocumentToHtml(readClinicalDocument(xml));
const textOf = (xml: string) => clinicalDocumentToText(readClinicalDocument(xml));

describe('a CDA document', () => {
  it('shows its header and its narrative', () => {
    const xml = section(
      '<paragraph>A <content styleCode="Bold">nodule</content></paragraph><list listType="ordered"><item>one</item></list>' +
        '<table><thead><tr><th>Site</th></tr></thead><tbody><tr><td colspan="2">Lung</td></tr></tbody></table>',
    );
    expect(htmlOf(xml)).toContain('<p>A <b>nodule</b></p><ol><li>one</li></ol>');
    expect(htmlOf(xml)).toContain('<td colspan="2">Lung</td>');
    expect(htmlOf(xml)).toContain('<dt>Patient</dt><dd>Roe, Jane</dd>');
    expect(textOf(xml)).toContain('Patient ID: P1\n');
    expect(textOf(xml)).toContain('Made: 2026-01-31 14:00:00 +0100');
    expect(textOf(xml)).toContain('Findings\nA nodule\n- one\nSite |\nLung |');
  });

  it('keeps what was struck out apart from what stands', () => {
    const xml = section(
      '<content revised="delete">malignant</content> <content revised="insert">benign</content>',
    );
    expect(htmlOf(xml)).toContain('<del>malignant</del> <ins>benign</ins>');
    expect(textOf(xml)).toContain('[struck out: malignant] benign');
  });

  it.each([
    '<script>alert(1)</script>',
    '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
    '<paragraph onclick="alert(1)" style="x" class="y">a</paragraph>',
    '<linkHtml href="javascript:alert(1)">a</linkHtml>',
    '<td colspan="1&quot; onload=&quot;alert(1)">a</td>',
    '<![CDATA[<script>alert(1)</script>]]>',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
    '<renderMultiMedia referencedObject="x"><iframe src="http://elsewhere/"/></renderMultiMedia>',
  ])('lets nothing active through: %s', (narrative) => {
    const page = htmlOf(section(narrative));
    expect(page).not.toMatch(/<(h:)?(script|iframe|object|embed|link)\b/i);
    expect(page).not.toMatch(/<[^>]*\s(on\w+|href|src|style)=/i);
  });

  it.each([
    ['an entity of its own', '<!DOCTYPE x [<!ENTITY e "lol">]><ClinicalDocument>&e;</ClinicalDocument>'],
    [
      'an external entity',
      '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><ClinicalDocument>&e;</ClinicalDocument>',
    ],
    ['an end too early', '<ClinicalDocument><component>'],
    ['no CDA', '<html/>'],
    ['too deep', `<ClinicalDocument>${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}</ClinicalDocument>`],
    ['nothing', ''],
  ])('is refused with %s', (_, xml) => {
    expect(() => readClinicalDocument(xml)).toThrow(DocumentError);
  });

  it('says what it does not show', () => {
    const xml = cda(
      '<nonXMLBody><text mediaType="application/pdf" representation="B64">AAAA</text></nonXMLBody>',
    );
    expect(htmlOf(xml)).toContain('is application/pdf and is not shown here');
    expect(textOf(xml)).toContain('is application/pdf and is not shown here');
  });

  it('is decoded as it says, less the padding', () => {
    const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\u00e9</a>\0', 'latin1');
    expect(decodeXml(latin)).toContain('<a>\u00e9</a>');
    expect(decodeXml(latin).endsWith('>')).toBe(true);
    expect(decodeXml(Buffer.from('\ufeff<a>\u5c71</a>', 'utf16le'))).toBe('<a>\u5c71</a>');
    expect(() => decodeXml(Buffer.from('<?xml version="1.0" encoding="klingon"?><a/>'))).toThrow(
      DocumentError,
    );
  });
});

describe('rich text', () => {
  it('escapes what would be control words, and writes every character', () => {
    const rtf = textToRtf('a{b}\\c\n\u5c71\u00e9\u{1f600}\u0000');
    expect(rtf).toContain('a\\{b\\}\\\\c\\par\n\\u23665?\\u233?\\u-10179?\\u-8704?}');
    expect(rtf).not.toContain('\u0000');
  });

  it('makes RTF of a long text in a moment', () => {
    const began = performance.now();
    expect(textToRtf('word '.repeat(2_000_000)).length).toBeGreaterThan(10_000_000);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
