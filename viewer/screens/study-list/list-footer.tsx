import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ColumnMenu } from './column-menu.tsx';
import { formatMoment } from './status-setting.tsx';
import type { Columns } from './use-columns.ts';
import type { StudyPages } from './use-study-pages.ts';

/** How many studies there are, as of when, and the choice of columns. */
export function ListFooter({ pages, columns }: { pages: StudyPages; columns: Columns }): ReactNode {
  const { t, i18n } = useTranslation();
  const isKnown = !pages.error && !pages.isPending && !pages.isOutdated;
  const total = pages.total.toLocaleString(i18n.language);
  const count = pages.totalIsExact
    ? t('list.studyTotal', { count: pages.total, total })
    : t('list.moreThan', { total });
  return (
    <footer className="list-footer">
      <Text size="sm" c="dark.1" role="status" data-testid="study-count">
        {isKnown ? (pages.total === 0 ? t('list.none') : count) : null}
        {!isKnown && !pages.error ? t('list.searching') : null}
      </Text>
      {isKnown && pages.updatedAt > 0 ? (
        <Text size="xs" c="dark.2">
          {t('list.asOf', { time: formatMoment(new Date(pages.updatedAt).toISOString()).slice(11) })}
        </Text>
      ) : null}
      <Text size="xs" c="dark.2" className="list-hint">
        {t('list.keysHint')}
      </Text>
      <ColumnMenu columns={columns} />
    </footer>
  );
}
