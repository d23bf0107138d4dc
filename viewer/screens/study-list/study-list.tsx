import './study-list.css';
import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useSearch } from 'wouter';
import { Message } from '../../components/message.tsx';
import { isModalOpen } from '../../components/own-focus.tsx';
import { usePermission } from '../../components/session-context.ts';
import { toDicomDate } from '../../dicomweb/dates.ts';
import { RequestError } from '../../dicomweb/request-error.ts';
import { viewerAddress } from '../../workspace/viewer-address.ts';
import { useRefresh } from '../study-viewer/use-refresh.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { downloadStudies } from './download-studies.ts';
import { FilterBar } from './filter-bar.tsx';
import { ListFooter } from './list-footer.tsx';
import { ListHeader } from './list-header.tsx';
import { placeOf, rememberPlace } from './list-place.ts';
import { Preview } from './preview.tsx';
import { type MenuRequest, RowMenu, type StudyActions } from './row-menu.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { useStatusChange } from './status-setting.tsx';
import { emptyFilter, filterToQuery, isFiltered } from './study-filter.ts';
import type { StudyRow } from './study-row.ts';
import { StudyTable } from './study-table.tsx';
import { UploadArea } from './upload-area.tsx';
import { useColumns } from './use-columns.ts';
import { useListAddress } from './use-list-address.ts';
import { useClosedPreview, usePreviewedRow } from './use-previewed-row.ts';
import { useReadingList } from './use-reading-list.ts';
import { useStudySelection } from './use-study-selection.ts';
import { useStudyWindow } from './use-study-window.ts';

function EmptyList(props: { isFiltered: boolean; onClear: () => void }): ReactNode {
  const { t } = useTranslation();
  const mayStore = usePermission('dicom:store');
  if (props.isFiltered) {
    return (
      <Message title={t('list.noMatch')} hint={t('list.noMatchHint')} testId="no-match">
        <Button variant="default" onClick={props.onClear}>
          {t('list.clear')}
        </Button>
      </Message>
    );
  }
  const hint = mayStore ? t('list.emptyHint') : t('list.emptyHintReadOnly');
  return <Message title={t('list.empty')} hint={hint} testId="empty-archive" />;
}

function ListError({ problem, onRetry }: { problem: Error; onRetry: () => void }): ReactNode {
  const { t } = useTranslation();
  const isSilent = problem instanceof RequestError && problem.status === 0;
  return (
    <Message
      title={t('list.failed')}
      hint={isSilent ? t('app.serverUnreachableHint') : ''}
      detail={problem.message}
      kind="error"
      testId="list-error"
    >
      <Button onClick={onRetry}>{t('app.retry')}</Button>
    </Message>
  );
}

/** `/` leads to the search box from anywhere in the page, the arrow keys into the list where nothing else has the focus. */
function usePageKeys(
  searchBox: { readonly current: HTMLInputElement | null },
  focusList: { readonly current: () => void },
): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isArrow = event.key === 'ArrowDown' || event.key === 'ArrowUp';
      if (isArrow && document.activeElement === document.body && !isModalOpen()) {
        event.preventDefault();
        focusList.current();
        return;
      }
      const isTyping = event.target instanceof Element && event.target.closest('input, textarea, select');
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || isModalOpen()) return;
      event.preventDefault();
      searchBox.current?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [searchBox, focusList]);
}

/** The search of the address, and the part of its answer that is in view; kept up to date while somebody looks. */
function useList() {
  const search = useSearch();
  const [address, changeAddress] = useListAddress();
  const { filter, preview } = address;
  const area = useRef<HTMLElement>(null);
  const start = useRef(placeOf(search)).current;
  // The days of a preset are others after midnight.
  const today = toDicomDate(new Date());
  // biome-ignore lint/correctness/useExhaustiveDependencies: the day counts, through the clock
  const query = useMemo(() => filterToQuery(filter), [filter, today]);
  const list = useStudyWindow(query, area, { scrollTop: start?.scrollTop ?? 0, active: start?.active });
  useRefresh(list.pages.refetch);

  const place = useRef({ search, active: list.active });
  place.current = { search, active: list.active };
  useEffect(() => {
    const element = area.current;
    let scrollTop = element?.scrollTop ?? 0;
    const onScroll = () => {
      scrollTop = element?.scrollTop ?? 0;
    };
    element?.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      element?.removeEventListener('scroll', onScroll);
      rememberPlace({ ...place.current, scrollTop });
    };
  }, []);
  return { filter, preview, changeAddress, area, list, isReturning: start !== undefined };
}

export function StudyList(): ReactNode {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { filter, preview, changeAddress, area, list, isReturning } = useList();
  const { pages } = list;
  useReadingList(pages);
  const searchBox = useRef<HTMLInputElement>(null);
  const focusRow = useRef<((index: number) => void) | null>(null);
  const columns = useColumns();
  const { selection, select, remove, clear: clearSelection } = useStudySelection(pages);
  const [menu, setMenu] = useState<MenuRequest>();
  const [toDelete, setToDelete] = useState<readonly StudyRow[]>();
  const previewed = usePreviewedRow(preview, pages);
  const status = useStatusChange();
  const deleted = useRef<readonly string[]>(undefined);
  useEffect(() => {
    document.title = t('app.name');
  }, [t]);

  // Who comes back from a study goes on where they left, also with the keyboard.
  const returned = useRef(isReturning && list.active !== undefined);
  useEffect(() => {
    if (!returned.current || pages.isPending || !list.active) return;
    returned.current = false;
    focusRow.current?.(list.active.index);
  }, [pages.isPending, list.active]);

  const clearFilters = () =>
    changeAddress({ filter: { ...emptyFilter, sort: filter.sort, descending: filter.descending } });
  const showPreview = (row: StudyRow | undefined) => changeAddress({ preview: row?.studyInstanceUID });
  useClosedPreview(preview, pages, () => showPreview(undefined));
  const actions: StudyActions = {
    open: (rows) => navigate(viewerAddress(rows.map(({ studyInstanceUID }) => studyInstanceUID))),
    preview: showPreview,
    download: (rows) => void downloadStudies(rows.map(({ studyInstanceUID }) => studyInstanceUID)),
    setStatus: (rows, to) =>
      status.mutate({ studyInstanceUIDs: rows.map(({ studyInstanceUID }) => studyInstanceUID), status: to }),
    remove: setToDelete,
  };
  const chosenBy = ({ row }: MenuRequest) =>
    selection.has(row.studyInstanceUID) ? [...selection.values()] : [row];
  const onDeleted = (uids: readonly string[]) => {
    remove(uids);
    if (preview && uids.includes(preview)) showPreview(undefined);
    pages.refetch();
    deleted.current = uids;
  };
  const { active } = list;
  const focusList = () => {
    if (area.current) focusRow.current?.(active && active.index < pages.total ? active.index : 0);
  };
  const latestFocusList = useRef(focusList);
  latestFocusList.current = focusList;
  usePageKeys(searchBox, latestFocusList);
  // A deleted study takes its row away, and the focus with it: the one in its place has it then.
  useEffect(() => {
    const uid = active && pages.rowAt(active.index)?.studyInstanceUID;
    if (!deleted.current || (uid && deleted.current.includes(uid))) return;
    deleted.current = undefined;
    if (document.activeElement === document.body) focusList();
  });
  // While the series of a study are shown, they are those of the row with the focus.
  useEffect(() => {
    if (
      preview &&
      active &&
      document.activeElement?.closest('.study-table') &&
      active.studyInstanceUID !== preview
    )
      changeAddress({ preview: active.studyInstanceUID });
  }, [active, preview, changeAddress]);

  return (
    <UploadArea
      onStored={pages.refetch}
      render={(uploadButtons) => (
        <div className="study-list" data-testid="study-list">
          <ListHeader>{uploadButtons}</ListHeader>
          <main>
            <FilterBar
              filter={filter}
              onChange={(changed) => changeAddress({ filter: changed })}
              onClear={clearFilters}
              onIntoList={focusList}
              searchBox={searchBox}
            />
            <SelectionBar selection={selection} actions={actions} onClear={clearSelection} />
            {status.data && status.data.length > 0 ? (
              <p role="alert" className="list-alert">
                {t('list.statusFailed', { count: status.data.length })}
              </p>
            ) : null}
            <div className="list-body">
              {list.newAbove > 0 ? (
                <button type="button" className="new-above" onClick={list.showNew} data-testid="new-above">
                  {t('list.newAbove', { count: list.newAbove })}
                </button>
              ) : null}
              {/* Rows of the search before must not pass for those of this one: they are faint, and can't be opened. */}
              <section
                ref={area}
                className={pages.isOutdated ? 'table-area is-outdated' : 'table-area'}
                inert={pages.isOutdated}
                aria-busy={pages.isFetching}
                aria-label={t('list.title')}
              >
                {pages.error ? (
                  <ListError problem={pages.error} onRetry={pages.refetch} />
                ) : (
                  <StudyTable
                    area={area}
                    window={list}
                    filter={filter}
                    columns={columns}
                    selection={selection}
                    previewed={preview}
                    focusRow={focusRow}
                    onSort={(sort, descending) => changeAddress({ filter: { ...filter, sort, descending } })}
                    onOpen={(row) => actions.open([row])}
                    onPreview={showPreview}
                    onSelect={select}
                    onMenu={(row, at) => setMenu({ row, ...at })}
                    onLeaveUpwards={() => searchBox.current?.focus()}
                  />
                )}
                {!pages.error && !pages.isPending && pages.total === 0 ? (
                  <EmptyList isFiltered={isFiltered(filter)} onClear={clearFilters} />
                ) : null}
              </section>
              {previewed ? <Preview row={previewed} onClose={() => showPreview(undefined)} /> : null}
            </div>
            <ListFooter pages={pages} columns={columns} />
          </main>
          <RowMenu
            request={menu}
            rows={menu ? chosenBy(menu) : []}
            actions={actions}
            onClose={() => setMenu(undefined)}
            onFocusLost={focusList}
          />
          {toDelete ? (
            <DeleteDialog
              rows={toDelete}
              onClose={() => setToDelete(undefined)}
              onDeleted={onDeleted}
              onFocusLost={focusList}
            />
          ) : null}
        </div>
      )}
    />
  );
}
