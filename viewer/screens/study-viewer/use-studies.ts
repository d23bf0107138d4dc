import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { type JsonDataSet, number, text } from '../../dicomweb/data-set.ts';
import { retrieveSeriesMetadata, searchForSeries } from '../../dicomweb/series.ts';
import { tags } from '../../dicomweb/tags.ts';
import { type DisplaySet, instancesOf, makeDisplaySets } from '../../viewport/stacks.ts';
import type { ViewerRequest } from '../../workspace/viewer-address.ts';
import { byReadingOrder } from './series-order.ts';
import { useRefresh } from './use-refresh.ts';

export interface Shortfall {
  readonly shown: number;
  readonly total: number;
}

/** A series of the panel: from the search at once, with what it can show as soon as its metadata is there. */
export interface LoadedSeries {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly found: JsonDataSet;
  readonly displaySets: readonly DisplaySet[] | undefined;
  /** Set when fewer instances are shown than the series has now. */
  readonly shortfall: Shortfall | undefined;
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

/** Metadata of so many series is asked for at the same time; the rest follows in the order of the panel. */
const seriesInFlight = 3;

/** One series of one study: studies may share a Series Instance UID, though they should not. */
interface SeriesAddress {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly found: JsonDataSet;
  /** Instances in the series by the last search. */
  readonly total: number | undefined;
}

const nameOf = (address: SeriesAddress) => `${address.studyInstanceUID}/${address.seriesInstanceUID}`;

/** A series that has grown has another key: what was known of it before is no answer any more. */
const keyOf = (address: SeriesAddress) =>
  ['metadata', address.studyInstanceUID, address.seriesInstanceUID, address.total ?? null] as const;

type StudiesToLoad = Pick<ViewerRequest, 'studyInstanceUIDs' | 'seriesInstanceUIDs'>;

/** Searches for the series of the studies, and again while the studies are open. */
function useSeriesSearch({ studyInstanceUIDs, seriesInstanceUIDs }: StudiesToLoad, added: readonly string[]) {
  const opened = [...studyInstanceUIDs, ...added];
  const studies = useQueries({
    queries: opened.map((studyInstanceUID) => ({
      queryKey: ['series', studyInstanceUID],
      queryFn: () => searchForSeries(studyInstanceUID),
      // Asked on every opening: a study may have grown since.
      staleTime: 0,
      gcTime: 0,
    })),
  });
  return studies.map((study, index) => {
    const studyInstanceUID = opened[index] ?? '';
    const addresses = [...(study.data ?? [])].sort(byReadingOrder).map(
      (found): SeriesAddress => ({
        studyInstanceUID,
        seriesInstanceUID: text(found, tags.SeriesInstanceUID) ?? '',
        found,
        total: number(found, tags.NumberOfSeriesRelatedInstances),
      }),
    );
    // The series that an address names are those of its own studies.
    const isAll = seriesInstanceUIDs.length === 0 || index >= studyInstanceUIDs.length;
    const isWanted = (uid: string) => isAll || seriesInstanceUIDs.includes(uid);
    return {
      study,
      studyInstanceUID,
      addresses: addresses.filter((address) => isWanted(address.seriesInstanceUID)),
    };
  });
}

function shortfallOf(displaySets: readonly DisplaySet[] | undefined, total: number | undefined) {
  if (!displaySets || total === undefined) return undefined;
  const shown = displaySets.reduce((sum, set) => sum + instancesOf(set).length, 0);
  return shown < total ? { shown, total } : undefined;
}

const noStudies: readonly string[] = [];

/**
 * The studies of an address and those opened beside them (`added`), with their series, filled in as answers come, and as the
 * studies grow.
 */
export function useStudies(
  request: StudiesToLoad,
  added: readonly string[] = noStudies,
): readonly LoadedStudy[] {
  const client = useQueryClient();
  const searches = useSeriesSearch(request, added);
  const addresses = searches.flatMap((search) => search.addresses);
  /** The last display sets of each series: shown until those of the grown series are there. */
  const known = useRef(new Map<string, readonly DisplaySet[]>()).current;
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
        return makeDisplaySets(studyInstanceUID, seriesInstanceUID, instances, known.get(nameOf(address)));
      },
      staleTime: Number.POSITIVE_INFINITY,
      // A closed study leaves nothing behind: the metadata of a day of reading would fill the memory.
      gcTime: 0,
      enabled: index < settled + seriesInFlight,
    })),
  });
  useRefresh(() => {
    for (const studyInstanceUID of [...request.studyInstanceUIDs, ...added]) {
      void client.refetchQueries({ queryKey: ['series', studyInstanceUID] });
    }
    void client.refetchQueries({
      queryKey: ['metadata'],
      type: 'active',
      predicate: (query) => query.state.status === 'error',
    });
  });
  const queries = new Map(addresses.map((address, index) => [nameOf(address), metadata[index]]));
  for (const [name, query] of queries) if (query?.data) known.set(name, query.data);
  return searches.map(({ study, studyInstanceUID, addresses: series }) => ({
    studyInstanceUID,
    isPending: study.isPending,
    error: study.error,
    retry: () => void study.refetch(),
    series: series.map((address): LoadedSeries => {
      const query = queries.get(nameOf(address));
      const displaySets = known.get(nameOf(address));
      return {
        studyInstanceUID,
        seriesInstanceUID: address.seriesInstanceUID,
        found: address.found,
        displaySets,
        shortfall: shortfallOf(displaySets, address.total),
        error: displaySets ? null : (query?.error ?? null),
        retry: () => void query?.refetch(),
      };
    }),
  }));
}
