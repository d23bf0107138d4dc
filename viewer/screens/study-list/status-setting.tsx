import { SegmentedControl, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermission } from '../../components/session-context.ts';
import {
  fetchStudyStatus,
  type StudyStatus,
  setStudyStatus,
  studyStatuses,
} from '../../dicomweb/study-status.ts';
import { StatusMark } from './status-mark.tsx';
import type { StudyRow } from './study-row.ts';
import { studiesKey } from './use-study-pages.ts';

/** A moment of the archive in the time of this workplace: `2024-01-31 08:15`. */
export function formatMoment(moment: string): string {
  const date = new Date(moment);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Sets the status of studies one after the other; answers those that failed. */
export function useStatusChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (change: { studyInstanceUIDs: readonly string[]; status: StudyStatus }) => {
      const failed: string[] = [];
      for (const uid of change.studyInstanceUIDs) {
        await setStudyStatus(uid, change.status).catch(() => failed.push(uid));
      }
      return failed;
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: [studiesKey] });
      void client.invalidateQueries({ queryKey: ['study-status'] });
      void client.invalidateQueries({ queryKey: ['other-studies'] });
    },
  });
}

/** How far the reading of a study is, who said so and when, and for those who read how to say something else. */
export function StatusSetting({ row }: { row: StudyRow }): ReactNode {
  const { t } = useTranslation();
  const { studyInstanceUID } = row;
  const maySet = usePermission('study:status');
  const record = useQuery({
    queryKey: ['study-status', studyInstanceUID, row.status],
    queryFn: ({ signal }) => fetchStudyStatus(studyInstanceUID, signal),
    staleTime: 5_000,
  });
  const change = useStatusChange();
  const status = change.isPending ? change.variables.status : (record.data?.status ?? row.status);
  const { changedAt, changedBy } = record.data ?? {};
  return (
    <div className="status-setting">
      {maySet ? (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t('list.status')}
          data={studyStatuses.map((value) => ({ value, label: t(`status.${value}`) }))}
          value={status ?? 'NEW'}
          onChange={(value) => {
            const next = studyStatuses.find((one) => one === value);
            if (next) change.mutate({ studyInstanceUIDs: [studyInstanceUID], status: next });
          }}
          data-testid="status-setting"
        />
      ) : (
        <StatusMark status={status} />
      )}
      {changedAt ? (
        <Text size="xs" c="dark.2" data-testid="status-changed">
          {t('list.statusChanged', { by: changedBy ?? '', at: formatMoment(changedAt) })}
        </Text>
      ) : null}
      {change.data && change.data.length > 0 ? (
        <Text size="sm" c="red.4" role="alert">
          {t('list.statusFailed', { count: change.data.length })}
        </Text>
      ) : null}
    </div>
  );
}
