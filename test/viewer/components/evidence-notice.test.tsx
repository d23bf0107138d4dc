// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { EvidenceNotice } from '../../../viewer/evidence/evidence-notice.tsx';
import { type Evidence, useEvidence } from '../../../viewer/evidence/evidence-store.ts';
import type { ReadReport } from '../../../viewer/evidence/read-measurement-report.ts';
import { startTexts } from '../../../viewer/texts/start-texts.ts';

const { jumpTo } = vi.hoisted(() => ({ jumpTo: vi.fn() }));
vi.mock('../../../viewer/measuring/jump.ts', () => ({ jumpTo }));
vi.mock('../../../viewer/evidence/load-evidence.ts', () => ({
  loadEvidence: vi.fn(),
  imageFinder: vi.fn(),
  removedUIDs: () => [],
}));

const report = (uid: string, results: readonly unknown[]): ReadReport =>
  ({
    reference: { sopInstanceUID: uid },
    predecessorUIDs: [],
    removedUIDs: [],
    otherFigures: 0,
    author: 'anna',
    writtenAt: '2026-01-02T03:04:05Z',
    groups: results.map((result, at) => ({ trackingUID: `${uid}.${at}`, changedAt: '', result })),
  }) as unknown as ReadReport;

const start = useEvidence.getState();

beforeAll(async () => {
  await startTexts();
  window.matchMedia ??= vi.fn().mockReturnValue({ matches: false, addListener() {}, removeListener() {} });
});
beforeEach(() => {
  vi.useFakeTimers();
  jumpTo.mockReset();
  render(
    <MantineProvider env="test" forceColorScheme="dark">
      <EvidenceNotice />
    </MantineProvider>,
  );
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  useEvidence.setState(start, true);
});
const told = (change: Partial<Evidence>) => act(() => useEvidence.setState(change));

describe('the notice of what is saved', () => {
  it('goes to the measurements of a report, one after the other', () => {
    const found = [{ trackingUID: 'a' }, { trackingUID: 'b' }];
    told({ isComplete: true, isNoticeOpen: true, reports: [report('1.1', found)] });
    const line = screen.getByRole('button', { name: /2 measurements of anna/ });
    for (let clicks = 0; clicks < 3; clicks += 1) fireEvent.click(line);
    expect(jumpTo.mock.calls.map(([{ trackingUID }]) => trackingUID)).toEqual(['a', 'b', 'a']);
  });

  it('sums up what is not shown of reports of which nothing is', () => {
    const reports = [report('1.1', ['noFigure', 'noFigure']), report('1.2', ['noFigure'])];
    told({ isComplete: true, isNoticeOpen: true, reports });
    expect(screen.queryAllByTestId('report-line')).toEqual([]);
    expect(screen.getAllByTestId('report-skipped').map(({ textContent }) => textContent)).toEqual([
      '3 could not be shown: it has no coordinates in an image',
    ]);
  });

  it('says what was saved once, and goes away; what failed stays', () => {
    const reports = [report('1.1', [{ trackingUID: 'a' }])];
    const saved = { kind: 'saved', measurements: 1, keyImages: 0, removals: 0, unwritable: 0 } as const;
    told({ isComplete: true, isNoticeOpen: true, reports, outcome: saved });
    expect(screen.getByTestId('evidence-notice').textContent).toBe('Saved: 1 measurement');
    act(() => vi.advanceTimersByTime(8_000));
    expect(screen.queryByTestId('evidence-notice')).toBeNull();
    told({ isNoticeOpen: true, outcome: { ...saved, unwritable: 1 } });
    act(() => vi.advanceTimersByTime(60_000));
    expect(screen.getByTestId('save-left-out')).toBeTruthy();
    told({ outcome: { kind: 'failed', reasons: ['full'], files: [], unwritable: 0 } });
    act(() => vi.advanceTimersByTime(60_000));
    expect(screen.getByTestId('save-failed').textContent).toContain('full');
  });
});
