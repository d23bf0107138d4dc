import { useEffect, useRef } from 'react';
import { setReadingList } from '../../workspace/reading-list.ts';
import type { StudyPages } from './use-study-pages.ts';

/** Studies in the order of the list; where rows between are not here, an empty entry, so that none is passed over. */
function studiesInOrder({ places, rowAt }: StudyPages): string[] {
  const order = [...new Set(places())].sort((a, b) => a - b);
  return order.flatMap((place, at) => {
    const uid = rowAt(place)?.studyInstanceUID ?? '';
    return at > 0 && order[at - 1] !== place - 1 ? ['', uid] : [uid];
  });
}

/** Leaves the list to the study viewer, which goes from study to study without coming back. */
export function useReadingList(pages: StudyPages): void {
  const latest = useRef(pages);
  latest.current = pages;
  useEffect(() => () => setReadingList(studiesInOrder(latest.current)), []);
}
