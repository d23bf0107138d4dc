import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SearchAnswer } from '../../dicomweb/search.ts';
import { pageSize } from './study-filter.ts';

/** Whether there is a page after this one: by the count where the archive gives one, else because this one is full. */
export function hasNextPage(page: number, rowCount: number, answer: SearchAnswer | undefined): boolean {
  const isFull = rowCount >= pageSize;
  if (answer?.total === undefined || !answer.totalIsExact) return isFull;
  return page * pageSize < answer.total;
}

export function Pager(props: {
  page: number;
  rowCount: number;
  answer: SearchAnswer | undefined;
  /** Whether `answer` is that of the filter on the screen. */
  isKnown: boolean;
  isSearching: boolean;
  onPage: (page: number) => void;
}): ReactNode {
  const { t } = useTranslation();
  const { page, rowCount, answer, onPage } = props;
  const first = (page - 1) * pageSize + 1;
  const numbers = { first, last: first + rowCount - 1, total: answer?.total };
  const wording = !answer?.totalIsExact
    ? 'countAtLeast'
    : answer.total === undefined
      ? 'countUnknown'
      : 'count';
  return (
    <nav className="pager" aria-label={t('list.title')}>
      <Text size="sm" c="dark.1" role="status" data-testid="study-count">
        {props.isKnown ? (rowCount === 0 ? t('list.none') : t(`list.${wording}`, numbers)) : null}
        {!props.isKnown && props.isSearching ? t('list.searching') : null}
      </Text>
      <Group gap="xs">
        <Button
          variant="default"
          size="sm"
          disabled={page <= 1}
          onClick={() => onPage(page - 1)}
          data-testid="previous-page"
        >
          {t('list.previousPage')}
        </Button>
        <Button
          variant="default"
          size="sm"
          disabled={!props.isKnown || !hasNextPage(page, rowCount, answer)}
          onClick={() => onPage(page + 1)}
          data-testid="next-page"
        >
          {t('list.nextPage')}
        </Button>
      </Group>
    </nav>
  );
}
