import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../../../server/dicom/data-set.ts';
import { dataSetToXml } from '../../../../server/dicom/models/data-set-xml.ts';

const inside = (dataSet: DataSet) =>
  dataSetToXml(dataSet)
    .replace(/^[\s\S]*xml:space="preserve">/, '')
    .replace('</NativeDicomModel>\n', '');

describe('a data set as XML (PS3.19 A.1)', () => {
  it('is a document in UTF-8 with the namespace of the Native DICOM Model, its white space preserved', () => {
    expect(dataSetToXml({})).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM" xml:space="preserve"></NativeDicomModel>\n',
    );
  });

  it('numbers values from 1, empty ones too, with tag, VR and keyword, in tag order', () => {
    expect(
      inside({
        '00280010': { vr: 'US', Value: [512] },
        '00080008': { vr: 'CS', Value: ['ORIGINAL', null, 'AXIAL'] },
        '00080050': { vr: 'SH' },
      }),
    ).toBe(
      '<DicomAttribute tag="00080008" vr="CS" keyword="ImageType"><Value number="1">ORIGINAL</Value><Value number="2"/><Value number="3">AXIAL</Value></DicomAttribute>' +
        '<DicomAttribute tag="00080050" vr="SH" keyword="AccessionNumber"/>' +
        '<DicomAttribute tag="00280010" vr="US" keyword="Rows"><Value number="1">512</Value></DicomAttribute>',
    );
  });

  it("writes a person's name by groups and components", () => {
    const xml = inside({
      '00100010': {
        vr: 'PN',
        Value: [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' }, null, { Alphabetic: 'A^^C^D^E^F' }],
      },
    });
    expect(xml).toContain(
      '<PersonName number="1"><Alphabetic><FamilyName>Yamada</FamilyName><GivenName>Tarou</GivenName></Alphabetic>' +
        '<Ideographic><FamilyName>山田</FamilyName><GivenName>太郎</GivenName></Ideographic></PersonName><PersonName number="2"></PersonName>',
    );
    expect(xml).toContain(
      '<FamilyName>A</FamilyName><MiddleName>C</MiddleName><NamePrefix>D</NamePrefix><NameSuffix>E^F</NameSuffix>',
    );
  });

  it('writes items, inline binary and bulk data', () => {
    expect(
      inside({
        '00081110': { vr: 'SQ', Value: [{}, { '00081150': { vr: 'UI', Value: ['1.2'] } }] },
        '00420011': { vr: 'OB', InlineBinary: 'AQI=' },
        '7FE00010': { vr: 'OW', BulkDataURI: 'http://a/b?c=1&d="2"' },
      }),
    ).toBe(
      '<DicomAttribute tag="00081110" vr="SQ" keyword="ReferencedStudySequence"><Item number="1"></Item><Item number="2">' +
        '<DicomAttribute tag="00081150" vr="UI" keyword="ReferencedSOPClassUID"><Value number="1">1.2</Value></DicomAttribute></Item></DicomAttribute>' +
        '<DicomAttribute tag="00420011" vr="OB" keyword="EncapsulatedDocument"><InlineBinary>AQI=</InlineBinary></DicomAttribute>' +
        '<DicomAttribute tag="7FE00010" vr="OW" keyword="PixelData"><BulkData uri="http://a/b?c=1&amp;d=&quot;2&quot;"/></DicomAttribute>',
    );
  });

  it('names the creator of private elements in place of their block, and keeps the block where the name is taken twice', () => {
    const xml = inside({
      '00090010': { vr: 'LO', Value: ['ACME "1"'] },
      '00090011': { vr: 'LO', Value: ['ACME "1"'] },
      '00091001': { vr: 'SH', Value: ['a'] },
      '00091101': { vr: 'SH', Value: ['b'] },
      '00091201': { vr: 'UN' },
    });
    expect(xml).toContain('<DicomAttribute tag="00090010" vr="LO"><Value');
    expect(xml).toContain(
      '<DicomAttribute tag="00090001" vr="SH" privateCreator="ACME &quot;1&quot;"><Value number="1">a</Value>',
    );
    expect(xml).toContain('<DicomAttribute tag="00091101" vr="SH" privateCreator="ACME &quot;1&quot;">');
    expect(xml).toContain('<DicomAttribute tag="00091201" vr="UN"/>');
  });

  it('takes no longer for private elements in the last block than in the first', () => {
    const msFor = (block: string) => {
      const dataSet: DataSet = {};
      for (let group = 0x1001; group < 0x1401; group += 2) {
        const prefix = group.toString(16).toUpperCase();
        dataSet[`${prefix}00${block}`] = { vr: 'LO', Value: ['ACME'] };
        for (let element = 0x10; element < 0x100; element++)
          dataSet[`${prefix}${block}${element.toString(16).toUpperCase()}`] = { vr: 'LO' };
      }
      const began = performance.now();
      dataSetToXml(dataSet);
      return performance.now() - began;
    };
    msFor('10');
    expect(msFor('FF')).toBeLessThan(msFor('10') * 5 + 200);
  });

  it('escapes markup and line ends, and puts U+FFFD for what XML 1.0 cannot hold', () => {
    const text = 'a <b> & \r\n\t "c" \f\0\x1b\ufffe\ud800 😀';
    expect(inside({ '00104000': { vr: 'LT', Value: [text] } })).toContain(
      '<Value number="1">a &lt;b&gt; &amp; &#13;\n\t "c" \ufffd\ufffd\ufffd\ufffd\ufffd 😀</Value>',
    );
  });
});
