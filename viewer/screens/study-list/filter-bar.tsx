import { Button, CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icons.tsx';
import { studyStatuses } from '../../dicomweb/study-status.ts';
import { DateFilter } from './date-filter.tsx';
import { ModalityFilter } from './modality-filter.tsx';
import { SavedFilters } from './saved-filters.tsx';
import { type FilterProps, isFiltered, type TextField, toggled } from './study-filter.ts';

/** Long enough that typing a name asks once, short enough to feel immediate. */
const typingPauseMs = 300;

function TextFilter(
  props: FilterProps & { field: TextField; className?: string; input?: RefObject<HTMLInputElement | null> },
): ReactNode {
  const { t } = useTranslation();
  const { field, filter } = props;
  const [draft, setDraft] = useState(filter[field]);
  const latest = useRef(filter);
  latest.current = filter;
  const commit = useDebouncedCallback((value: string) => {
    if (value !== latest.current[field]) props.onChange({ ...latest.current, [field]: value });
  }, typingPauseMs);
  // Cleared or gone back to from outside.
  useEffect(() => setDraft(filter[field]), [filter, field]);
  const change = (value: string) => {
    setDraft(value);
    commit(value);
  };
  return (
    <TextInput
      label={t(`list.${field}`)}
      placeholder={field === 'name' ? t('list.namePlaceholder') : ''}
      className={props.className ?? ''}
      ref={props.input ?? null}
      leftSection={field === 'name' ? <Icon name="search" size={16} /> : null}
      rightSection={
        draft ? (
          <CloseButton
            size="sm"
            aria-label={t('list.clearField', { field: t(`list.${field}`) })}
            onClick={() => change('')}
          />
        ) : null
      }
      value={draft}
      onChange={(event) => change(event.currentTarget.value)}
      spellCheck={false}
      autoComplete="off"
      data-testid={`filter-${field}`}
    />
  );
}

function StatusFilter({ filter, onChange }: FilterProps): ReactNode {
  const { t } = useTranslation();
  return (
    <fieldset className="chips">
      <legend>{t('list.status')}</legend>
      {studyStatuses.map((status) => (
        <button
          key={status}
          type="button"
          className="chip"
          aria-pressed={filter.statuses.includes(status)}
          onClick={() => onChange({ ...filter, statuses: toggled(filter.statuses, status) })}
          data-testid={`status-${status}`}
        >
          {t(`status.${status}`)}
        </button>
      ))}
    </fieldset>
  );
}

/** All that the list can be narrowed down by. The arrow key down leads from any field into the list. */
export function FilterBar(
  props: FilterProps & {
    onClear: () => void;
    onIntoList: () => void;
    searchBox: RefObject<HTMLInputElement | null>;
  },
): ReactNode {
  const { t } = useTranslation();
  const { filter, onChange } = props;
  const both = { filter, onChange };
  const onKeyDown = (event: KeyboardEvent) => {
    const isText = event.target instanceof HTMLInputElement && event.target.type === 'text';
    if (event.key !== 'ArrowDown' || !isText || event.defaultPrevented) return;
    event.preventDefault();
    props.onIntoList();
  };
  return (
    <search className="filter-area" aria-label={t('list.filters')} onKeyDown={onKeyDown}>
      <div className="filter-bar">
        <TextFilter field="name" className="filter-name" input={props.searchBox} {...both} />
        <TextFilter field="patientID" {...both} />
        <TextFilter field="accession" {...both} />
        <TextFilter field="description" {...both} />
        <TextFilter field="referringPhysician" {...both} />
        <DateFilter {...both} />
      </div>
      <div className="filter-bar">
        <ModalityFilter {...both} />
        <StatusFilter {...both} />
        <div className="filter-end">
          <SavedFilters {...both} />
          <Button
            variant="subtle"
            size="sm"
            disabled={!isFiltered(filter)}
            onClick={props.onClear}
            data-testid="clear-filters"
          >
            {t('list.clear')}
          </Button>
        </div>
      </div>
    </search>
  );
}
