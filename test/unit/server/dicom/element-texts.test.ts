import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../../../server/dicom/data-set.ts';
import { parseDataSet, stringifyDataSet } from '../../../../server/dicom/models/data-set-json.ts';
import { elementTextsOf, joinElements } from '../../../../server/dicom/models/element-texts.ts';

const DATA_SET: DataSet = {
  '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
  '00081030': { vr: 'LO', Value: ['a "quoted" \\ text, {not} [these] ", "00100010":{'] },
  '00081032': {
    vr: 'SQ',
    Value: [
      { '00080100': { vr: 'SH', Value: ['}]"\\'] }, '00080104': { vr: 'LO' } },
      {},
      { '00081199': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2'] } }] } },
    ],
  },
  '00090010': { vr: 'LO', Value: ['\\\\"', '\u2028 Ä 日本 \u0000'] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Doe^Jane', Ideographic: '山田' }] },
  '00101030': { vr: 'DS', Value: [70.5, null, -1e-7] },
  '30060002': { vr: 'SH', Value: ['first to JavaScript'] },
  '7FE00010': { vr: 'OW', BulkDataURI: '7FE00010' },
};

describe('the texts of elements', () => {
  it('are what parsing would give, element by element', () => {
    const texts = elementTextsOf(stringifyDataSet(DATA_SET));
    expect([...texts.keys()].sort()).toEqual(Object.keys(DATA_SET).sort());
    for (const [tag, text] of texts) expect(JSON.parse(text), tag).toEqual(DATA_SET[tag]);
  });

  it('are found however the JSON is spaced', () => {
    const spaced = JSON.stringify(DATA_SET, undefined, 2);
    const texts = elementTextsOf(spaced);
    expect(parseDataSet(joinElements(texts))).toEqual(DATA_SET);
  });

  it('are joined in tag order, to the text that they were taken from', () => {
    const text = stringifyDataSet(DATA_SET);
    const backwards = new Map([...elementTextsOf(text)].reverse());
    expect(joinElements(backwards)).toBe(text);
  });

  it('are none of an empty data set', () => {
    expect(elementTextsOf('{}').size).toBe(0);
    expect(joinElements(new Map())).toBe('{}');
  });

  it('are not made up where the text breaks off', () => {
    for (const cut of [
      '{"00080005"',
      '{"00080005":{"vr":"CS"',
      '{"00080005":{"vr":"CS","Value":["}}',
      '{"0008',
    ])
      expect(() => elementTextsOf(cut), cut).toThrow(SyntaxError);
  });
});
