// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { byReadingOrder } from '../../../viewer/screens/study-viewer/series-order.ts';
import { SeriesPanel } from '../../../viewer/screens/study-viewer/series-panel.tsx';
import type { LoadedSeries } from '../../../viewer/screens/study-viewer/use-studies.ts';
import { startTexts } from '../../../viewer/texts/start-texts.ts';
import { makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import { makeDataSet, makeSlice } from './make-data-set.ts';

// Both bring Cornerstone, which needs a real browser.
vi.mock('../../../viewer/viewport/thumbnail.ts', () => ({ drawThumbnail: async () => {} }));
vi.mock('../../../viewer/screens/study-viewer/viewport-tile.tsx', () => ({ displaySetDragType: 'test' }));

beforeAll(async () => {
  await startTexts();
  window.matchMedia ??= vi.fn().mockReturnValue({ matches: false, addListener() {}, removeListener() {} });
  window.IntersectionObserver ??= class {
    observe() {}
    disconnect() {}
  } as unknown as typeof IntersectionObserver;
});
afterEach(cleanup);

it('says when a series has more images than are shown', () => {
  const series = (seriesInstanceUID: string, shortfall: LoadedSeries['shortfall']): LoadedSeries => ({
    studyInstanceUID: '1.1',
    seriesInstanceUID,
    found: makeDataSet({ SeriesInstanceUID: seriesInstanceUID }),
    displaySets: makeDisplaySets('1.1', seriesInstanceUID, [makeSlice(1, 0)]),
    shortfall,
    error: null,
    retry: vi.fn(),
  });
  const study = {
    studyInstanceUID: '1.1',
    series: [series('1.2', undefined), series('1.3', { shown: 36, total: 37 })],
    isPending: false,
    error: null,
    retry: vi.fn(),
  };
  render(
    <MantineProvider env="test" forceColorScheme="dark">
      <SeriesPanel studies={[study]} />
    </MantineProvider>,
  );
  expect(screen.getAllByTestId('series-card')).toHaveLength(2);
  expect(screen.getAllByTestId('series-incomplete').map((note) => note.textContent)).toEqual([
    '36 of 37 images',
  ]);
});

it('names the patient over each study as soon as there are two', () => {
  const study = (uid: string, PatientName: string, PatientID: string) => ({
    studyInstanceUID: uid,
    series: [
      {
        studyInstanceUID: uid,
        seriesInstanceUID: `${uid}.1`,
        found: makeDataSet({}),
        displaySets: makeDisplaySets(uid, `${uid}.1`, [
          { ...makeSlice(1, 0), ...makeDataSet({ PatientName: { Alphabetic: PatientName }, PatientID }) },
        ]),
        shortfall: undefined,
        error: null,
        retry: vi.fn(),
      },
    ],
    isPending: false,
    error: null,
    retry: vi.fn(),
  });
  const [first, second] = [study('1.1', 'Adams^Ann', 'A-1'), study('1.2', 'Brown^Bob', 'B-2')];
  const panel = (studies: (typeof first)[]) => (
    <MantineProvider env="test" forceColorScheme="dark">
      <SeriesPanel studies={studies} />
    </MantineProvider>
  );
  const { rerender } = render(panel([first]));
  expect(screen.queryAllByTestId('study-patient')).toEqual([]);
  rerender(panel([first, second]));
  expect(screen.getAllByTestId('study-patient').map((name) => name.textContent)).toEqual([
    expect.stringContaining('(A-1)'),
    expect.stringContaining('(B-2)'),
  ]);
});

it('lists images before what is said of them, each by number', () => {
  const series = (SeriesInstanceUID: string, Modality: string, SeriesNumber?: number) =>
    makeDataSet({ SeriesInstanceUID, Modality, ...(SeriesNumber === undefined ? {} : { SeriesNumber }) });
  const found = [
    series('1.1', 'RTSTRUCT', 1),
    series('1.2', 'CT', 4),
    series('1.3', 'SR'),
    series('1.4', 'PT', 3),
    series('1.5', 'CT'),
    series('1.6', 'CT', 4),
  ];
  const uids = found.sort(byReadingOrder).map((one) => one['0020000E']?.Value?.[0]);
  expect(uids).toEqual(['1.4', '1.2', '1.6', '1.5', '1.1', '1.3']);
});
