import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasNextPage } from '../../../viewer/screens/study-list/pager.tsx';
import { emptyFilter } from '../../../viewer/screens/study-list/study-filter.ts';
import { readStudyRow } from '../../../viewer/screens/study-list/study-row.ts';
import { StudyTable } from '../../../viewer/screens/study-list/study-table.tsx';
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
  }),
  makeDataSet({ StudyInstanceUID: '1.2.2' }),
].map(readStudyRow);

describe('the table of studies', () => {
  const onSort = vi.fn();
  const onOpen = vi.fn();
  const renderTable = (filter = emptyFilter) =>
    renderThemed(
      <StudyTable rows={rows} filter={filter} isLoading={false} onSort={onSort} onOpen={onOpen} />,
    );

  it('shows what tells studies apart', () => {
    renderTable();
    const row = screen.getAllByTestId('study-row')[0];
    expect(row?.textContent).toContain('SMITH, JOHN');
    expect(row?.textContent).toContain('2024-01-02 08:15');
    expect(row?.textContent).toContain('CT, SR');
    expect(screen.getAllByTestId('study-row')[1]?.textContent).toContain('(no name)');
  });

  it('says by what it is sorted, and turns the order at the second click', () => {
    renderTable();
    const sorted = screen.getByRole('columnheader', { name: /Study date/ });
    expect(sorted.getAttribute('aria-sort')).toBe('descending');
    fireEvent.click(within(sorted).getByRole('button'));
    expect(onSort).toHaveBeenLastCalledWith('StudyDate', false);
    fireEvent.click(screen.getByTestId('sort-PatientName'));
    expect(onSort).toHaveBeenLastCalledWith('PatientName', false);
  });

  it('moves between rows by arrow keys and opens with Enter', () => {
    renderTable();
    const [first, second] = screen.getAllByTestId('study-row');
    first?.focus();
    fireEvent.keyDown(first as HTMLElement, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(second);
    fireEvent.keyDown(second as HTMLElement, { key: 'Enter' });
    expect(onOpen).toHaveBeenLastCalledWith('1.2.2');
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

describe('hasNextPage', () => {
  const answer = (total: number | undefined, totalIsExact = true) => ({ dataSets: [], total, totalIsExact });

  it('goes by the exact count, or else by whether the page is full', () => {
    expect(hasNextPage(1, 25, answer(25))).toBe(false);
    expect(hasNextPage(1, 25, answer(26))).toBe(true);
    expect(hasNextPage(1, 25, answer(25, false))).toBe(true);
    expect(hasNextPage(1, 10, answer(undefined))).toBe(false);
  });
});
