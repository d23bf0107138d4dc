import { useCallback, useMemo, useRef } from 'react';
import { useLocation, useSearch } from 'wouter';
import { type ListAddress, readListAddress, writeListAddress } from './list-address.ts';

/** What the page's address says of the list, and how to change it. */
export function useListAddress(): [ListAddress, (change: Partial<ListAddress>) => void] {
  const search = useSearch();
  const [, navigate] = useLocation();
  const address = useMemo(() => readListAddress(search), [search]);
  const latest = useRef(address);
  latest.current = address;
  const change = useCallback(
    (changed: Partial<ListAddress>) => {
      latest.current = { ...latest.current, ...changed };
      const next = writeListAddress(latest.current);
      // Typing must not fill the history: going back leaves the list.
      navigate(next ? `/?${next}` : '/', { replace: true });
    },
    [navigate],
  );
  return [address, change];
}
