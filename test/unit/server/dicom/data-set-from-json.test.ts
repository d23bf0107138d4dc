import { describe, expect, it } from 'vitest';
import { dataSetFromJson, parseJsonDataSets } from '../../../../server/dicom/models/data-set-from-json.ts';

const parse = (text: string) => parseJsonDataSets(Buffer.from(text));

describe('a DICOM JSON text (PS3.18 F.2)', () => {
  it('is an array of data sets, or a single one, with or without a byte order mark', () => {
    expect(parse('[{"a":1},{}]')).toEqual([{ a: 1 }, {}]);
    expect(parse('{"a":1}')).toEqual([{ a: 1 }]);
    expect(parse('\ufeff[]')).toEqual([]);
  });

  it('keeps every digit of long integers, and nothing else changes', () => {
    const text =
      '[{"n":[18446744073709551615,-9223372036854775808,123456789012345,1234567890123456.5,1e300],"s":"\\"12345678901234567"}]';
    expect(parse(text)).toEqual([
      {
        n: ['18446744073709551615', '-9223372036854775808', 123456789012345, 1234567890123456.5, 1e300],
        s: '"12345678901234567',
      },
    ]);
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['no JSON', '[{"00100010":', /not JSON/],
    ['a number', '12', /neither an array/],
    ['bytes that are no UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), /not in UTF-8/],
    ['arrays nested without end', '['.repeat(1_000_000), /nested deeper/],
    ['objects without number', `[${'{},'.repeat(3_000_000)}{}]`, /more than 4000000 parts/],
    ['a string that does not end', '["abc\\"', /not JSON/],
  ])('is refused where it is %s', (_, text, message) => {
    expect(() => parseJsonDataSets(Buffer.from(text))).toThrow(message);
  });

  it('repeats no value in what it says', () => {
    expect(() => parse('[{"00100010":{"vr":"PN","Value":[{"Alphabetic":"Doe^Jane"}]]}')).toThrow(
      /^the text is not JSON( \(at position \d+\))?$/,
    );
  });
});

describe('a data set out of JSON', () => {
  it('is taken as it is, tags in upper case, what PS3.6 knows filled in', () => {
    expect(
      dataSetFromJson({
        '0008103e': { vr: 'LO', Value: ['a', null] },
        '00100020': { Value: ['P1'] },
        '00100010': { vr: 'PN', Value: [{ Alphabetic: 'A^B', Ideographic: '' }, 'C^D', null] },
        '00081110': { vr: 'SQ', Value: [null, {}, { '00081150': { vr: 'UI', Value: ['1.2'] } }] },
        '00280010': { vr: 'US', Value: [512] },
        '00420011': { vr: 'OB', InlineBinary: 'AQI' },
        '7FE00010': { vr: 'OW', BulkDataURI: 'x' },
        '00080050': { vr: 'SH', Value: [] },
      }),
    ).toEqual({
      '0008103E': { vr: 'LO', Value: ['a', null] },
      '00100020': { vr: 'LO', Value: ['P1'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'A^B' }, 'C^D', null] },
      '00081110': { vr: 'SQ', Value: [{}, {}, { '00081150': { vr: 'UI', Value: ['1.2'] } }] },
      '00280010': { vr: 'US', Value: [512] },
      '00420011': { vr: 'OB', InlineBinary: 'AQI' },
      '7FE00010': { vr: 'OW', BulkDataURI: 'x' },
      '00080050': { vr: 'SH' },
    });
  });

  it.each<[unknown, RegExp]>([
    [[], /a data set is an object/],
    [{ PatientID: { vr: 'LO' } }, /no tag/],
    [JSON.parse('{"__proto__":{"vr":"LO"}}'), /no tag/],
    [{ '00100020': 'P1' }, /\(0010,0020\): an element is an object/],
    [{ '00100020': { vr: 'XX' } }, /\(0010,0020\): its vr/],
    [{ '00100020': { vr: 'LO', Value: 'P1' } }, /not an array/],
    [{ '00100020': { vr: 'LO', Value: [true] } }, /not of VR LO/],
    [{ '00100020': { vr: 'LO', Value: [{ a: 1 }] } }, /not of VR LO/],
    [{ '00100020': { vr: 'LO', Value: ['a'], BulkDataURI: 'x' } }, /more than one/],
    [{ '00420011': { vr: 'OB', Value: ['AA=='] } }, /takes InlineBinary/],
    [{ '00420011': { vr: 'OB', InlineBinary: '*' } }, /not base64/],
    [{ '00420011': { vr: 'OB', BulkDataURI: 7 } }, /not text/],
    [{ '00100010': { vr: 'PN', Value: [{ Alphabetic: 7 }] } }, /its Alphabetic/],
    [{ '0008103e': { vr: 'LO' }, '0008103E': { vr: 'LO' } }, /twice/],
    [
      { '00081110': { vr: 'SQ', Value: [{}, { '00081150': { vr: 'UI', Value: [[]] } }] } },
      /^\(0008,1110\)\[2\]\.\(0008,1150\): a value/,
    ],
  ])('is refused as %j, with the element named', (json, message) => {
    expect(() => dataSetFromJson(json)).toThrow(message);
  });

  it('is refused where it is deeper or larger than any instance may be', () => {
    let deep: unknown = {};
    for (let i = 0; i < 65; i++) deep = { '00081110': { vr: 'SQ', Value: [deep] } };
    expect(() => dataSetFromJson(deep)).toThrow(/deeper than 64/);
    const wide = Object.fromEntries(
      Array.from({ length: 20_001 }, (_, i) => [(0x10000000 + i * 2).toString(16), { vr: 'LO' }]),
    );
    expect(() => dataSetFromJson(wide)).toThrow(/more than 20000 elements in one data set/);
    const many = { '00186050': { vr: 'UL', Value: Array.from({ length: 4_000_001 }, () => 1) } };
    expect(() => dataSetFromJson(many)).toThrow(/more than 4000000 values/);
  });
});
