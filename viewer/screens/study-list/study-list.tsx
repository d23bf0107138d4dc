import './study-list.css';
import { Button, VisuallyHidden } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { Message } from '../../components/message.tsx';
import { usePermission } from '../../components/session-context.ts';
import { RequestError } from '../../dicomweb/request-error.ts';
import { type SearchAnswer, searchForStudies } from '../../dicomweb/search.ts';
import { viewerAddress } from '../../workspace/viewer-address.ts';
import { FilterBar } from './filter-bar.tsx';
import { ListHeader } from './list-header.tsx';
import { Pager } from './pager.tsx';
import { emptyFilter, filterToQuery, isFiltered } from './study-filter.ts';
import { readStudyRow } from './study-row.ts';
import { StudyTable } from './study-table.tsx';
import { UploadArea } from './upload-area.tsx';
import { useFilter } from './use-filter.ts';

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

function useStudies(query: Record<string, string>) {
  return useQuery<SearchAnswer>({
    queryKey: ['studies', query],
    queryFn: ({ signal }) => searchForStudies(query, signal),
    placeholderData: keepPreviousData,
    // A reading list is worth little when it is stale. It is not asked for by the clock: that would keep the session of
    // an abandoned workplace alive for ever.
    refetchOnWindowFocus: true,
    staleTime: 5_000,
  });
}

export function StudyList(): ReactNode {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [filter, setFilter] = useFilter();
  const searchBox = useRef<HTMLInputElement>(null);
  const studies = useStudies(filterToQuery(filter));
  const rows = (studies.data?.dataSets ?? []).map(readStudyRow);

  useEffect(() => {
    document.title = t('app.name');
    const onKey = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof Element && event.target.closest('input, textarea');
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      searchBox.current?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [t]);

  const clear = () => setFilter({ ...emptyFilter, sort: filter.sort, descending: filter.descending });
  const open = (studyInstanceUID: string) => navigate(viewerAddress([studyInstanceUID]));
  const problem = studies.error;

  return (
    <UploadArea
      onStored={() => void studies.refetch()}
      render={(uploadButtons) => (
        <div className="study-list" data-testid="study-list">
          <ListHeader>{uploadButtons}</ListHeader>
          <main>
            <FilterBar filter={filter} onChange={setFilter} onClear={clear} searchBox={searchBox} />
            {/* Rows of the search before must not pass for those of this one: they are faint, and can't be opened. */}
            <section
              className={studies.isPlaceholderData ? 'table-area is-outdated' : 'table-area'}
              inert={studies.isPlaceholderData}
              aria-busy={studies.isFetching}
            >
              {problem ? (
                <Message
                  title={t('list.failed')}
                  hint={
                    problem instanceof RequestError && problem.status === 0
                      ? t('app.serverUnreachableHint')
                      : ''
                  }
                  detail={problem.message}
                  kind="error"
                  testId="list-error"
                >
                  <Button onClick={() => void studies.refetch()}>{t('app.retry')}</Button>
                </Message>
              ) : (
                <StudyTable
                  rows={rows}
                  filter={filter}
                  isLoading={studies.isPending}
                  onSort={(sort, descending) => setFilter({ ...filter, sort, descending, page: 1 })}
                  onOpen={open}
                />
              )}
              {!problem && !studies.isPending && rows.length === 0 ? (
                <EmptyList isFiltered={isFiltered(filter)} onClear={clear} />
              ) : null}
            </section>
            <Pager
              page={filter.page}
              rowCount={rows.length}
              answer={studies.data}
              isKnown={!problem && !studies.isPending && !studies.isPlaceholderData}
              isSearching={!problem}
              onPage={(page) => setFilter({ ...filter, page })}
            />
            <VisuallyHidden aria-live="polite">{studies.isFetching ? '' : t('list.title')}</VisuallyHidden>
          </main>
        </div>
      )}
    />
  );
}
