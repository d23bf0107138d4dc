import { type QueryClient, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { countStudies, type SearchAnswer, searchForStudies } from '../../dicomweb/search.ts';
import { mostRows, pageSize } from './page-numbers.ts';
import { readStudyRow, type StudyRow } from './study-row.ts';

export type StudyQuery = Readonly<Record<string, string>>;

interface Page {
  readonly rows: readonly StudyRow[];
  readonly total: number | undefined;
  readonly totalIsExact: boolean;
}

/** The studies that a search found, as far as they are here. */
export interface StudyPages {
  /** Tells one search from the next. */
  readonly key: string;
  readonly rowAt: (index: number) => StudyRow | undefined;
  /** Places of all rows that are here, those of the newest pages first. */
  readonly places: () => Iterable<number>;
  readonly total: number;
  /** False when there are more than `total`. */
  readonly totalIsExact: boolean;
  /** There is nothing to show yet. */
  readonly isPending: boolean;
  /** What is shown is what another search found: the answer to this one is on its way. */
  readonly isOutdated: boolean;
  readonly isFetching: boolean;
  /** When the newest of what is shown came, in milliseconds since 1970; 0 for nothing. */
  readonly updatedAt: number;
  readonly error: Error | null;
  readonly refetch: () => void;
  /** The rows at some places, fetched where they are not here. */
  readonly fetchRows: (places: readonly number[]) => Promise<readonly StudyRow[]>;
}

export const studiesKey = 'studies';
const pageKey = (query: StudyQuery, page: number) => [studiesKey, query, page] as const;

function readPage({ dataSets, total, totalIsExact }: SearchAnswer): Page {
  return { rows: dataSets.map(readStudyRow), total, totalIsExact };
}

function pageOptions(query: StudyQuery, page: number) {
  return {
    queryKey: pageKey(query, page),
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      searchForStudies({ ...query, limit: String(pageSize), offset: String(page * pageSize) }, signal).then(
        readPage,
      ),
    // A reading list is worth little when it is stale.
    staleTime: 5_000,
  };
}

async function fetchRows(
  client: QueryClient,
  query: StudyQuery,
  places: readonly number[],
): Promise<readonly StudyRow[]> {
  const pages = [...new Set(places.map((place) => Math.floor(place / pageSize)))];
  const found = new Map<number, Page>();
  for (const page of pages) {
    found.set(page, await client.ensureQueryData({ ...pageOptions(query, page), staleTime: 60_000 }));
  }
  return places.flatMap((place) => found.get(Math.floor(place / pageSize))?.rows[place % pageSize] ?? []);
}

interface View {
  readonly rows: ReadonlyMap<number, readonly StudyRow[]>;
  readonly total: number;
  readonly totalIsExact: boolean;
  readonly updatedAt: number;
}

const nothing: View = { rows: new Map(), total: 0, totalIsExact: true, updatedAt: 0 };

/**
 * The pages of a search that are to be seen, and those seen before. `wanted` are page numbers, from 0; `settled` tells whether they
 * will stay: what is only scrolled past is not asked for. Until the first answer of another search the rows of the one before stay,
 * marked as outdated.
 */
export function useStudyPages(query: StudyQuery, wanted: readonly number[], settled: boolean): StudyPages {
  const client = useQueryClient();
  const key = JSON.stringify(query);
  /** The search whose rows are shown, or that has failed. */
  const [answeredKey, setAnsweredKey] = useState(key);
  const isNew = answeredKey !== key;
  const pages = isNew ? [0] : wanted;
  const results = useQueries({
    queries: pages.map((page) => ({
      ...pageOptions(query, page),
      enabled: isNew || settled,
      // Who comes back to the window sees what is there now.
      refetchOnWindowFocus: 'always' as const,
    })),
  });
  const isAnswered = results.some(({ data, isError }) => data !== undefined || isError);
  useEffect(() => {
    if (isNew && isAnswered) setAnsweredKey(key);
  }, [isNew, isAnswered, key]);

  const error = results.find((result) => result.isError && result.data === undefined)?.error ?? null;
  const newest = results.reduce<(typeof results)[number] | undefined>(
    (best, result) => (result.data && result.dataUpdatedAt > (best?.dataUpdatedAt ?? 0) ? result : best),
    undefined,
  );
  const isCounted = newest?.data?.totalIsExact !== false;
  const count = useQuery({
    queryKey: ['study-count', query],
    queryFn: ({ signal }) => countStudies(query, signal),
    enabled: !isCounted,
    staleTime: 5_000,
  });

  const view = useView(results, pages, newest?.data, isCounted ? undefined : count.data);
  /** The last that was shown: also what is scrolled to before its page is here has a length. */
  const shown = useRef({ key, view: nothing });
  if (!isNew && newest) shown.current = { key, view };
  const isOutdated = isNew && shown.current.view !== nothing;
  const current = isNew || shown.current.key === key ? shown.current.view : nothing;

  // Where studies have come in or gone, the other pages, also those out of sight, hold what is no more in its place.
  const exactTotal = current.totalIsExact ? current.total : 0;
  const counted = useRef({ key, total: exactTotal });
  useEffect(() => {
    const before = counted.current;
    counted.current = { key, total: exactTotal };
    const isChanged = before.total > 0 && exactTotal > 0 && before.total !== exactTotal;
    if (before.key === key && isChanged && !isNew)
      void client.invalidateQueries({ queryKey: [studiesKey, query] });
  }, [client, key, query, exactTotal, isNew]);

  const refetch = useCallback(() => {
    void client.refetchQueries({ queryKey: [studiesKey, query], type: 'active' });
    void client.refetchQueries({ queryKey: ['study-count', query], type: 'active' });
    // What was seen before and is out of sight is asked for again when it comes back.
    void client.invalidateQueries({ queryKey: [studiesKey, query], refetchType: 'none' });
  }, [client, query]);
  const fetchPlaces = useCallback(
    (places: readonly number[]) => fetchRows(client, query, places),
    [client, query],
  );
  return {
    key: isNew ? answeredKey : key,
    rowAt: useCallback(
      (index) => current.rows.get(Math.floor(index / pageSize))?.[index % pageSize],
      [current],
    ),
    places: useCallback(() => placesIn(current), [current]),
    total: Math.min(current.total, mostRows),
    totalIsExact: current.totalIsExact && current.total <= mostRows,
    isPending: current === nothing && !error,
    isOutdated,
    isFetching: results.some(({ isFetching }) => isFetching),
    updatedAt: current.updatedAt,
    error,
    refetch,
    fetchRows: fetchPlaces,
  };
}

function* placesIn({ rows }: View): Generator<number> {
  for (const [page, found] of rows) for (let at = 0; at < found.length; at += 1) yield page * pageSize + at;
}

/** One view of all pages; the same object as long as nothing in it is another. */
function useView(
  results: readonly { readonly data: Page | undefined; readonly dataUpdatedAt: number }[],
  pages: readonly number[],
  newest: Page | undefined,
  exactCount: number | undefined,
): View {
  const updatedAt = Math.max(0, ...results.map(({ dataUpdatedAt }) => dataUpdatedAt));
  const parts = [newest, exactCount, updatedAt, ...pages, ...results.map(({ data }) => data)];
  const latest = useRef<{ readonly parts: readonly unknown[]; readonly view: View }>(undefined);
  const before = latest.current;
  const isSame =
    before?.parts.length === parts.length && parts.every((part, at) => part === before.parts[at]);
  const view = before && isSame ? before.view : viewOf(results, pages, newest, exactCount, updatedAt);
  latest.current = { parts, view };
  return view;
}

function viewOf(
  results: readonly { readonly data: Page | undefined }[],
  pages: readonly number[],
  newest: Page | undefined,
  exactCount: number | undefined,
  updatedAt: number,
): View {
  const rows = new Map(pages.map((page, at) => [page, results[at]?.data?.rows ?? []]));
  // What is here counts, also where the archive does not tell how many there are.
  const ends = [...rows].map(([page, found]) => (found.length > 0 ? page * pageSize + found.length : 0));
  return {
    rows,
    total: Math.max(exactCount ?? newest?.total ?? 0, ...ends),
    totalIsExact: exactCount !== undefined || newest?.totalIsExact !== false,
    updatedAt,
  };
}
