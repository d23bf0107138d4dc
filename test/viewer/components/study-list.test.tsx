// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { usualColumns } from '../../../viewer/screens/study-list/columns.ts';
import { emptyFilter } from '../../../viewer/screens/study-list/study-filter.ts';
import { readStudyRow } from '../../../viewer/screens/study-list/study-row.ts';
import { TableHeader } from '../../../viewer/screens/study-list/table-header.tsx';
import { TableRow } from '../../../viewer/screens/study-list/table-row.tsx';
import { UploadReport } from '../../../viewer/screens/study-list/upload-report.tsx';
import type { Upload } from '../../../viewer/screens/study-list/use-upload.ts';
import { startTexts } from '../../../viewer/texts/start-texts.ts';
import { makeDataSet } from './make-data-set.ts';

beforeAll(async () => {
  await startTexts();
  // Mantine asks for the colour scheme, which jsdom does not know.
  window.matchMedia ??= vi.fn().mockReturnValue({ matches: false, addListener() {}, removeListener() {} });
});
afterEach(cleanup);

const renderThemed = (element: ReactNode) =>
  render(
    <MantineProvider env="test" forceColorScheme="dark">
      {element}
    </MantineProvider>,
  );

const rows = [
  makeDataSet({
    StudyInstanceUID: '1.2.1',
    PatientName: { Alphabetic: 'SMITH^JOHN' },
    PatientID: 'S1',
    StudyDate: '20240102',
    StudyTime: '081516.5',
    ModalitiesInStudy: ['CT', 'SR'],
    NumberOfStudyRelatedInstances: 120,
    StudyStatusID: 'OPENED',
  }),
  makeDataSet({ StudyInstanceUID: '1.2.2', PatientSex: 'F' }),
].map(readStudyRow);

describe('the table of studies', () => {
  const onSort = vi.fn();
  const actions = {
    open: vi.fn(),
    preview: vi.fn(),
    select: vi.fn(),
    menu: vi.fn(),
    keyDown: vi.fn(),
    focus: vi.fn(),
  };
  const shown = usualColumns.filter(({ isShown }) => isShown);
  const columns = {
    all: usualColumns,
    shown,
    change: vi.fn(),
    reset: vi.fn(),
    tryWidth: vi.fn(),
    keepWidth: vi.fn(),
  };
  const renderTable = (filter = emptyFilter) =>
    renderThemed(
      <table>
        <TableHeader filter={filter} onSort={onSort} columns={columns} />
        <tbody>
          {rows.map((row, index) => (
            <TableRow
              key={row.studyInstanceUID}
              index={index}
              row={row}
              columns={shown}
              isSelected={index === 0}
              isPreviewed={false}
              isActive={index === 0}
              actions={actions}
            />
          ))}
        </tbody>
      </table>,
    );
  const cell = (row: number, column: string) =>
    screen.getAllByTestId('study-row')[row]?.querySelector(`.column-${column}`)?.textContent;

  it('shows what tells studies apart, each in its own column', () => {
    renderTable();
    expect(cell(0, 'name')).toBe('SMITH, JOHN');
    expect(cell(0, 'date')).toBe('2024-01-02 08:15');
    expect(cell(0, 'modality')).toBe('CT, SR');
    expect(cell(0, 'status')).toBe('Opened');
    expect(cell(1, 'name')).toBe('(no name)');
    // A sex without a birth date does not stand where the birth date would.
    expect(cell(1, 'birthDate')).toBe('');
    expect(cell(1, 'sex')).toBe('F');
  });

  it('tells in full what may be cut', () => {
    renderTable();
    const name = screen.getAllByTestId('study-row')[0]?.querySelector('.column-name');
    expect(name?.getAttribute('title')).toBe('SMITH, JOHN');
  });

  it('says by what it is sorted, and turns the order at the second click', () => {
    renderTable();
    const sorted = screen.getByRole('columnheader', { name: /Study date/ });
    expect(sorted.getAttribute('aria-sort')).toBe('descending');
    fireEvent.click(screen.getByTestId('sort-StudyDate'));
    expect(onSort).toHaveBeenLastCalledWith('StudyDate', false);
    fireEvent.click(screen.getByTestId('sort-NumberOfStudyRelatedInstances'));
    expect(onSort).toHaveBeenLastCalledWith('NumberOfStudyRelatedInstances', false);
  });

  it('can be sorted by every column', () => {
    renderTable();
    const headers = screen.getAllByRole('columnheader').filter((header) => header.dataset.column);
    expect(headers.map((header) => header.dataset.column)).toEqual(shown.map(({ key }) => key));
    for (const header of headers) expect(within(header).getByRole('button')).toBeTruthy();
  });

  it('opens a study with a click, and selects with Ctrl, Shift or the box', () => {
    renderTable();
    const [first, second] = screen.getAllByTestId('study-row');
    fireEvent.click(second as HTMLElement);
    expect(actions.open).toHaveBeenCalledTimes(1);
    expect(actions.open).toHaveBeenLastCalledWith(rows[1]);
    fireEvent.click(second as HTMLElement, { ctrlKey: true });
    expect(actions.select).toHaveBeenLastCalledWith(1, rows[1], false);
    fireEvent.click(first as HTMLElement, { shiftKey: true });
    expect(actions.select).toHaveBeenLastCalledWith(0, rows[0], true);
    fireEvent.click(within(second as HTMLElement).getByRole('checkbox'));
    expect(actions.select).toHaveBeenLastCalledWith(1, rows[1], false);
    fireEvent.click(within(second as HTMLElement).getByTestId('preview-button'));
    expect(actions.preview).toHaveBeenLastCalledWith(rows[1]);
    expect(actions.open).toHaveBeenCalledTimes(1);
  });

  it('says of each row which it is, and only one is in the order of tabs', () => {
    renderTable();
    const found = screen.getAllByTestId('study-row');
    expect(found.map((row) => row.getAttribute('aria-rowindex'))).toEqual(['2', '3']);
    expect(found.map((row) => row.tabIndex)).toEqual([0, -1]);
  });
});

describe('the report of an upload', () => {
  const upload: Upload = {
    status: 'done',
    progress: {
      filesTotal: 4,
      filesDone: 4,
      bytesTotal: 2_000_000,
      bytesSent: 2_000_000,
      stored: 1,
      directoriesSkipped: 0,
      failures: [
        { name: 'a.txt', stored: false, failureReason: 0xc000, explanation: 'no preamble' },
        { name: 'b.dcm', stored: false, failureReason: 0x1234 },
        { name: 'c.dcm', stored: false },
      ],
    },
    start: vi.fn(),
    cancel: vi.fn(),
    dismiss: vi.fn(),
  };

  it('lists every file that failed with its reason', () => {
    renderThemed(<UploadReport upload={upload} />);
    expect(screen.getByTestId('upload-counts').textContent).toBe('1 stored, 3 failed');
    expect(screen.getAllByTestId('upload-failure').map((row) => row.textContent)).toEqual([
      'a.txtIt is not understood as DICOM. (no preamble)',
      'b.dcmFailure reason 1234H.',
      'c.dcmThe archive did not say what became of this file.',
    ]);
  });
});
