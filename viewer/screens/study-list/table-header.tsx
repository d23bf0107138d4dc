import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { type Column, columnKind } from './columns.ts';
import type { SortKey, StudyFilter } from './study-filter.ts';
import type { Columns } from './use-columns.ts';

export interface SortingProps {
  filter: StudyFilter;
  onSort: (key: SortKey, descending: boolean) => void;
}

const keyboardStep = 16;

/** The edge of a column: dragged with the pointer, moved with the arrow keys. */
function WidthHandle({ column, columns }: { column: Column; columns: Columns }): ReactNode {
  const { t } = useTranslation();
  const drag = useRef<{ readonly x: number; readonly width: number }>(undefined);
  const start = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, width: column.width };
  };
  const move = (event: PointerEvent) => {
    if (drag.current) columns.tryWidth(column.key, drag.current.width + event.clientX - drag.current.x);
  };
  const end = () => {
    drag.current = undefined;
    columns.keepWidth();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -keyboardStep, ArrowRight: keyboardStep }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    columns.tryWidth(column.key, column.width + step);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a splitter, which is no rule
    <span
      role="separator"
      aria-orientation="vertical"
      aria-valuenow={column.width}
      aria-label={t('list.columnWidth', { column: t(`list.${column.key}`) })}
      tabIndex={0}
      className="width-handle"
      onPointerDown={start}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
      onKeyDown={onKeyDown}
      onKeyUp={columns.keepWidth}
      onBlur={columns.keepWidth}
      data-testid={`width-${column.key}`}
    />
  );
}

function HeaderCell(props: SortingProps & { column: Column; columns: Columns }): ReactNode {
  const { t } = useTranslation();
  const { column, filter } = props;
  const { sort } = columnKind(column.key);
  const label = t(`list.${column.key}`);
  const isSorted = filter.sort === sort;
  const direction = filter.descending ? 'descending' : 'ascending';
  return (
    <th
      scope="col"
      aria-sort={isSorted ? direction : 'none'}
      className={`column-${column.key}`}
      data-column={column.key}
    >
      <button
        type="button"
        title={t('list.sortBy', { column: label })}
        // A date is asked for newest first; names from A.
        onClick={() => props.onSort(sort, isSorted ? !filter.descending : sort === 'StudyDate')}
        data-testid={`sort-${sort}`}
      >
        {label}
        <span className="sort-mark" aria-hidden="true">
          {isSorted ? (filter.descending ? '▼' : '▲') : ''}
        </span>
      </button>
      <WidthHandle column={column} columns={props.columns} />
    </th>
  );
}

export function TableHeader(props: SortingProps & { columns: Columns }): ReactNode {
  const { t } = useTranslation();
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th scope="col" className="column-select">
          <span className="visually-hidden">{t('list.selected')}</span>
        </th>
        {props.columns.shown.map((column) => (
          <HeaderCell key={column.key} column={column} {...props} />
        ))}
        <th scope="col" className="column-preview">
          <span className="visually-hidden">{t('list.preview')}</span>
        </th>
      </tr>
    </thead>
  );
}
