import { type KeyboardEvent, type MouseEvent, memo, type ReactNode, type Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Icon } from '../../components/icons.tsx';
import { viewerAddress } from '../../workspace/viewer-address.ts';
import { loadStudyViewer } from '../study-viewer/load-study-viewer.ts';
import type { Column, ColumnKey } from './columns.ts';
import { StatusMark } from './status-mark.tsx';
import type { StudyRow } from './study-row.ts';

/** What can be done with a row; each is told its place and its study. */
export interface RowActions {
  readonly open: (row: StudyRow) => void;
  readonly preview: (row: StudyRow) => void;
  /** `isRange`: from the row last touched to this one. */
  readonly select: (index: number, row: StudyRow, isRange: boolean) => void;
  readonly menu: (row: StudyRow, at: { readonly x: number; readonly y: number }) => void;
  readonly keyDown: (event: KeyboardEvent<HTMLElement>, index: number, row: StudyRow) => void;
  readonly focus: (index: number, row: StudyRow) => void;
}

interface RowProps {
  index: number;
  row: StudyRow;
  columns: readonly Column[];
  isSelected: boolean;
  isPreviewed: boolean;
  isActive: boolean;
  actions: RowActions;
  elementRef?: Ref<HTMLTableRowElement>;
}

/** Who points at a study is about to open it. */
const prepareViewer = () => void loadStudyViewer();

function Name({ row }: { row: StudyRow }): ReactNode {
  const { t } = useTranslation();
  const patient = row.patientName ?? t('list.noName');
  return (
    <Link
      href={viewerAddress([row.studyInstanceUID])}
      aria-label={t('list.open', { patient })}
      tabIndex={-1}
      className={row.patientName ? '' : 'is-missing'}
    >
      {patient}
    </Link>
  );
}

/** What a cell says; as text also its tooltip, for what is longer than its two lines. */
function textOf(row: StudyRow, key: ColumnKey): string {
  const values: Record<ColumnKey, string | number | undefined> = {
    name: row.patientName,
    patientID: row.patientID,
    birthDate: row.birthDate,
    sex: row.sex,
    date: [row.date, row.time].filter(Boolean).join(' '),
    modality: row.modalities,
    description: row.description,
    accession: row.accession,
    referringPhysician: row.referringPhysician,
    studyID: row.studyID,
    series: row.series,
    images: row.images,
    status: row.status,
  };
  return String(values[key] ?? '');
}

function Content({ row, column }: { row: StudyRow; column: ColumnKey }): ReactNode {
  if (column === 'name') return <Name row={row} />;
  if (column === 'status') return <StatusMark status={row.status} />;
  if (column === 'date') {
    return (
      <>
        {row.date} <span className="time">{row.time}</span>
      </>
    );
  }
  return textOf(row, column);
}

function isOnControl({ target }: MouseEvent): boolean {
  return target instanceof Element && target.closest('a, button, input, label') !== null;
}

/** One study. A click opens it, with Ctrl or Shift it selects; so do keys, see `StudyTable`. */
export const TableRow = memo(function TableRow(props: RowProps): ReactNode {
  const { t } = useTranslation();
  const { index, row, actions } = props;
  const patient = row.patientName ?? t('list.noName');
  const click = (event: MouseEvent) => {
    if (isOnControl(event)) return;
    if (event.shiftKey || event.ctrlKey || event.metaKey) actions.select(index, row, event.shiftKey);
    else actions.open(row);
  };
  const className = [props.isSelected ? 'is-selected' : '', props.isPreviewed ? 'is-previewed' : ''];
  return (
    <tr
      ref={props.elementRef}
      aria-rowindex={index + 2}
      tabIndex={props.isActive ? 0 : -1}
      className={className.filter(Boolean).join(' ')}
      onKeyDown={(event) => actions.keyDown(event, index, row)}
      onClick={click}
      // Shift with a click selects rows, not their text.
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      onContextMenu={(event) => {
        event.preventDefault();
        actions.menu(row, { x: event.clientX, y: event.clientY });
      }}
      onPointerEnter={prepareViewer}
      onFocus={() => {
        prepareViewer();
        actions.focus(index, row);
      }}
      data-testid="study-row"
      data-index={index}
      data-study-instance-uid={row.studyInstanceUID}
    >
      <td className="column-select">
        <label className="row-checkbox">
          <input
            type="checkbox"
            checked={props.isSelected}
            tabIndex={-1}
            aria-label={t('list.select', { patient })}
            onChange={() => undefined}
            onClick={(event) => actions.select(index, row, event.shiftKey)}
          />
        </label>
      </td>
      {props.columns.map(({ key }) => (
        <td key={key} className={`column-${key}`} title={key === 'status' ? undefined : textOf(row, key)}>
          <span className="cell-text">
            <Content row={row} column={key} />
          </span>
        </td>
      ))}
      <td className="column-preview">
        <button
          type="button"
          className="preview-button"
          tabIndex={-1}
          aria-pressed={props.isPreviewed}
          aria-label={t('list.previewOf', { patient })}
          title={t('list.preview')}
          onClick={() => actions.preview(row)}
          data-testid="preview-button"
        >
          <Icon name="preview" size={18} />
        </button>
      </td>
    </tr>
  );
});

/** A row whose page is on its way. */
export function PendingRow({ index, columnCount }: { index: number; columnCount: number }): ReactNode {
  return (
    <tr className="is-placeholder" aria-rowindex={index + 2}>
      <td colSpan={columnCount}>
        <span className="placeholder-bar" />
      </td>
    </tr>
  );
}
