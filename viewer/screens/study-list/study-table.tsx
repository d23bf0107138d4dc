import { Skeleton } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { viewerAddress } from '../../workspace/viewer-address.ts';
import { loadStudyViewer } from '../study-viewer/load-study-viewer.ts';
import type { SortKey, StudyFilter } from './study-filter.ts';
import type { StudyRow } from './study-row.ts';

interface TableProps {
  rows: readonly StudyRow[];
  filter: StudyFilter;
  isLoading: boolean;
  onSort: (key: SortKey, descending: boolean) => void;
  onOpen: (studyInstanceUID: string) => void;
}

const columns = [
  { label: 'name', sort: 'PatientName' },
  { label: 'patientID', sort: 'PatientID' },
  { label: 'birthDate' },
  { label: 'date', sort: 'StudyDate' },
  { label: 'modality' },
  { label: 'description', sort: 'StudyDescription' },
  { label: 'accession', sort: 'AccessionNumber' },
  { label: 'series' },
  { label: 'images' },
] as const;

function HeaderCell(props: TableProps & { column: (typeof columns)[number] }): ReactNode {
  const { t } = useTranslation();
  const { column, filter } = props;
  const label = t(`list.${column.label}`);
  const className = `column-${column.label}`;
  if (!('sort' in column)) {
    return (
      <th scope="col" className={className}>
        {label}
      </th>
    );
  }
  const isSorted = filter.sort === column.sort;
  const direction = filter.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={isSorted ? direction : 'none'} className={className}>
      <button
        type="button"
        title={t('list.sortBy', { column: label })}
        // A date is asked for newest first; names from A.
        onClick={() => props.onSort(column.sort, isSorted ? !filter.descending : column.sort === 'StudyDate')}
        data-testid={`sort-${column.sort}`}
      >
        {label}
        <span className="sort-mark" aria-hidden="true">
          {isSorted ? (filter.descending ? '▼' : '▲') : ''}
        </span>
      </button>
    </th>
  );
}

function Row({ row }: { row: StudyRow }): ReactNode {
  const { t } = useTranslation();
  const patient = row.patientName ?? t('list.noName');
  return (
    <>
      <td className="column-name">
        <Link
          href={viewerAddress([row.studyInstanceUID])}
          aria-label={t('list.open', { patient })}
          tabIndex={-1}
          className={row.patientName ? '' : 'is-missing'}
        >
          {patient}
        </Link>
      </td>
      <td>{row.patientID}</td>
      <td className="column-birthDate">
        {row.birthDate} {row.sex}
      </td>
      <td className="column-date">
        {row.date} <span className="time">{row.time}</span>
      </td>
      <td>{row.modalities}</td>
      <td className="column-description">{row.description}</td>
      <td>{row.accession}</td>
      <td className="column-series">{row.series}</td>
      <td className="column-images">{row.images}</td>
    </>
  );
}

/** Who points at a study is about to open it. */
const prepareViewer = () => void loadStudyViewer();

/** Moves the focus between rows; one row at a time is in the tab order. */
function moveFocus(event: KeyboardEvent<HTMLTableRowElement>, onOpen: () => void): void {
  const row = event.currentTarget;
  const siblings = [...(row.parentElement?.children ?? [])];
  const at = siblings.indexOf(row);
  const targets: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: siblings.length - 1,
  };
  if (event.key === 'Enter') {
    event.preventDefault();
    onOpen();
    return;
  }
  const target = targets[event.key];
  if (target === undefined) return;
  event.preventDefault();
  const next = siblings[target];
  if (next instanceof HTMLElement) next.focus();
}

export function StudyTable(props: TableProps): ReactNode {
  const { t } = useTranslation();
  const body = useRef<HTMLTableSectionElement>(null);
  const { rows, isLoading, onOpen } = props;
  return (
    <table className="study-table" aria-label={t('list.table')} data-testid="study-table">
      <thead>
        <tr>
          {columns.map((column) => (
            <HeaderCell key={column.label} column={column} {...props} />
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {isLoading
          ? Array.from({ length: 8 }, (_, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
              <tr key={index} className="is-placeholder">
                <td colSpan={columns.length}>
                  <Skeleton height={18} radius="sm" />
                </td>
              </tr>
            ))
          : rows.map((row, index) => (
              <tr
                key={row.studyInstanceUID}
                tabIndex={index === 0 ? 0 : -1}
                onKeyDown={(event) => moveFocus(event, () => onOpen(row.studyInstanceUID))}
                onClick={() => onOpen(row.studyInstanceUID)}
                onPointerEnter={prepareViewer}
                onFocus={prepareViewer}
                data-testid="study-row"
                data-study-instance-uid={row.studyInstanceUID}
              >
                <Row row={row} />
              </tr>
            ))}
      </tbody>
    </table>
  );
}
