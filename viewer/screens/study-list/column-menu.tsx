import { ActionIcon, Button, Checkbox, NumberInput, Popover } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icons.tsx';
import { OwnFocus } from '../../components/own-focus.tsx';
import { narrowestColumn, widestColumn, withMoved, withShown, withWidth } from './columns.ts';
import type { Columns } from './use-columns.ts';

/** Which columns the list has, in which order and how wide. */
export function ColumnMenu({ columns }: { columns: Columns }): ReactNode {
  const { t } = useTranslation();
  const { all, change } = columns;
  return (
    <Popover position="top-end" shadow="md" width={380} trapFocus>
      <Popover.Target>
        <Button
          variant="subtle"
          size="xs"
          leftSection={<Icon name="columns" size={16} />}
          data-testid="column-menu"
        >
          {t('list.columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('list.columns')} className="column-menu">
        <OwnFocus />
        <ol>
          {all.map((column, at) => {
            const label = t(`list.${column.key}`);
            return (
              <li key={column.key} data-testid={`column-${column.key}`}>
                <Checkbox
                  label={label}
                  checked={column.isShown}
                  disabled={column.key === 'name'}
                  onChange={(event) => change(withShown(all, column.key, event.currentTarget.checked))}
                />
                <NumberInput
                  size="xs"
                  className="column-width"
                  aria-label={t('list.columnWidth', { column: label })}
                  value={column.width}
                  min={narrowestColumn}
                  max={widestColumn}
                  step={16}
                  suffix=" px"
                  onChange={(value) => typeof value === 'number' && change(withWidth(all, column.key, value))}
                />
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  disabled={at === 0}
                  aria-label={t('list.columnEarlier', { column: label })}
                  onClick={() => change(withMoved(all, column.key, -1))}
                  data-testid={`earlier-${column.key}`}
                >
                  <Icon name="previousSeries" size={16} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  disabled={at === all.length - 1}
                  aria-label={t('list.columnLater', { column: label })}
                  onClick={() => change(withMoved(all, column.key, 1))}
                >
                  <Icon name="nextSeries" size={16} />
                </ActionIcon>
              </li>
            );
          })}
        </ol>
        <Button variant="default" size="xs" onClick={columns.reset}>
          {t('list.usualColumns')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
