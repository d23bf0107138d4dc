import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../../../server/dicom/data-set.ts';
import { dataSetFromXml } from '../../../../server/dicom/models/data-set-from-xml.ts';
import { dataSetToXml } from '../../../../server/dicom/models/data-set-xml.ts';

const read = (xml: string) => dataSetFromXml(Buffer.from(xml));
const model = (inside: string) => `<NativeDicomModel>${inside}</NativeDicomModel>`;
const attribute = (inside: string, more = 'tag="00104000" vr="LT"') =>
  model(`<DicomAttribute ${more}>${inside}</DicomAttribute>`);

describe('an XML document as a data set (PS3.19 A.1)', () => {
  it('is the inverse of writing one', () => {
    const dataSet: DataSet = {
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00080008': { vr: 'CS', Value: ['ORIGINAL', null, 'AXIAL'] },
      '00080050': { vr: 'SH' },
      '00081110': { vr: 'SQ', Value: [{}, { '00081150': { vr: 'UI', Value: ['1.2'] } }] },
      '00090010': { vr: 'LO', Value: ['ACME'] },
      '00090011': { vr: 'LO', Value: ['ACME'] },
      '00091001': { vr: 'SH', Value: ['a'] },
      '00091101': { vr: 'SV', Value: ['-9223372036854775808', 7] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Yamada^Tarou^^Dr', Phonetic: 'やまだ^たろう' }, {}] },
      '00104000': { vr: 'LT', Value: [' a <b>\r\n"c" & \t'] },
      '00280009': { vr: 'AT', Value: ['00181063'] },
      '00280010': { vr: 'US', Value: [512] },
      '00420011': { vr: 'OB', InlineBinary: 'AQI=' },
      '00720076': { vr: 'FL', Value: [1.5, 'NaN', '-inf'] },
      '7FE00010': { vr: 'OW', BulkDataURI: 'bulk/1?a=1&b="2"' },
    };
    expect(read(dataSetToXml(dataSet))).toEqual(dataSet);
  });

  it('takes prefixes, a missing vr, white space between elements, CDATA and character references', () => {
    const xml =
      '<?xml version="1.0"?>\n<n:NativeDicomModel xmlns:n="x">\n <n:DicomAttribute tag="0008103e">\n' +
      '  <n:Value>a<![CDATA[<b>]]>&#x43;&amp;</n:Value>\n </n:DicomAttribute>\n</n:NativeDicomModel>';
    expect(read(xml)).toEqual({ '0008103E': { vr: 'LO', Value: ['a<b>C&'] } });
  });

  it('finds the block of a private creator wherever it is reserved, or reserves the first free one', () => {
    const xml = model(
      '<DicomAttribute tag="00090001" vr="SH" privateCreator="B"><Value number="1">b</Value></DicomAttribute>' +
        '<DicomAttribute tag="00090001" vr="SH" privateCreator="NEW"><Value number="1">n</Value></DicomAttribute>' +
        '<DicomAttribute tag="00090010" vr="LO"><Value number="1">A</Value></DicomAttribute>' +
        '<DicomAttribute tag="00090012" vr="LO"><Value number="1">B</Value></DicomAttribute>',
    );
    expect(read(xml)).toMatchObject({
      '00091201': { Value: ['b'] },
      '00090011': { vr: 'LO', Value: ['NEW'] },
      '00091101': { Value: ['n'] },
    });
  });

  it.each(['ISO-8859-1', 'UTF-16'])('reads %s', (encoding) => {
    const text = `<?xml version="1.0" encoding="${encoding}"?>${attribute('<Value number="1">é</Value>')}`;
    const bytes =
      encoding === 'UTF-16' ? Buffer.from(`\ufeff${text}`, 'utf16le') : Buffer.from(text, 'latin1');
    expect(dataSetFromXml(bytes)['00104000']?.Value).toEqual(['é']);
  });

  it.each<[string, string, RegExp]>([
    ['no XML', 'hello', /not well-formed/],
    ['XML cut short', '<NativeDicomModel><DicomAttribute', /not well-formed/],
    ['nothing', '', /well-formed|no NativeDicomModel/],
    ['another document', '<html/>', /<html> does not belong at the top/],
    ['an element of another model', model('<Patient/>'), /<Patient> does not belong here/],
    ['a tag that is none', model('<DicomAttribute tag="1" vr="LO"/>'), /eight hexadecimal/],
    ['a VR that is none', attribute('', 'tag="00104000" vr="ZZ"'), /\(0010,4000\): its vr/],
    ['one attribute twice', model('<DicomAttribute tag="00104000" vr="LT"/>'.repeat(2)), /twice/],
    ['values out of order', attribute('<Value number="2">a</Value><Value number="1">b</Value>'), /numbered/],
    ['a value number beyond all limits', attribute('<Value number="4000000000"/>'), /more than/],
    ['text beside values', attribute('hello'), /text where none belongs/],
    ['an item in an attribute of text', attribute('<Item number="1"/>'), /does not belong/],
    [
      'a number that is none',
      attribute('<Value number="1">many</Value>', 'tag="00280010" vr="US"'),
      /\(0028,0010\): a value that is not of VR US/,
    ],
    [
      'base64 that is none',
      attribute('<InlineBinary>!!</InlineBinary>', 'tag="00420011" vr="OB"'),
      /not base64/,
    ],
    [
      'two kinds of value',
      attribute('<InlineBinary>AA==</InlineBinary><BulkData uri="x"/>', 'tag="00420011" vr="OB"'),
      /does not belong/,
    ],
    ['a byte that is not of UTF-8', '', /encoding/],
  ])('refuses %s and says where', (what, xml, message) => {
    const bytes = what.startsWith('a byte') ? Buffer.from([0x3c, 0xff, 0xfe]) : Buffer.from(xml);
    expect(() => dataSetFromXml(bytes)).toThrow(message);
  });

  it('refuses a DOCTYPE and resolves no entity: nothing is fetched, nothing grows', () => {
    const external = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>';
    expect(() => read(external + attribute('<Value number="1">&x;</Value>'))).toThrow(/DOCTYPE is not taken/);
    const laughs = `<!DOCTYPE a [<!ENTITY a "${'ha'.repeat(100)}"><!ENTITY b "&a;&a;&a;">]>`;
    expect(() => read(laughs + model(''))).toThrow(/DOCTYPE is not taken/);
    expect(() => read(attribute('<Value number="1">&x;</Value>'))).toThrow(/not well-formed/);
  });

  it('refuses sequences nested without end, and elements without number', () => {
    const open = '<DicomAttribute tag="00081110" vr="SQ"><Item number="1">';
    expect(() => read(`<NativeDicomModel>${open.repeat(100_000)}`)).toThrow(/deeper than 64 sequences/);
    const items = '<Item/>'.repeat(500_001);
    expect(() => read(attribute(items, 'tag="00081110" vr="SQ"'))).toThrow(/more than 500000 elements/);
  });

  it('repeats no value in what it says', () => {
    const secret = attribute('<Value number="1">Doe^Jane</Value', 'tag="00280010" vr="US"');
    expect(() => read(secret)).toThrow(
      expect.not.objectContaining({ message: expect.stringMatching('Doe') }),
    );
  });
});
