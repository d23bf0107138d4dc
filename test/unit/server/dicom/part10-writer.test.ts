import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../../../server/dicom/data-set.ts';
import { type BulkValue, planPart10, writePart10 } from '../../../../server/dicom/write/part10-writer.ts';
import { decimalStringOf } from '../../../../server/dicom/write/value-encoding.ts';

const explicit = '1.2.840.10008.1.2.1';
const plan = (dataSet: DataSet, bulkValue: () => BulkValue = () => bulk('')) =>
  planPart10({ dataSet, transferSyntaxUID: explicit, bulkValue });
const bulk = (text: string, says = text.length): BulkValue => ({
  sizeBytes: says,
  async *read() {
    yield Buffer.from(text);
  },
});

async function written(of: ReturnType<typeof planPart10>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writePart10(of)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** After preamble, prefix and File Meta Information. */
async function dataSetBytes(dataSet: DataSet, bulkValue?: () => BulkValue): Promise<string> {
  const file = await written(plan(dataSet, bulkValue));
  return file.subarray(132 + 12 + file.readUInt32LE(140)).toString('latin1');
}

describe('writing a data set as a file (PS3.10 7)', () => {
  it.each<[DataSet, RegExp]>([
    [{ '00280010': { vr: 'US', Value: [65536] } }, /^\(0028,0010\): a value beyond what VR US/],
    [{ '00280010': { vr: 'US', Value: [-1] } }, /beyond/],
    [{ '00280010': { vr: 'US', Value: [1.5] } }, /no integer/],
    [{ '00280010': { vr: 'US', Value: ['12a'] } }, /no integer/],
    [{ '00280010': { vr: 'US', Value: [1, null] } }, /no integer/],
    [{ '00091001': { vr: 'UV', Value: ['18446744073709551616'] } }, /beyond/],
    [{ '00091001': { vr: 'SV', Value: [2 ** 60] } }, /no integer of VR SV/],
    [{ '00720076': { vr: 'FL', Value: [1e39] } }, /beyond/],
    [{ '00720074': { vr: 'FD', Value: ['one'] } }, /no number/],
    [{ '00200013': { vr: 'IS', Value: [2 ** 31] } }, /no integer of VR IS/],
    [{ '00280009': { vr: 'AT', Value: ['0018'] } }, /eight hexadecimal digits/],
    [{ '00100020': { vr: 'LO', Value: ['a\0b'] } }, /U\+0000/],
    [{ '00100020': { vr: 'LO', Value: ['\ud800'] } }, /surrogate/],
    [{ '00080060': { vr: 'CS', Value: ['山'] } }, /can't hold/],
    [{ '00104000': { vr: 'LT', Value: ['a', 'b'] } }, /more than one value/],
    [{ '00091001': { vr: 'OW', InlineBinary: 'AAAA' } }, /no multiple of the 2/],
    [{ '00100020': { vr: 'LO', BulkDataURI: 'x' } }, /takes no BulkDataURI/],
    [{ FFFEE000: { vr: 'UN' } }, /not of a data set/],
    [
      { '00081110': { vr: 'SQ', Value: [{}, { '00280010': { vr: 'US', Value: ['x'] } }] } },
      /^\(0008,1110\)\[2\]\.\(0028,0010\): /,
    ],
  ])('refuses %j, naming the element and not the value', (dataSet, message) => {
    expect(() => plan(dataSet)).toThrow(message);
  });

  it('pads text with a space, UIDs and binary values with zero', async () => {
    const text = await dataSetBytes(
      {
        '00080018': { vr: 'UI', Value: ['1.2'] },
        '00100020': { vr: 'LO', Value: ['abc'] },
        '00091001': { vr: 'OB', InlineBinary: 'AQ==' },
        '00420011': { vr: 'OB', BulkDataURI: 'x' },
      },
      () => bulk('odd'),
    );
    expect(text).toContain('UI\x04\x001.2\0');
    expect(text).toContain('LO\x04\0abc ');
    expect(text).toContain('OB\0\0\x02\0\0\0\x01\0');
    expect(text).toContain('OB\0\0\x04\0\0\0odd\0');
  });

  it('is in UTF-8 and says so where it must; what items say of it, and group lengths, are left out', async () => {
    expect(await dataSetBytes({ '00100020': { vr: 'LO', Value: ['a'] } })).not.toContain('ISO_IR');
    expect(await dataSetBytes({ '00100020': { vr: 'LO', Value: ['ä'] } })).toContain(
      '\x08\0\x05\0CS\n\0ISO_IR 192',
    );
    const text = await dataSetBytes({
      '00080001': { vr: 'UL', Value: [1] },
      '00080000': { vr: 'UL', Value: [1] },
      '00020010': { vr: 'UI', Value: ['1.2.3'] },
      '00080005': { vr: 'CS', Value: ['ISO_IR 100'] },
      '00081110': {
        vr: 'SQ',
        Value: [{ '00080005': { vr: 'CS', Value: ['ISO_IR 100'] }, '00100020': { vr: 'LO', Value: ['ä'] } }],
      },
    });
    const head = '\x08\0\x01\0UL\x04\0\x01\0\0\0\x08\0\x05\0CS\n\0ISO_IR 192\x08\0\x10\x11SQ';
    expect(text.slice(0, head.length)).toBe(head);
    expect(text).not.toContain('ISO_IR 100');
    expect(text).not.toContain('1.2.3');
  });

  it('writes values that are longer than their VR has room for as UN (PS3.5 6.2.2)', async () => {
    const many = Array.from({ length: 40_000 }, () => 1);
    expect(await dataSetBytes({ '00281101': { vr: 'US', Value: many } })).toContain('(\0\x01\x11UN\0\0');
  });

  it('notes where each frame begins in the Basic Offset Table, and pads frames', async () => {
    const file = await written(
      planPart10({
        dataSet: { '7FE00010': { vr: 'OB', BulkDataURI: 'x' } },
        transferSyntaxUID: '1.2.840.10008.1.2.4.50',
        bulkValue: () => bulk(''),
        encapsulated: { kind: 'frames', values: [bulk('abc'), bulk('de'), bulk('f')] },
      }),
    );
    const start = file.indexOf('OB\0\0\xff\xff\xff\xff', 0, 'latin1') + 8;
    expect(file.readUInt32LE(start + 4)).toBe(12);
    expect([0, 1, 2].map((i) => file.readUInt32LE(start + 8 + 4 * i))).toEqual([0, 12, 22]);
    expect(file.subarray(start + 20).toString('latin1')).toBe(
      '\xfe\xff\0\xe0\x04\0\0\0abc\0\xfe\xff\0\xe0\x02\0\0\0de\xfe\xff\0\xe0\x02\0\0\0f\0\xfe\xff\xdd\xe0\0\0\0\0',
    );
  });

  it('fails where a bulk value is not as long as it said', async () => {
    const broken = plan({ '00420011': { vr: 'OB', BulkDataURI: 'x' } }, () => bulk('abc', 9));
    await expect(written(broken)).rejects.toThrow(/another length/);
  });
});

describe('a number as DS (PS3.5 6.2: sixteen characters)', () => {
  it.each([
    [70.5, '70.5'],
    [0.1 + 0.2, '0.3'],
    [-1 / 3, '-0.3333333333333'],
    [1.234567890123456e-300, '1.234567890e-300'],
    [1.2345678901234568e20, '1.23456789012e20'],
  ])('%d has the nearest text that fits', (value, text) => {
    const got = decimalStringOf(value, '');
    expect(got.length).toBeLessThanOrEqual(16);
    expect(Math.abs(Number(got) - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-9);
    if (text.length < 10) expect(got).toBe(text);
  });
});
