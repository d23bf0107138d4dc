import { describe, expect, it } from 'vitest';
import { makeInstance } from '../../../support/make-instance.ts';
import {
  endItem,
  endSequence,
  explicit,
  file,
  implicit,
  item,
  openItem,
  openSequence,
  read,
  readElements,
  readError,
  u16,
  u32,
} from './bytes.ts';

const implicitVr = '1.2.840.10008.1.2';
const code = explicit('00080100', 'SH', 'A1');
const codeJson = { '00080100': { vr: 'SH', Value: ['A1'] } };

describe('sequences', () => {
  it.each([
    ['a defined length and items of defined length', explicit('00081032', 'SQ', item(code))],
    [
      'a defined length and items of undefined length',
      explicit('00081032', 'SQ', Buffer.concat([openItem, code, endItem])),
    ],
    [
      'an undefined length and items of defined length',
      Buffer.concat([openSequence('00081032'), item(code), endSequence]),
    ],
    ['undefined lengths', Buffer.concat([openSequence('00081032'), openItem, code, endItem, endSequence])],
  ])('are read with %s', async (_, bytes) => {
    const dataSet = await readElements(bytes, explicit('00081030', 'LO', 'x '));
    expect(dataSet['00081032']).toEqual({ vr: 'SQ', Value: [codeJson] });
    expect(dataSet['00081030']).toEqual({ vr: 'LO', Value: ['x'] });
  });

  it('keep empty items', async () => {
    const dataSet = await readElements(
      explicit('00081032', 'SQ', Buffer.concat([item(), item(code), openItem, endItem])),
    );
    expect(dataSet['00081032']?.Value).toEqual([{}, codeJson, {}]);
  });

  it('are read from makeInstance in every encoding alike', async () => {
    const attributes = {
      SOPInstanceUID: '1.2.3',
      StudyInstanceUID: '1.2.4',
      SeriesInstanceUID: '1.2.5',
      ProcedureCodeSequence: [
        { CodeValue: 'A' },
        {},
        { CodeValue: 'B', EquivalentCodeSequence: [{ CodeValue: 'C' }] },
      ],
    };
    const results: string[] = [];
    for (const transferSyntaxUID of [
      implicitVr,
      '1.2.840.10008.1.2.1',
      '1.2.840.10008.1.2.1.99',
      '1.2.840.10008.1.2.2',
    ]) {
      for (const sequenceLengths of ['defined', 'undefined'] as const) {
        const bytes = makeInstance({ transferSyntaxUID, sequenceLengths, attributes });
        for (const chunkBytes of [1, 7, 100, bytes.length]) {
          results.push(JSON.stringify((await read(bytes, { chunkBytes })).dataSet));
        }
      }
    }
    expect(results).toHaveLength(32);
    expect(new Set(results).size).toBe(1);
    expect(results[0]).toContain(
      '"00081032":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["A"]}},{},{',
    );
  });

  it('of VR UN and undefined length hold implicit VR (PS3.5 6.2.2)', async () => {
    const content = [openItem, implicit('00080100', 'A1'), endItem, endSequence];
    const dataSet = await readElements(
      openSequence('00091010', 'UN'),
      ...content,
      explicit('00100020', 'LO', 'p '),
    );
    expect(dataSet['00091010']).toEqual({ vr: 'SQ', Value: [codeJson] });
    expect(dataSet['00100020']?.Value).toEqual(['p']);
  });

  it('of VR UN and undefined length are read in explicit VR where that is what they hold', async () => {
    const instance = await read(file([openSequence('00091010', 'UN'), openItem, code, endItem, endSequence]));
    expect(instance.dataSet['00091010']?.Value).toEqual([codeJson]);
    expect(instance.warnings.join()).toContain('explicit VR');
  });

  it('of VR UN and defined length are read where the dictionary says SQ and the bytes are items', async () => {
    const dataSet = await readElements(explicit('00081032', 'UN', item(implicit('00080100', 'A1'))));
    expect(dataSet['00081032']).toEqual({ vr: 'SQ', Value: [codeJson] });
  });

  it('of VR UN stay UN where the bytes are no items', async () => {
    const bytes = Buffer.from('not a sequence! ');
    const dataSet = await readElements(explicit('00081032', 'UN', bytes));
    expect(dataSet['00081032']).toEqual({ vr: 'UN', InlineBinary: bytes.toString('base64') });
  });

  it('in implicit VR of an undefined length are sequences even if private', async () => {
    const content = [implicit('00091010', '', 0xffffffff), item(implicit('00080100', 'A1')), endSequence];
    const { dataSet } = await read(file([implicit('00080060', 'CT'), ...content], implicitVr));
    expect(dataSet['00091010']).toEqual({ vr: 'SQ', Value: [codeJson] });
  });

  it('may have private items in implicit VR within explicit VR', async () => {
    const inner = Buffer.concat([implicit('00090010', 'GEMS'), implicit('00080100', 'A1')]);
    const instance = await read(
      file([explicit('00091010', 'SQ', item(inner)), explicit('00100020', 'LO', 'p ')]),
    );
    expect(instance.dataSet['00091010']?.Value).toEqual([
      { '00090010': { vr: 'LO', Value: ['GEMS'] }, ...codeJson },
    ]);
    expect(instance.dataSet['00100020']?.Value).toEqual(['p']);
    expect(instance.warnings.join()).toContain('an item encoded as implicit VR');
  });

  it('tolerate a delimiter with a length, with a warning', async () => {
    const wrongEnd = implicit('FFFEE00D', '', 8);
    const instance = await read(file([openSequence('00081032'), openItem, code, wrongEnd, endSequence]));
    expect(instance.dataSet['00081032']?.Value).toEqual([codeJson]);
    expect(instance.warnings.join()).toContain('a delimiter with a length');
  });
});

describe('wrong structure', () => {
  it.each([
    [
      'an element where an item belongs',
      explicit('00081032', 'SQ', code),
      '(0008,0100) where an item belongs in 00081032',
    ],
    ['an item where an element belongs', item(code), '(FFFE,E000) where an element belongs'],
    [
      'a sequence delimiter in an item',
      [openSequence('00081032'), openItem, endSequence],
      '(FFFE,E0DD) where an element belongs in 00081032/1',
    ],
    ['an item delimiter in the data set', endItem, '(FFFE,E00D) where an element belongs'],
    [
      'a delimiter in a sequence of defined length',
      explicit('00081032', 'SQ', endSequence),
      '(FFFE,E0DD) where an item belongs',
    ],
    [
      'an item that reaches past its sequence',
      explicit('00081032', 'SQ', implicit('FFFEE000', code, 100)),
      'an item reaches past',
    ],
    [
      'an element that reaches past its item',
      explicit('00081032', 'SQ', item(explicit('00080100', 'SH', 'A1', 50))),
      '(0008,0100) reaches past',
    ],
    [
      'an item that ends inside a header',
      explicit('00081032', 'SQ', item(code.subarray(0, 6))),
      'an item ends inside an element',
    ],
    [
      'a sequence that ends inside a header',
      explicit('00081032', 'SQ', item(code).subarray(0, 6)),
      'a sequence ends inside an item header',
    ],
    [
      'an undefined length where there can be none',
      explicit('00080060', 'UT', '', 0xffffffff),
      'undefined length of (0008,0060)',
    ],
  ])('is MALFORMED, with place and tag: %s', async (_, content, message) => {
    const bytes = file([
      explicit('00080016', 'UI', '1.2.3\0'),
      ...(Array.isArray(content) ? content : [content]),
      Buffer.alloc(64),
    ]);
    const error = await readError(bytes);
    expect(error?.code).toBe('MALFORMED');
    expect(error?.message).toContain(message);
    expect(error?.offsetBytes).toBeGreaterThan(150);
  });

  it('in the order of elements is a warning', async () => {
    const instance = await read(file([explicit('00100020', 'LO', 'p '), explicit('00080060', 'CS', 'CT')]));
    expect(instance.dataSet['00080060']?.Value).toEqual(['CT']);
    expect(instance.warnings).toEqual([expect.stringContaining('(0008,0060) out of order')]);
  });

  it('with a tag twice keeps the first', async () => {
    const instance = await read(file([explicit('00080060', 'CS', 'CT'), explicit('00080060', 'CS', 'MR')]));
    expect(instance.dataSet['00080060']?.Value).toEqual(['CT']);
    expect(instance.warnings.join()).toContain('a second time');
  });
});

describe('VRs that the encoding does not tell', () => {
  it.each([
    [0, 'US', [65531]],
    [1, 'SS', [-5]],
  ])('are US or SS by Pixel Representation %d', async (pixelRepresentation, vr, values) => {
    const elements = [implicit('00280103', u16(pixelRepresentation)), implicit('00280106', u16(65531))];
    const { dataSet } = await read(file(elements, implicitVr));
    expect(dataSet['00280106']).toEqual({ vr, Value: values });
  });

  it('take Pixel Representation from the data set around an item, or from the item', async () => {
    const inner = item(implicit('00280106', u16(65531)));
    const own = item(implicit('00280103', u16(0)), implicit('00280106', u16(65531)));
    const { dataSet } = await read(
      file([implicit('00280103', u16(1)), implicit('52009230', Buffer.concat([inner, own]))], implicitVr),
    );
    expect(dataSet['52009230']?.Value).toEqual([
      { '00280106': { vr: 'SS', Value: [-5] } },
      { '00280103': { vr: 'US', Value: [0] }, '00280106': { vr: 'US', Value: [65531] } },
    ]);
  });

  it('give LUT Descriptors a number of entries that is never negative', async () => {
    const signed = implicit('00280103', u16(1));
    const descriptor = (...values: number[]) => implicit('00283002', Buffer.concat(values.map(u16)));
    const small = await read(file([signed, descriptor(256, 65436, 16)], implicitVr));
    expect(small.dataSet['00283002']).toEqual({ vr: 'SS', Value: [256, -100, 16] });
    const large = await read(file([signed, descriptor(65535, 65436, 16)], implicitVr));
    expect(large.dataSet['00283002']).toEqual({ vr: 'US', Value: [65535, 65436, 16] });
  });

  it('are OW for OB or OW, LO for private creators and UN for private elements', async () => {
    const elements = [implicit('00091001', 'ab'), implicit('60003000', 'cd')];
    const { dataSet } = await read(file([implicit('00090010', 'ME'), ...elements], implicitVr));
    expect(dataSet).toEqual({
      '00090010': { vr: 'LO', Value: ['ME'] },
      '00091001': { vr: 'UN', InlineBinary: Buffer.from('ab').toString('base64') },
      '60003000': { vr: 'OW', InlineBinary: Buffer.from('cd').toString('base64') },
    });
  });

  it('are those of the dictionary for known attributes stored as UN', async () => {
    const dataSet = await readElements(
      explicit('00080060', 'UN', 'CT'),
      explicit('00280010', 'UN', u16(512)),
    );
    expect(dataSet).toEqual({
      '00080060': { vr: 'CS', Value: ['CT'] },
      '00280010': { vr: 'US', Value: [512] },
    });
  });

  it('within UN are little endian in big endian files', async () => {
    const bytes = makeInstance({
      transferSyntaxUID: '1.2.840.10008.1.2.2',
      attributes: { Rows: { vr: 'UN', value: Uint8Array.of(0, 2) } },
    });
    expect((await read(bytes)).dataSet['00280010']).toEqual({ vr: 'US', Value: [512] });
  });
});

describe('wrong VRs', () => {
  it('that are letters are read by the dictionary, with a short length', async () => {
    const bytes = Buffer.concat([explicit('00080060', 'XX', 'CT'), explicit('00100020', 'LO', 'p ')]);
    const instance = await read(file(bytes));
    expect(instance.dataSet).toEqual({
      '00080060': { vr: 'CS', Value: ['CT'] },
      '00100020': { vr: 'LO', Value: ['p'] },
    });
    expect(instance.warnings.join()).toContain('(0008,0060) an unknown VR');
  });

  it('that are letters may have a long length, as VRs of the future will', async () => {
    const element = Buffer.concat([
      u16(9),
      u16(0x1001),
      Buffer.from('ZZ'),
      u16(0),
      u32(4),
      Buffer.from('abcd'),
    ]);
    const { dataSet } = await read(file([element, explicit('00100020', 'LO', 'p ')]));
    expect(dataSet['00091001']).toEqual({ vr: 'UN', InlineBinary: 'YWJjZA==' });
    expect(dataSet['00100020']?.Value).toEqual(['p']);
  });

  it('that are missing leave an element in implicit VR', async () => {
    const elements = [
      explicit('00080060', 'CS', 'CT'),
      implicit('00081030', 'x '),
      explicit('00100020', 'LO', 'p '),
    ];
    const instance = await read(file(elements));
    expect(instance.dataSet['00081030']).toEqual({ vr: 'LO', Value: ['x'] });
    expect(instance.dataSet['00100020']?.Value).toEqual(['p']);
    expect(instance.warnings.join()).toContain('(0008,1030) no VR');
  });
});
