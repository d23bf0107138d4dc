import { useQueries, useQueryClient } from '@tanstack/react-query';
import { type JsonDataSet, number, text } from '../../dicomweb/data-set.ts';
import { retrieveSeriesMetadata, searchForSeries } from '../../dicomweb/search.ts';
import { tags } from '../../dicomweb/tags.ts';
import { type DisplaySet, makeDisplaySets } from '../../viewport/stacks.ts';
import type { ViewerRequest } from './viewer-address.ts';

/** A series of the panel: from the search at once, with what it can show as soon as its metadata is there. */
export interface LoadedSeries {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly found: JsonDataSet;
  readonly displaySets: readonly DisplaySet[] | undefined;
  readonly error: Error | null;
  readonly retry: () => void;
}

export interface LoadedStudy {
  readonly studyInstanceUID: string;
  readonly series: readonly LoadedSeries[];
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
}

function bySeriesNumber(a: JsonDataSet, b: JsonDataSet): number {
  const [first, second] = [a, b].map(
    (series) => number(series, tags.SeriesNumber) ?? Number.MAX_SAFE_INTEGER,
  );
  return (first ?? 0) - (second ?? 0);
}

/** Metadata of so many series is asked for at the same time; the rest follows in the order of the panel. */
const seriesInFlight = 3;

/** The studies of an address with their series, filled in as answers come. */
export function useStudies(request: ViewerRequest): readonly LoadedStudy[] {
  const { studyInstanceUIDs, seriesInstanceUIDs } = request;
  const studies = useQueries({
    queries: studyInstanceUIDs.map((studyInstanceUID) => ({
      queryKey: ['series', studyInstanceUID],
      queryFn: () => searchForSeries(studyInstanceUID),
    })),
  });
  const found = studies.map((study) =>
    [...(study.data ?? [])]
      .filter((series) => {
        const uid = text(series, tags.SeriesInstanceUID) ?? '';
        return seriesInstanceUIDs.length === 0 || seriesInstanceUIDs.includes(uid);
      })
      .sort(bySeriesNumber),
  );
  const addresses = found.flatMap((list, index) =>
    list.map((series) => ({
      studyInstanceUID: studyInstanceUIDs[index] ?? '',
      seriesInstanceUID: text(series, tags.SeriesInstanceUID) ?? '',
    })),
  );
  const client = useQueryClient();
  const keyOf = (address: (typeof addresses)[number]) => [
    'metadata',
    address.studyInstanceUID,
    address.seriesInstanceUID,
  ];
  // Asked of the cache, not of the last rendering: several answers may come between two renderings.
  const settled = addresses.filter((address) => {
    const state = client.getQueryState(keyOf(address));
    return state !== undefined && state.status !== 'pending';
  }).length;
  const metadata = useQueries({
    queries: addresses.map((address, index) => ({
      queryKey: keyOf(address),
      queryFn: async () => {
        const { studyInstanceUID, seriesInstanceUID } = address;
        const instances = await retrieveSeriesMetadata(studyInstanceUID, seriesInstanceUID);
        return makeDisplaySets(studyInstanceUID, seriesInstanceUID, instances);
      },
      staleTime: Number.POSITIVE_INFINITY,
      enabled: index < settled + seriesInFlight,
    })),
  });
  const bySeries = new Map(addresses.map((address, index) => [address.seriesInstanceUID, metadata[index]]));
  return studies.map((study, index) => ({
    studyInstanceUID: studyInstanceUIDs[index] ?? '',
    isPending: study.isPending,
    error: study.error,
    retry: () => void study.refetch(),
    series: (found[index] ?? []).map((series) => {
      const seriesInstanceUID = text(series, tags.SeriesInstanceUID) ?? '';
      const query = bySeries.get(seriesInstanceUID);
      return {
        studyInstanceUID: studyInstanceUIDs[index] ?? '',
        seriesInstanceUID,
        found: series,
        displaySets: query?.data,
        error: query?.error ?? null,
        retry: () => void query?.refetch(),
      };
    }),
  }));
}
