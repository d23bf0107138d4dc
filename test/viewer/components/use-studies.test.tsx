// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, configure, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonDataSet } from '../../../viewer/dicomweb/data-set.ts';
import * as search from '../../../viewer/dicomweb/series.ts';
import { useStudies } from '../../../viewer/screens/study-viewer/use-studies.ts';
import { makeDataSet, makeSlice } from './make-data-set.ts';

vi.mock('../../../viewer/dicomweb/series.ts');
configure({ asyncUtilTimeout: 20_000 });

/** What the archive holds: study -> series -> instances. */
let archive: Record<string, Record<string, JsonDataSet[]>>;
/** Series Number of a series, where it has one. */
const numbers: Record<string, number> = { '1.9': 1, '1.5': 2 };

const open = (...studyInstanceUIDs: string[]) => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const request = { studyInstanceUIDs, seriesInstanceUIDs: [], initialSOPInstanceUID: undefined };
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(() => useStudies(request), { wrapper }).result;
};
const imagesOf = (result: ReturnType<typeof open>, study = 0, series = 0) => {
  const set = result.current[study]?.series[series]?.displaySets?.[0];
  return set?.kind === 'image' ? set.images : undefined;
};

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  vi.mocked(search.searchForSeries).mockImplementation(async (study) =>
    Object.entries(archive[study] ?? {}).map(([uid, instances]) =>
      makeDataSet({
        SeriesInstanceUID: uid,
        NumberOfSeriesRelatedInstances: instances.length,
        ...(numbers[uid] === undefined ? {} : { SeriesNumber: numbers[uid] }),
      }),
    ),
  );
  vi.mocked(search.retrieveSeriesMetadata).mockImplementation(async (study, series) => [
    ...(archive[study]?.[series] ?? []),
  ]);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe('open studies', () => {
  it('keep their own images when they share a Series Instance UID', async () => {
    archive = { '1.1': { '1.3': [makeSlice(1, 0)] }, '1.2': { '1.3': [makeSlice(7, 0), makeSlice(8, 5)] } };
    const result = open('1.1', '1.2');
    await waitFor(() => expect(imagesOf(result, 1)).toHaveLength(2));
    expect(imagesOf(result, 0)?.map((image) => image.instanceNumber)).toEqual([1]);
    expect(imagesOf(result, 0)?.[0]?.studyInstanceUID).toBe('1.1');
    expect(imagesOf(result, 1)?.[0]?.studyInstanceUID).toBe('1.2');
    const ids = result.current.flatMap((study) => study.series.map((series) => series.displaySets?.[0]?.id));
    expect(new Set(ids).size).toBe(2);
  });

  it('list their series by number, then by UID, in whatever order they were found', async () => {
    archive = { '1.1': { '1.8': [], '1.7': [], '1.5': [], '1.9': [] } };
    const result = open('1.1');
    await waitFor(() => expect(result.current[0]?.series).toHaveLength(4));
    const uids = result.current[0]?.series.map((series) => series.seriesInstanceUID);
    expect(uids).toEqual(['1.9', '1.5', '1.7', '1.8']);
  });

  it('grow when images arrive, and say so while these are not there', async () => {
    archive = { '1.1': { '1.3': [makeSlice(1, 0)] } };
    const result = open('1.1');
    await waitFor(() => expect(imagesOf(result)).toHaveLength(1));
    const id = result.current[0]?.series[0]?.displaySets?.[0]?.id;
    expect(result.current[0]?.series[0]?.shortfall).toBeUndefined();

    archive['1.1']?.['1.3']?.push(makeSlice(2, -5));
    let answer = () => {};
    vi.mocked(search.retrieveSeriesMetadata).mockImplementationOnce(
      () => new Promise((resolve) => (answer = () => resolve(archive['1.1']?.['1.3'] ?? []))),
    );
    await act(() => vi.advanceTimersByTimeAsync(15_000));
    await waitFor(() => expect(result.current[0]?.series[0]?.shortfall).toEqual({ shown: 1, total: 2 }));
    expect(imagesOf(result)).toHaveLength(1);
    await act(async () => answer());
    await waitFor(() => expect(imagesOf(result)).toHaveLength(2));
    expect(result.current[0]?.series[0]).toMatchObject({ shortfall: undefined, displaySets: [{ id }] });
  });

  it('are not asked for while nobody is there', async () => {
    archive = { '1.1': {} };
    open('1.1');
    await act(() => vi.advanceTimersByTimeAsync(200_000));
    const asked = vi.mocked(search.searchForSeries).mock.calls.length;
    await act(() => vi.advanceTimersByTimeAsync(100_000));
    expect(search.searchForSeries).toHaveBeenCalledTimes(asked);
    window.dispatchEvent(new Event('pointermove'));
    await act(() => vi.advanceTimersByTimeAsync(15_000));
    expect(search.searchForSeries).toHaveBeenCalledTimes(asked + 1);
  });
});
