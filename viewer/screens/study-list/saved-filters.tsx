import { ActionIcon, Button, Group, Popover, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icons.tsx';
import { OwnFocus } from '../../components/own-focus.tsx';
import { setPreference, usePreference } from '../../preferences/preference-store.ts';
import { filterOf, parseSavedFilters, type SavedFilter, withSaved } from './saved-filter.ts';
import { type FilterProps, isFiltered, isSameFilter } from './study-filter.ts';

const preference = 'studyList.savedFilters';
const none: readonly SavedFilter[] = [];

/** Filters under names of the reader's own: a click each; saved and removed in a small sheet. */
export function SavedFilters({ filter, onChange }: FilterProps): ReactNode {
  const { t } = useTranslation();
  const saved = usePreference(preference, parseSavedFilters, none);
  const [isOpen, setIsOpen] = useState(false);
  const [name, setName] = useState('');
  const save = (event: FormEvent) => {
    event.preventDefault();
    setPreference(preference, withSaved(saved, name, filter));
    setName('');
    setIsOpen(false);
  };
  const remove = (one: SavedFilter) =>
    setPreference(
      preference,
      saved.filter((other) => other !== one),
    );
  return (
    <>
      {saved.length > 0 ? (
        <fieldset className="chips">
          <legend>{t('list.savedFilters')}</legend>
          {saved.map((one) => (
            <button
              key={one.name}
              type="button"
              className="chip"
              aria-pressed={isSameFilter(filterOf(one), filter)}
              onClick={() => onChange(filterOf(one))}
              data-testid="saved-filter"
            >
              {one.name}
            </button>
          ))}
        </fieldset>
      ) : null}
      <Popover opened={isOpen} onChange={setIsOpen} trapFocus position="bottom-end" shadow="md" width={320}>
        <Popover.Target>
          <Button
            variant="default"
            size="sm"
            leftSection={<Icon name="save" size={16} />}
            disabled={!isFiltered(filter) && saved.length === 0}
            onClick={() => setIsOpen(!isOpen)}
            data-testid="save-filter"
          >
            {t('list.saveFilter')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={t('list.savedFilters')}>
          <OwnFocus />
          <form onSubmit={save}>
            <Group align="flex-end" gap="xs" wrap="nowrap">
              <TextInput
                label={t('list.filterName')}
                value={name}
                maxLength={60}
                onChange={(event) => setName(event.currentTarget.value)}
                data-autofocus
                data-testid="filter-name-to-save"
              />
              <Button type="submit" disabled={name.trim() === ''} data-testid="confirm-save-filter">
                {t('list.save')}
              </Button>
            </Group>
          </form>
          <ul className="saved-filters">
            {saved.map((one) => (
              <li key={one.name}>
                <span>{one.name}</span>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('list.removeFilter', { name: one.name })}
                  onClick={() => remove(one)}
                >
                  <Icon name="delete" size={16} />
                </ActionIcon>
              </li>
            ))}
          </ul>
        </Popover.Dropdown>
      </Popover>
    </>
  );
}
