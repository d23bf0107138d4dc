import { describe, expect, it } from 'vitest';
import type {
  FailedInstance,
  FailureKind,
  StoredInstance,
} from '../../../../server/archive/store/store-outcome.ts';
import type { DataSet } from '../../../../server/dicom/data-set.ts';
import { storeResponse } from '../../../../server/dicomweb/store/store-response.ts';

const stored = (study: string, change: Partial<StoredInstance> = {}): StoredInstance => ({
  kind: 'stored',
  sopClassUID: '1.1',
  sopInstanceUID: '1.2',
  studyInstanceUID: study,
  seriesInstanceUID: '1.4',
  already: false,
  replaced: false,
  warnings: [],
  ...change,
});
const failed = (failure: FailureKind, sopInstanceUID?: string): FailedInstance => ({
  kind: 'failed',
  failure,
  detail: 'why',
  sopClassUID: undefined,
  sopInstanceUID,
});

describe('the Store Instances Response', () => {
  it.each([
    [[stored('1')], 200],
    [[stored('1', { already: true })], 200],
    [[stored('1'), failed('duplicate', '2')], 202],
    [[failed('duplicate', '2')], 409],
    [[failed('cannot-understand')], 409],
  ])('of %o has the status %i', (outcomes, status) => {
    expect(storeResponse(outcomes, 'http://x', undefined).status).toBe(status);
  });

  it.each<[FailureKind, number]>([
    ['processing-failure', 0x0110],
    ['duplicate', 0x0111],
    ['sop-class-not-supported', 0x0122],
    ['transfer-syntax-not-supported', 0xc122],
    ['out-of-resources', 0xa700],
    ['too-large', 0xa700],
    ['study-mismatch', 0xa900],
    ['cannot-understand', 0xc000],
  ])('gives %s the Failure Reason %i', (failure, reason) => {
    const { dataSet } = storeResponse([failed(failure, '1.9')], 'http://x', undefined);
    expect(dataSet['00081198']?.Value).toEqual([
      {
        '00081155': { vr: 'UI', Value: ['1.9'] },
        '00081197': { vr: 'US', Value: [reason] },
        '00741048': { vr: 'SQ', Value: [{ '00000902': { vr: 'LO', Value: ['why'] } }] },
      },
    ]);
  });

  it('has no sequence without items, and one URL only where there is one study', () => {
    expect(Object.keys(storeResponse([stored('1')], 'http://x', undefined).dataSet)).toEqual([
      '00081190',
      '00081199',
    ]);
    expect(Object.keys(storeResponse([failed('duplicate')], 'http://x', '1').dataSet)).toEqual([
      '00081190',
      '0008119A',
    ]);
    // PS3.18 Table I.1-1: type 2
    expect(storeResponse([stored('1'), stored('2')], 'http://x', undefined).dataSet['00081190']).toEqual({
      vr: 'UR',
    });
  });

  it('warns where an instance names another patient than its study', () => {
    const { dataSet, status, warning } = storeResponse(
      [stored('1', { warnings: [{ kind: 'patient-mismatch', detail: 'why' }] })],
      'http://x',
      undefined,
    );
    expect(dataSet['00081199']?.Value?.[0]).toMatchObject({
      '00081196': { vr: 'US', Value: [0xb007] },
      '00741048': { vr: 'SQ', Value: [{ '00000902': { vr: 'LO', Value: ['why'] } }] },
    });
    // PS3.18 Table 10.5.3-1: 202 where warnings exist
    expect(status).toBe(202);
    expect(warning).toBe('299 isocenter "1 of 1 were stored with warnings"');
  });

  it('gives reasons in values that LO can hold, and without control characters', () => {
    const detail = `one ${'two '.repeat(40)}${'x'.repeat(100)}\r\nthree`;
    const { dataSet } = storeResponse(
      [{ ...failed('cannot-understand', '1'), detail }],
      'http://x',
      undefined,
    );
    const items = (of: DataSet | undefined, tag: string) => (of?.[tag]?.Value ?? []) as DataSet[];
    const comments = items(items(dataSet, '00081198')[0], '00741048');
    const texts = comments.map((one) => String(one['00000902']?.Value?.[0]));
    expect(texts.length).toBeGreaterThan(3);
    for (const text of texts) expect(text).toMatch(/^[^\p{Cc}]{1,64}$/u);
    expect(texts.join('')).toContain('three');
  });
});
