import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icons.tsx';
import { OwnFocus } from '../../components/own-focus.tsx';
import { usePermission } from '../../components/session-context.ts';
import type { StudyStatus } from '../../dicomweb/study-status.ts';
import type { StudyRow } from './study-row.ts';

export interface MenuRequest {
  readonly row: StudyRow;
  /** CSS pixels from the upper left corner of the window. */
  readonly x: number;
  readonly y: number;
}

/** What can be done with studies; `rows` are those ticked, when the one asked for is among them. */
export interface StudyActions {
  readonly open: (rows: readonly StudyRow[]) => void;
  readonly preview: (row: StudyRow) => void;
  readonly download: (rows: readonly StudyRow[]) => void;
  readonly setStatus: (rows: readonly StudyRow[], status: StudyStatus) => void;
  readonly remove: (rows: readonly StudyRow[]) => void;
}

/** The menu of a row: by the right button of the mouse, the menu key or Shift+F10. */
export function RowMenu(props: {
  request: MenuRequest | undefined;
  rows: readonly StudyRow[];
  actions: StudyActions;
  onClose: () => void;
  /** The focus was on a row that is gone. */
  onFocusLost: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const mayDelete = usePermission('dicom:delete');
  const maySetStatus = usePermission('study:status');
  const mayRetrieve = usePermission('dicom:retrieve');
  const { request, rows, actions } = props;
  const count = rows.length;
  return (
    <Menu
      opened={request !== undefined}
      onChange={(isOpen) => isOpen || props.onClose()}
      position="bottom-start"
      withinPortal
      shadow="md"
      returnFocus={false}
      trapFocus
    >
      <Menu.Target>
        <button
          type="button"
          tabIndex={-1}
          aria-hidden="true"
          className="menu-anchor"
          style={{ left: request?.x ?? 0, top: request?.y ?? 0 }}
        />
      </Menu.Target>
      <Menu.Dropdown data-testid="row-menu">
        <OwnFocus onLost={props.onFocusLost} />
        <Menu.Label>
          {count > 1 ? t('list.selectedCount', { count }) : (request?.row.patientName ?? t('list.noName'))}
        </Menu.Label>
        <Menu.Item
          leftSection={<Icon name={count > 1 ? 'compare' : 'picture'} size={18} />}
          onClick={() => actions.open(rows)}
        >
          {count > 1 ? t('list.openTogether') : t('list.openStudy')}
        </Menu.Item>
        <Menu.Item
          leftSection={<Icon name="preview" size={18} />}
          onClick={() => request && actions.preview(request.row)}
        >
          {t('list.preview')}
        </Menu.Item>
        {mayRetrieve ? (
          <Menu.Item leftSection={<Icon name="download" size={18} />} onClick={() => actions.download(rows)}>
            {t('list.download')}
          </Menu.Item>
        ) : null}
        {maySetStatus ? (
          <>
            <Menu.Divider />
            <Menu.Item onClick={() => actions.setStatus(rows, 'REPORTED')}>
              {t('list.markReported')}
            </Menu.Item>
            <Menu.Item onClick={() => actions.setStatus(rows, 'NEW')}>{t('list.markNew')}</Menu.Item>
          </>
        ) : null}
        {mayDelete ? (
          <>
            <Menu.Divider />
            <Menu.Item
              color="red"
              leftSection={<Icon name="delete" size={18} />}
              onClick={() => actions.remove(rows)}
              data-testid="menu-delete"
            >
              {t('list.delete')}
            </Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
