import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { filterFromSearch, filterToSearch, type StudyFilter } from './study-filter.ts';

/** The filter in the page's address, and how to change it. */
export function useFilter(): [StudyFilter, (filter: StudyFilter) => void] {
  const search = useSearch();
  const [, navigate] = useLocation();
  const filter = useMemo(() => filterFromSearch(search), [search]);
  const setFilter = useCallback(
    (changed: StudyFilter) => {
      const next = filterToSearch(changed);
      // Typing must not fill the history: going back leaves the list.
      navigate(next ? `/?${next}` : '/', { replace: true });
    },
    [navigate],
  );
  return [filter, setFilter];
}
