import { useDebouncedValue } from '@mantine/hooks';
import { defaultRangeExtractor, useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { pagesOf, shiftOf } from './page-numbers.ts';
import { type StudyPages, type StudyQuery, useStudyPages } from './use-study-pages.ts';

/** Of each row, in CSS pixels: two lines of text. The style sheet has the same. */
export const rowHeight = 44;
export const headerHeight = 40;
/** Rows beyond the edges that are asked for before they come into view. */
const rowsAhead = 40;
/** What is only scrolled past is not asked for. */
const settlingMs = 80;
/** An old page that is scrolled to is here anew after so long. */
const refetchedWithinMs = 3_000;

/** The row that the keyboard is on. */
export interface ActiveRow {
  readonly index: number;
  readonly studyInstanceUID: string;
}

export interface StudyWindow {
  readonly pages: StudyPages;
  readonly virtualizer: Virtualizer<HTMLElement, HTMLTableRowElement>;
  readonly active: ActiveRow | undefined;
  readonly setActive: (row: ActiveRow) => void;
  /** Studies that came in above what is being read, and that have not been looked at. */
  readonly newAbove: number;
  /** Goes to the top, where they are. */
  readonly showNew: () => void;
}

/** Whether somebody is at the list: then nothing may move under the hand. */
function isInUse(area: HTMLElement): boolean {
  return area.matches(':hover') || area.contains(document.activeElement);
}

/**
 * The part of a search's answer that is in view. When studies come in, or go, above it, what is in view stays where it is.
 * `start`: where the list was left before.
 */
export function useStudyWindow(
  query: StudyQuery,
  area: RefObject<HTMLElement | null>,
  start: { readonly scrollTop: number; readonly active: ActiveRow | undefined },
): StudyWindow {
  const [wanted, setWanted] = useState<readonly number[]>(() => {
    const first = Math.floor(start.scrollTop / rowHeight);
    return pagesOf(first, first + rowsAhead);
  });
  const [settled] = useDebouncedValue(wanted, settlingMs);
  const pages = useStudyPages(query, wanted, settled === wanted);
  const [active, setActive] = useState(start.active);
  const activeIndex = active?.index;
  const virtualizer = useVirtualizer<HTMLElement, HTMLTableRowElement>({
    count: pages.total,
    getScrollElement: () => area.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    initialOffset: start.scrollTop,
    // The header covers the upper edge, and takes its height from the area.
    scrollPaddingEnd: headerHeight,
    // The row with the focus stays in the page wherever one scrolls: else the focus would be lost.
    rangeExtractor: (range) => {
      const places = defaultRangeExtractor(range);
      if (activeIndex === undefined || activeIndex >= range.count || places.includes(activeIndex))
        return places;
      return [...places, activeIndex].sort((a, b) => a - b);
    },
  });
  const first = virtualizer.range?.startIndex ?? 0;
  const last = virtualizer.range?.endIndex ?? rowsAhead;
  useEffect(() => {
    if (pages.isOutdated) return;
    const next = pagesOf(first - rowsAhead, Math.min(last + rowsAhead, Math.max(0, pages.total - 1)));
    setWanted((before) => (before.join() === next.join() ? before : next));
  }, [first, last, pages.total, pages.isOutdated]);
  const { newAbove, showNew } = useStillness(pages, area, { active, setActive });
  return { pages, virtualizer, active, setActive, newAbove, showNew };
}

/** Keeps what is in view where it is when rows come in or go above it; answers how many have come in since. */
function useStillness(
  pages: StudyPages,
  area: RefObject<HTMLElement | null>,
  { active, setActive }: Pick<StudyWindow, 'active' | 'setActive'>,
): Pick<StudyWindow, 'newAbove' | 'showNew'> {
  const [newAbove, setNewAbove] = useState(0);
  const anchor = useRef<ActiveRow & { readonly key: string }>(undefined);
  const lastKey = useRef(pages.key);
  /** Until then rows may move: the top was asked for, and its page may still be the one of before. */
  const mayMoveUntil = useRef(0);

  useLayoutEffect(() => {
    const element = area.current;
    if (!element || lastKey.current === pages.key) return;
    lastKey.current = pages.key;
    anchor.current = undefined;
    element.scrollTop = 0;
    setNewAbove(0);
  }, [pages.key, area]);

  useLayoutEffect(() => {
    const element = area.current;
    if (!element || pages.isOutdated || pages.isPending) return;
    const uidAt = (index: number) => pages.rowAt(index)?.studyInstanceUID;
    const before = anchor.current;
    const rows =
      before?.key === pages.key ? shiftOf(before.studyInstanceUID, before.index, uidAt, pages.places()) : 0;
    if (rows !== 0) {
      if (active) setActive({ ...active, index: active.index + rows });
      const isWanted = Date.now() < mayMoveUntil.current;
      if (!isWanted && (element.scrollTop > 0 || isInUse(element))) {
        element.scrollTop += rows * rowHeight;
        setNewAbove((count) => Math.max(0, count + rows));
      }
    }
    const index = Math.floor(element.scrollTop / rowHeight);
    const studyInstanceUID = uidAt(index);
    // A row that is not here yet can't be an anchor: the one before stays it.
    if (studyInstanceUID !== undefined) anchor.current = { key: pages.key, index, studyInstanceUID };
  });

  useEffect(() => {
    const element = area.current;
    if (!element || newAbove === 0) return;
    const onScroll = () => {
      if (element.scrollTop < rowHeight) setNewAbove(0);
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, [newAbove, area]);
  const showNew = useCallback(() => {
    mayMoveUntil.current = Date.now() + refetchedWithinMs;
    setNewAbove(0);
    if (area.current) area.current.scrollTop = 0;
  }, [area]);
  return { newAbove, showNew };
}
