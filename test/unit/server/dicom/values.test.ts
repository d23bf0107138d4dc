import { describe, expect, it } from 'vitest';
import { makeInstance } from '../../../support/make-instance.ts';
import { explicit, file, read, readElements, readValue } from './bytes.ts';

function floats(size: 4 | 8, ...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * size));
  values.forEach((value, i) => {
    if (size === 4) view.setFloat32(i * 4, value, true);
    else view.setFloat64(i * 8, value, true);
  });
  return new Uint8Array(view.buffer);
}

describe('values in DICOM JSON (PS3.18 F.2)', () => {
  it.each([
    ['an AT as eight hexadecimal digits', '00280009', 'AT', Uint8Array.of(0x18, 0, 0x63, 0x10), ['00181063']],
    ['a US', '00280010', 'US', Uint8Array.of(0xff, 0xff), [65535]],
    ['an SS', '00189219', 'SS', Uint8Array.of(0xff, 0xff), [-1]],
    ['a UL', '00080001', 'UL', Uint8Array.of(0xff, 0xff, 0xff, 0xff), [4294967295]],
    ['an SL', '00186020', 'SL', Uint8Array.of(0xfe, 0xff, 0xff, 0xff), [-2]],
    ['several US', '00280010', 'US', Uint8Array.of(1, 0, 2, 0), [1, 2]],
    ['an FL exactly', '00180013', 'FL', floats(4, 0.1), [Math.fround(0.1)]],
    ['an FD', '00186028', 'FD', floats(8, 0.1), [0.1]],
    [
      'what JSON has no numbers for',
      '00186028',
      'FD',
      floats(8, Number.NaN, 1 / 0, -1 / 0),
      ['NaN', 'inf', '-inf'],
    ],
    ['a DA', '00080020', 'DA', '20260102', ['20260102']],
    ['a UI without its NUL', '00080018', 'UI', '1.2.3\0', ['1.2.3']],
    ['several CS, trimmed one by one', '00080008', 'CS', 'A \\ B\\C ', ['A', 'B', 'C']],
    ['an LO, spaces removed on both sides', '00081030', 'LO', ' CHEST  ', ['CHEST']],
    ['an LT with the spaces before it', '00104000', 'LT', '  a\\b ', ['  a\\b']],
    ['an ST with backslash', '00080081', 'ST', 'a\\b ', ['a\\b']],
    ['a UT with backslash', '0040A160', 'UT', 'a\\b ', ['a\\b']],
    ['a UR with backslash', '00080120', 'UR', 'http://a\\b', ['http://a\\b']],
    ['several UC', '00080119', 'UC', ' a\\b ', [' a', 'b']],
    ['an empty value among others as null', '00080008', 'CS', 'A\\\\C ', ['A', null, 'C']],
    ['two empty values', '00080008', 'CS', '\\ ', [null, null]],
    ['padding with NULs in place of spaces', '00080060', 'CS', 'CT\0\0', ['CT']],
    ['a NUL inside a text as U+FFFD', '00081030', 'LO', 'a\0b ', ['a\ufffdb']],
  ])('gives %s', async (_, tag, vr, value, expected) => {
    expect(await readValue(tag, vr, value)).toEqual({ vr, Value: expected });
  });

  it.each([
    ['1', 1],
    ['-12', -12],
    ['+7 ', 7],
    [' 007', 7],
    ['-0', 0],
    ['12.0', '12.0'],
    ['1,5 ', '1,5'],
    ['99999999999999999999', '99999999999999999999'],
    ['abc ', 'abc'],
  ])('gives IS %j as %j', async (text, expected) => {
    expect((await readValue('00200013', 'IS', text))?.Value).toEqual([expected]);
  });

  it.each([
    ['1.5 ', 1.5],
    ['1.500', 1.5],
    ['-0.0', 0],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1.2E-05', 0.000012],
    ['0.2857142984867', 0.2857142984867],
    ['0.1234567890123456', 0.1234567890123456],
    ['0.12345678901234567890', '0.12345678901234567890'],
    ['9007199254740993', '9007199254740993'],
    ['1e400 ', '1e400'],
    ['1e-400', '1e-400'],
    ['1.23456789e-310', 1.23456789e-310],
    ['1,5 ', '1,5'],
    ['1.2.3 ', '1.2.3'],
    ['0x10', '0x10'],
    ['NaN ', 'NaN'],
  ])('gives DS %j as %j', async (text, expected) => {
    expect((await readValue('00280030', 'DS', text))?.Value).toEqual([expected]);
  });

  it('gives 64-bit integers as numbers up to 2^53, as text beyond', async () => {
    const bytes = await read(
      makeInstance({
        attributes: {
          FileOffsetInContainer: [9007199254740991n, 9007199254740993n],
          '00720082': { vr: 'SV', value: [-5n, -9223372036854775808n] },
        },
      }),
    );
    expect(bytes.dataSet['0008040C']).toEqual({ vr: 'UV', Value: [9007199254740991, '9007199254740993'] });
    expect(bytes.dataSet['00720082']).toEqual({ vr: 'SV', Value: [-5, '-9223372036854775808'] });
  });

  it('gives empty elements without Value', async () => {
    const dataSet = await readElements(
      explicit('00080020', 'DA', ''),
      explicit('00080090', 'PN', ''),
      explicit('00081030', 'LO', '  '),
      explicit('00081110', 'SQ', ''),
      explicit('00280010', 'US', ''),
      explicit('00420011', 'OB', ''),
    );
    expect(dataSet).toEqual({
      '00080020': { vr: 'DA' },
      '00080090': { vr: 'PN' },
      '00081030': { vr: 'LO' },
      '00081110': { vr: 'SQ' },
      '00280010': { vr: 'US' },
      '00420011': { vr: 'OB' },
    });
  });

  it.each([
    ['Doe^John', [{ Alphabetic: 'Doe^John' }]],
    ['Doe^John^^^ ', [{ Alphabetic: 'Doe^John' }]],
    ['A=B=C ', [{ Alphabetic: 'A', Ideographic: 'B', Phonetic: 'C' }]],
    ['=B', [{ Ideographic: 'B' }]],
    ['A==C', [{ Alphabetic: 'A', Phonetic: 'C' }]],
    ['A\\\\C ', [{ Alphabetic: 'A' }, null, { Alphabetic: 'C' }]],
    ['A\\=\\C', [{ Alphabetic: 'A' }, null, { Alphabetic: 'C' }]],
    ['^^^^', undefined],
  ])('gives PN %j in its groups', async (text, expected) => {
    expect((await readValue('00100010', 'PN', text))?.Value).toEqual(expected);
  });

  it('leaves out group lengths', async () => {
    const dataSet = await readElements(
      explicit('00080000', 'UL', Uint8Array.of(2, 0, 0, 0)),
      explicit('00080060', 'CS', 'CT'),
    );
    expect(Object.keys(dataSet)).toEqual(['00080060']);
  });

  it('warns of a value that is no multiple of its unit, and keeps the whole units', async () => {
    const instance = await read(file(explicit('00280010', 'US', Uint8Array.of(1, 0, 2))));
    expect(instance.dataSet['00280010']?.Value).toEqual([1]);
    expect(instance.warnings.join()).toContain('(0028,0010) a length that is no multiple');
  });
});

describe('binary values', () => {
  it('are inline up to 1024 bytes and bulk data beyond', async () => {
    const short = new Uint8Array(1024).fill(1);
    const long = new Uint8Array(1026).fill(2);
    const bytes = file([explicit('00420011', 'OB', short), explicit('00491001', 'UN', long)]);
    const instance = await read(bytes);
    expect(instance.dataSet['00420011']).toEqual({
      vr: 'OB',
      InlineBinary: Buffer.from(short).toString('base64'),
    });
    expect(instance.dataSet['00491001']).toEqual({ vr: 'UN', BulkDataURI: '00491001' });
    const [entry] = instance.bulkData;
    expect(entry).toMatchObject({ path: '00491001', vr: 'UN', lengthBytes: 1026 });
    const at = entry?.offsetBytes ?? 0;
    expect(bytes.subarray(at, at + 1026).every((byte) => byte === 2)).toBe(true);
    expect(bytes.length).toBe(at + 1026);
  });

  it('in items have a path with 1-based item numbers', async () => {
    const sequence = [{}, { WaveformData: new Uint8Array(2000) }];
    const instance = await read(makeInstance({ attributes: { WaveformSequence: sequence } }));
    expect(instance.bulkData.map(({ path }) => path)).toEqual(['54000100/2/54001010']);
    expect(instance.dataSet['54000100']?.Value?.[1]).toEqual({
      '54001010': { vr: 'OW', BulkDataURI: '54000100/2/54001010' },
    });
  });

  it('keep look-up tables inline up to 256 KB', async () => {
    const table = new Uint8Array(131072).fill(7);
    const dataSet = await readElements(explicit('00281201', 'OW', table));
    expect(Buffer.from(dataSet['00281201']?.InlineBinary ?? '', 'base64')).toEqual(Buffer.from(table));
    const tooLong = await readElements(explicit('00281201', 'OW', new Uint8Array(262146)));
    expect(tooLong['00281201']).toEqual({ vr: 'OW', BulkDataURI: '00281201' });
  });

  it.each([
    ['OB', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['OW', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['OF', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['OL', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['OD', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['OV', [1, 2, 3, 4, 5, 6, 7, 8]],
  ])('are little endian whatever the transfer syntax: %s', async (vr, little) => {
    const bytes = makeInstance({
      transferSyntaxUID: '1.2.840.10008.1.2.2',
      attributes: { '00091001': { vr, value: Uint8Array.from(little) } },
    });
    const { dataSet } = await read(bytes);
    expect([...Buffer.from(dataSet['00091001']?.InlineBinary ?? '', 'base64')]).toEqual(little);
  });

  it('refer to long numbers and texts as bulk data where PS3.18 F.2.2 allows it', async () => {
    const bytes = makeInstance({ attributes: { TextValue: 'x'.repeat(5000) } });
    const { dataSet, bulkData } = await read(bytes, { limits: { valueBytes: 4096 } });
    expect(dataSet['0040A160']).toEqual({ vr: 'UT', BulkDataURI: '0040A160' });
    expect(bulkData[0]).toMatchObject({ path: '0040A160', vr: 'UT', lengthBytes: 5000 });
  });
});
