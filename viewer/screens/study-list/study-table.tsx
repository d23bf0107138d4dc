import { type KeyboardEvent, type ReactNode, type RefObject, useLayoutEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Selection } from './selection.ts';
import type { StudyRow } from './study-row.ts';
import { type SortingProps, TableHeader } from './table-header.tsx';
import { PendingRow, type RowActions, TableRow } from './table-row.tsx';
import type { Columns } from './use-columns.ts';
import { rowHeight, type StudyWindow } from './use-study-window.ts';

interface TableProps extends SortingProps {
  area: RefObject<HTMLElement | null>;
  window: StudyWindow;
  columns: Columns;
  selection: Selection;
  previewed: string | undefined;
  onOpen: (row: StudyRow) => void;
  onPreview: (row: StudyRow | undefined) => void;
  /** `isRange`: all from the row that was touched last. */
  onSelect: (index: number, row: StudyRow, isRange: boolean) => void;
  onMenu: RowActions['menu'];
  /** The keyboard has left the first row upwards. */
  onLeaveUpwards: () => void;
}

/** Rows that a key moves by, where the list shows `pageRows` at once; undefined for keys that don't move. */
export function targetOfKey(key: string, index: number, total: number, pageRows: number): number | undefined {
  const targets: Record<string, number> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + pageRows,
    PageUp: index - pageRows,
    Home: 0,
    End: total - 1,
  };
  const target = targets[key];
  return target === undefined ? undefined : Math.min(Math.max(0, target), total - 1);
}

/** The keys of a row: arrows move, Enter opens, Space selects, right arrow shows the series. */
function useRowActions(props: TableProps): { actions: RowActions; moveTo: (index: number) => void } {
  const latest = useRef(props);
  latest.current = props;
  /** The place that is to get the focus as soon as its row is there. */
  const wanted = useRef<number>(undefined);
  const { area, window: list } = props;

  useLayoutEffect(() => {
    if (wanted.current === undefined) return;
    const row = area.current?.querySelector<HTMLElement>(`tr[data-index="${wanted.current}"]`);
    if (!row) return;
    wanted.current = undefined;
    row.focus({ preventScroll: true });
  });

  const moveTo = (index: number) => {
    wanted.current = index;
    list.virtualizer.scrollToIndex(index);
    const row = area.current?.querySelector<HTMLElement>(`tr[data-index="${index}"]`);
    if (!row) return;
    wanted.current = undefined;
    row.focus({ preventScroll: true });
  };
  const latestMove = useRef(moveTo);
  latestMove.current = moveTo;

  const actions = useMemo<RowActions>(() => {
    const now = () => latest.current;
    const move = (event: KeyboardEvent<HTMLElement>, index: number) => {
      const { window: current, onSelect, onLeaveUpwards } = now();
      if (event.key === 'ArrowUp' && index === 0) return onLeaveUpwards();
      const pageRows = Math.max(1, Math.floor((area.current?.clientHeight ?? 0) / rowHeight) - 2);
      const target = targetOfKey(event.key, index, current.pages.total, pageRows);
      if (target === undefined) return;
      const row = current.pages.rowAt(target);
      if (event.shiftKey && row) onSelect(target, row, true);
      latestMove.current(target);
    };
    /** What a key does with a row; false for keys that do nothing with it. */
    const act = (key: string, index: number, row: StudyRow, event: KeyboardEvent<HTMLElement>): boolean => {
      if (key === 'Enter') now().onOpen(row);
      else if (key === ' ') now().onSelect(index, row, event.shiftKey);
      else if (key === 'ArrowRight') now().onPreview(row);
      else if (key === 'ArrowLeft' || key === 'Escape') now().onPreview(undefined);
      else if (key === 'ContextMenu') now().onMenu(row, placeOf(event.currentTarget));
      else return false;
      return true;
    };
    return {
      open: (row) => now().onOpen(row),
      preview: (row) => now().onPreview(now().previewed === row.studyInstanceUID ? undefined : row),
      select: (index, row, isRange) => now().onSelect(index, row, isRange),
      menu: (row, at) => now().onMenu(row, at),
      focus: (index, { studyInstanceUID }) => {
        const { active, setActive } = now().window;
        if (active?.index !== index || active.studyInstanceUID !== studyInstanceUID)
          setActive({ index, studyInstanceUID });
      },
      keyDown: (event, index, row) => {
        if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
        const key = event.key === 'F10' && event.shiftKey ? 'ContextMenu' : event.key;
        const isMove = targetOfKey(key, index, 1, 1) !== undefined;
        if (isMove) move(event, index);
        else if (!act(key, index, row, event)) return;
        event.preventDefault();
      },
    };
  }, [area]);
  return { actions, moveTo };
}

/** Where a menu of a row opens that no pointer has asked for. */
function placeOf(row: HTMLElement): { x: number; y: number } {
  const { left, bottom } = row.getBoundingClientRect();
  return { x: left + 48, y: bottom };
}

/** Rows that are not drawn, as one of their height. */
function Gap({ rows, columnCount }: { rows: number; columnCount: number }): ReactNode {
  if (rows <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a gap takes no focus
    <tr aria-hidden="true" className="row-gap" style={{ height: rows * rowHeight }}>
      <td colSpan={columnCount} />
    </tr>
  );
}

/** All studies of a search, of which those in view are drawn; a real table, whose rows say which they are of how many. */
export function StudyTable(
  props: TableProps & { focusRow?: RefObject<((index: number) => void) | null> },
): ReactNode {
  const { t } = useTranslation();
  const { window: list, columns, selection } = props;
  const { pages, active } = list;
  const { actions, moveTo } = useRowActions(props);
  if (props.focusRow) props.focusRow.current = moveTo;
  const columnCount = columns.shown.length + 2;
  const width = columns.shown.reduce((sum, column) => sum + column.width, 0);
  const items = list.virtualizer.getVirtualItems();
  const tabStop = active && active.index < pages.total ? active.index : 0;
  let drawn = 0;
  const keys = new Set<string>();
  // Between two answers a study may stand on two pages.
  const keyOf = ({ studyInstanceUID }: StudyRow, index: number) => {
    const key = keys.has(studyInstanceUID) ? `${studyInstanceUID}-${index}` : studyInstanceUID;
    keys.add(key);
    return key;
  };
  return (
    <table
      className="study-table"
      style={{ minWidth: width + 92 }}
      aria-label={t('list.table')}
      aria-rowcount={pages.totalIsExact ? pages.total + 1 : -1}
      data-testid="study-table"
    >
      <colgroup>
        <col style={{ width: 44 }} />
        {columns.shown.map(({ key, width: columnWidth }) => (
          <col key={key} style={{ width: columnWidth }} />
        ))}
        {/* Takes what is left of the width. */}
        <col />
      </colgroup>
      <TableHeader filter={props.filter} onSort={props.onSort} columns={columns} />
      <tbody>
        {pages.isPending
          ? [0, 1, 2, 3, 4, 5, 6, 7].map((index) => (
              <PendingRow key={index} index={index} columnCount={columnCount} />
            ))
          : items.flatMap(({ index }) => {
              const gap = <Gap key={`gap-${index}`} rows={index - drawn} columnCount={columnCount} />;
              drawn = index + 1;
              const row = pages.rowAt(index);
              return [
                gap,
                row ? (
                  <TableRow
                    key={keyOf(row, index)}
                    index={index}
                    row={row}
                    columns={columns.shown}
                    isSelected={selection.has(row.studyInstanceUID)}
                    isPreviewed={props.previewed === row.studyInstanceUID}
                    isActive={index === tabStop}
                    actions={actions}
                  />
                ) : (
                  <PendingRow key={`pending-${index}`} index={index} columnCount={columnCount} />
                ),
              ];
            })}
        {pages.isPending ? null : <Gap rows={pages.total - drawn} columnCount={columnCount} />}
      </tbody>
    </table>
  );
}
