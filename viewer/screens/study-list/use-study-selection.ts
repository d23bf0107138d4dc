import { useCallback, useEffect, useRef, useState } from 'react';
import { noSelection, placesBetween, type Selection, withAdded, without, withToggled } from './selection.ts';
import type { StudyRow } from './study-row.ts';
import type { StudyPages } from './use-study-pages.ts';

/** More are not selected by one range: what is done with them is done one after the other. */
const longestRange = 2000;

export interface StudySelection {
  readonly selection: Selection;
  readonly select: (index: number, row: StudyRow, isRange: boolean) => void;
  readonly remove: (studyInstanceUIDs: readonly string[]) => void;
  readonly clear: () => void;
}

/** The studies that are ticked. Another search begins with none: what one does not see is not to be deleted. */
export function useStudySelection(pages: StudyPages): StudySelection {
  const [selection, setSelection] = useState(noSelection);
  const anchor = useRef(0);
  const latest = useRef(pages);
  latest.current = pages;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the search is what it depends on
  useEffect(() => {
    anchor.current = 0;
    setSelection(noSelection);
  }, [pages.key]);

  const select = useCallback((index: number, row: StudyRow, isRange: boolean) => {
    if (!isRange) {
      anchor.current = index;
      setSelection((before) => withToggled(before, row));
      return;
    }
    const { key, fetchRows } = latest.current;
    const places = placesBetween(anchor.current, index).slice(0, longestRange);
    void fetchRows(places).then((rows) => {
      if (latest.current.key === key) setSelection((before) => withAdded(before, rows));
    });
  }, []);
  return {
    selection,
    select,
    remove: useCallback((uids) => setSelection((before) => without(before, uids)), []),
    clear: useCallback(() => setSelection(noSelection), []),
  };
}
