import { Button, Checkbox, Group, Modal, Progress, Text, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { takeKey } from '../../components/dialog.tsx';
import { OwnFocus } from '../../components/own-focus.tsx';
import { distinctPatients } from '../../dicomweb/patients.ts';
import { type DeletionOutcome, deleteStudies } from './delete-studies.ts';
import type { StudyRow } from './study-row.ts';

/** Studies listed by name; the rest is counted. */
const listed = 100;

function Studies({
  rows,
  reasons,
}: {
  rows: readonly StudyRow[];
  reasons?: ReadonlyMap<string, string>;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <ul className="delete-list">
      {rows.slice(0, listed).map((row) => (
        <li key={row.studyInstanceUID} data-testid="delete-study">
          <strong>{row.patientName ?? t('list.noName')}</strong>{' '}
          {[row.patientID, row.birthDate, row.date, row.modalities, row.description]
            .filter(Boolean)
            .join(' · ')}{' '}
          <span className="quiet">{t('list.imageCount', { count: row.images ?? 0 })}</span>
          {reasons?.has(row.studyInstanceUID) ? (
            <Text size="sm" c="red.4">
              {reasons.get(row.studyInstanceUID)}
            </Text>
          ) : null}
        </li>
      ))}
      {rows.length > listed ? <li>{t('list.moreStudies', { count: rows.length - listed })}</li> : null}
    </ul>
  );
}

/** Asks twice before studies are deleted, naming whose they are, and says which could not be. */
export function DeleteDialog(props: {
  rows: readonly StudyRow[];
  onClose: () => void;
  onDeleted: (studyInstanceUIDs: readonly string[]) => void;
  /** The focus was on a row that is gone. */
  onFocusLost: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const { rows } = props;
  const [isSure, setIsSure] = useState(false);
  const [done, setDone] = useState<number>();
  const [outcome, setOutcome] = useState<DeletionOutcome>();
  const patients = distinctPatients(rows.map(({ dataSet }) => dataSet)).length;
  const images = rows.reduce((sum, row) => sum + (row.images ?? 0), 0);
  const isRunning = done !== undefined && !outcome;
  const title = outcome
    ? t('list.deleteFailed', { count: outcome.failed.length })
    : t('list.deleteTitle', { count: rows.length });
  const run = async () => {
    setDone(0);
    const ended = await deleteStudies(rows, setDone);
    props.onDeleted(ended.deleted);
    if (ended.failed.length === 0) props.onClose();
    else setOutcome(ended);
  };
  const close = () => {
    takeKey();
    if (!isRunning) props.onClose();
  };
  const failures = new Map((outcome?.failed ?? []).map(({ row, reason }) => [row.studyInstanceUID, reason]));
  return (
    <Modal.Root opened onClose={close} returnFocus={false} transitionProps={{ duration: 0 }} size="lg">
      <Modal.Overlay />
      {/* Without the library's header, which would be a second banner of the page. */}
      <Modal.Content aria-label={title}>
        <Modal.Body data-testid="delete-dialog">
          <OwnFocus onLost={props.onFocusLost} />
          <Title order={2} size="h4" mb="sm">
            {title}
          </Title>
          {outcome ? (
            <Text mb="sm" role="alert">
              {t('list.deletedSome', { deleted: outcome.deleted.length, count: rows.length })}
            </Text>
          ) : (
            <Text mb="sm">
              {t('list.deleteWhat', {
                studies: t('list.studyCount', { count: rows.length }),
                patients: t('list.patientCount', { count: patients }),
                images: t('list.imageCount', { count: images }),
              })}
            </Text>
          )}
          <Studies
            rows={outcome ? outcome.failed.map(({ row }) => row) : rows}
            {...(outcome ? { reasons: failures } : {})}
          />
          {isRunning ? (
            <Progress mt="md" value={(done / rows.length) * 100} aria-label={t('list.deleting')} />
          ) : null}
          {outcome ? null : (
            <Checkbox
              mt="md"
              label={t('list.deleteSure')}
              checked={isSure}
              disabled={isRunning}
              onChange={(event) => setIsSure(event.currentTarget.checked)}
              data-testid="delete-sure"
            />
          )}
          <Group mt="lg" justify="flex-end">
            <Button variant="default" disabled={isRunning} onClick={props.onClose}>
              {outcome ? t('app.close') : t('list.keep')}
            </Button>
            {outcome ? null : (
              <Button
                color="red"
                disabled={!isSure}
                loading={isRunning}
                onClick={() => void run()}
                data-testid="delete-confirm"
              >
                {t('list.deleteNow', { count: rows.length })}
              </Button>
            )}
          </Group>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
