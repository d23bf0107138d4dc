import { Button, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icons.tsx';
import { usePermission } from '../../components/session-context.ts';
import { distinctPatients } from '../../dicomweb/patients.ts';
import type { StudyActions } from './row-menu.tsx';
import type { Selection } from './selection.ts';

/** So many studies may be opened together: the viewer asks for all their series at once. */
export const mostTogether = 12;

/** What can be done with the studies that are ticked. */
export function SelectionBar(props: {
  selection: Selection;
  actions: StudyActions;
  onClear: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const mayDelete = usePermission('dicom:delete');
  const maySetStatus = usePermission('study:status');
  const mayRetrieve = usePermission('dicom:retrieve');
  const rows = [...props.selection.values()];
  if (rows.length === 0) return null;
  const patients = distinctPatients(rows.map(({ dataSet }) => dataSet)).length;
  const button = { size: 'xs', variant: 'default' } as const;
  return (
    <section className="selection-bar" aria-label={t('list.selected')} data-testid="selection-bar">
      <Text size="sm" fw={600} role="status" data-testid="selection-count">
        {t('list.selectedCount', { count: rows.length })}
      </Text>
      {patients > 1 ? (
        <Text size="sm" className="several-patients" data-testid="several-patients">
          <Icon name="warning" size={16} />
          {t('list.ofPatients', { count: patients })}
        </Text>
      ) : null}
      <Button
        {...button}
        leftSection={<Icon name="compare" size={16} />}
        disabled={rows.length > mostTogether}
        title={rows.length > mostTogether ? t('list.tooManyTogether', { count: mostTogether }) : undefined}
        onClick={() => props.actions.open(rows)}
        data-testid="open-together"
      >
        {t('list.openTogether')}
      </Button>
      {mayRetrieve ? (
        <Button
          {...button}
          leftSection={<Icon name="download" size={16} />}
          onClick={() => props.actions.download(rows)}
          data-testid="download-selected"
        >
          {t('list.download')}
        </Button>
      ) : null}
      {maySetStatus ? (
        <>
          <Button
            {...button}
            onClick={() => props.actions.setStatus(rows, 'REPORTED')}
            data-testid="mark-reported"
          >
            {t('list.markReported')}
          </Button>
          <Button {...button} onClick={() => props.actions.setStatus(rows, 'NEW')}>
            {t('list.markNew')}
          </Button>
        </>
      ) : null}
      {mayDelete ? (
        <Button
          {...button}
          color="red"
          variant="light"
          leftSection={<Icon name="delete" size={16} />}
          onClick={() => props.actions.remove(rows)}
          data-testid="delete-selected"
        >
          {t('list.delete')}
        </Button>
      ) : null}
      <Button size="xs" variant="subtle" onClick={props.onClear} data-testid="clear-selection">
        {t('list.clearSelection')}
      </Button>
    </section>
  );
}
