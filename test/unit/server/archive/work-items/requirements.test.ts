import { describe, expect, it } from 'vitest';
import {
  problemsOfCreation,
  problemsOfFinalState,
  problemsOfUpdate,
} from '../../../../../server/archive/work-items/check-attributes.ts';
import { REQUIREMENTS } from '../../../../../server/archive/work-items/requirements.ts';
import type { DataSet } from '../../../../../server/dicom/data-set.ts';
import { vrOf } from '../../../../../server/dicom/dictionary.ts';
import { code, DISCONTINUED, el, PERFORMED, workItem } from '../../../../conformance/work-items.ts';

const asDataSet = (json: unknown) => json as DataSet;
const without = (tag: string) => asDataSet(workItem({ [tag]: undefined }));

describe('Table CC.2.5-3', () => {
  it('has each attribute once', () => {
    const tags = REQUIREMENTS.map(({ tag }) => tag);
    expect(new Set(tags).size).toBe(tags.length);
    expect(tags.length).toBeGreaterThan(35);
  });

  it('is met by what the tests create', () => {
    expect(problemsOfCreation(asDataSet(workItem()))).toEqual([]);
  });

  it.each(REQUIREMENTS.map(({ tag, create }) => [tag, create] as const))(
    'N-CREATE: %s, which must be %s',
    (tag, rule) => {
      const vr = vrOf(tag) ?? 'LO';
      const filled = el(vr, vr === 'SQ' ? {} : vr === 'UI' ? '1.2.3' : '20260101');
      const empty = problemsOfCreation(asDataSet(workItem({ [tag]: el(vr) }))).join();
      const absent = problemsOfCreation(without(tag)).join();
      const inWords = `(${tag.slice(0, 4)},${tag.slice(4)})`;
      const about = (problems: string) => problems.includes(inWords);
      expect(about(absent)).toBe(rule === 'value' || rule === 'present');
      expect(about(empty)).toBe(rule === 'value');
      const given = problemsOfCreation(asDataSet(workItem({ [tag]: filled }))).join();
      if (rule === 'empty') expect(given).toContain(`${inWords} must be empty`);
    },
  );

  it('N-SET: what must not be changed is refused, unless it is not', () => {
    const current = asDataSet(workItem());
    for (const { tag, update } of REQUIREMENTS) {
      const changes = { [tag]: { vr: vrOf(tag) ?? 'LO', Value: ['1.2.3.4'] } } as DataSet;
      const refused = problemsOfUpdate(changes, current).join().includes('must not be changed');
      expect(refused, tag).toBe(update === 'never');
      const same = current[tag];
      if (same) expect(problemsOfUpdate({ [tag]: same }, current), tag).toEqual([]);
    }
  });

  it('final state: what is needed to be COMPLETED is not needed to be CANCELED, and the other way', () => {
    const base = { ...workItem(), '00080016': el('UI', '1.2'), '00080018': el('UI', '1.3') };
    const done = asDataSet({ ...base, ...PERFORMED });
    const ended = asDataSet({
      ...base,
      '00741002': el('SQ', {
        ...(DISCONTINUED['00741002']?.Value?.[0] as object),
        '00404052': el('DT', '2026'),
      }),
    });
    expect(problemsOfFinalState(done, 'COMPLETED')).toEqual([]);
    expect(problemsOfFinalState(done, 'CANCELED')).toHaveLength(1);
    expect(problemsOfFinalState(ended, 'CANCELED')).toEqual([]);
    expect(problemsOfFinalState(ended, 'COMPLETED')).toHaveLength(1);
    const [performed] = (PERFORMED['00741216']?.Value ?? []) as Record<string, unknown>[];
    expect(performed).toBeDefined();
    for (const tag of Object.keys(performed ?? {})) {
      const { [tag]: _left, ...rest } = performed ?? {};
      const problems = problemsOfFinalState(asDataSet({ ...base, '00741216': el('SQ', rest) }), 'COMPLETED');
      expect(problems.join(), tag).toContain(`(${tag.slice(0, 4)},${tag.slice(4)})`);
    }
  });

  it('asks the same of each item of a sequence', () => {
    const performer = {
      '00404009': el('SQ', code('X')),
      '00404037': el('PN', { Alphabetic: 'A' }),
      '00404036': el('LO', 'R'),
    };
    const two = asDataSet(
      workItem({ '00404034': el('SQ', performer, { ...performer, '00404036': el('LO') }) }),
    );
    expect(problemsOfCreation(two)).toEqual([
      'ScheduledHumanPerformersSequence.HumanPerformerOrganization (0040,4036) must have a value',
    ]);
  });
});
