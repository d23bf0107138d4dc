import { describe, expect, it } from 'vitest';
import { ATTRIBUTES_OF_LEVEL, pick } from '../../../../server/archive/search/level-attributes.ts';
import { vrOf } from '../../../../server/dicom/dictionary.ts';
import { INDEXED_ATTRIBUTES } from '../../../../storage/index/attributes.ts';

describe('the attributes that the index keeps of each level', () => {
  it('are in the dictionary, each once, in order', () => {
    for (const tags of Object.values(ATTRIBUTES_OF_LEVEL)) {
      expect([...tags]).toEqual([...new Set(tags)].sort());
      for (const tag of tags) expect(vrOf(tag), tag).toBeDefined();
    }
  });

  it('include all that searches match on and that is not computed', () => {
    for (const { level, path, computed, keyword } of INDEXED_ATTRIBUTES) {
      if (!computed) expect(ATTRIBUTES_OF_LEVEL[level], keyword).toContain(path[0]);
    }
  });

  it('are picked without values that are too long to be kept inline', () => {
    const dataSet = {
      '00100010': { vr: 'PN' as const },
      '00104000': { vr: 'LT' as const, BulkDataURI: '00104000' },
      '00081030': { vr: 'LO' as const, Value: ['x'] },
    };
    expect(pick(dataSet, ['00081030', '00104000', '00100010'])).toEqual({
      '00081030': { vr: 'LO', Value: ['x'] },
      '00100010': { vr: 'PN' },
    });
  });
});
