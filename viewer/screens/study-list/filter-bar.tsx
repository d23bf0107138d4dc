import { Button, CloseButton, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icons.tsx';
import { datePreset, isFiltered, type StudyFilter } from './study-filter.ts';

const modalities = [
  'CT',
  'MR',
  'CR',
  'DX',
  'US',
  'XA',
  'MG',
  'NM',
  'PT',
  'RF',
  'SC',
  'OT',
  'XC',
  'ANN',
  'ES',
  'OP',
  'SM',
  'SR',
  'SEG',
  'RTSTRUCT',
  'RTDOSE',
  'RTPLAN',
  'PR',
  'KO',
  'ECG',
  'DOC',
];
const datePresets = [
  { days: 1, label: 'today' },
  { days: 7, label: 'week' },
  { days: 30, label: 'month' },
  { days: undefined, label: 'anyDate' },
] as const;
/** Long enough that typing a name asks once, short enough to feel immediate. */
const typingPauseMs = 300;

type TextField = 'name' | 'patientID' | 'accession' | 'description';

interface FilterProps {
  filter: StudyFilter;
  onChange: (filter: StudyFilter) => void;
}

function TextFilter(
  props: FilterProps & { field: TextField; className?: string; input?: RefObject<HTMLInputElement | null> },
): ReactNode {
  const { t } = useTranslation();
  const { field, filter } = props;
  const [draft, setDraft] = useState(filter[field]);
  const latest = useRef(filter);
  latest.current = filter;
  const commit = useDebouncedCallback((value: string) => {
    if (value !== latest.current[field]) props.onChange({ ...latest.current, [field]: value, page: 1 });
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
        draft ? <CloseButton size="sm" aria-label={t('list.clear')} onClick={() => change('')} /> : null
      }
      value={draft}
      onChange={(event) => change(event.currentTarget.value)}
      spellCheck={false}
      autoComplete="off"
      data-testid={`filter-${field}`}
    />
  );
}

function DateFilter({ filter, onChange }: FilterProps): ReactNode {
  const { t } = useTranslation();
  const change = (dates: Partial<StudyFilter>) => onChange({ ...filter, ...dates, page: 1 });
  return (
    <fieldset className="date-filter">
      <legend className="visually-hidden">{t('list.dateRange')}</legend>
      {(['from', 'to'] as const).map((end) => (
        <TextInput
          key={end}
          type="date"
          label={t(`list.${end}`)}
          value={filter[end]}
          max={end === 'from' ? filter.to : undefined}
          min={end === 'to' ? filter.from : undefined}
          onChange={(event) => change({ [end]: event.currentTarget.value })}
          data-testid={`filter-${end}`}
        />
      ))}
      <Button.Group className="date-presets">
        {datePresets.map(({ days, label }) => {
          const dates = datePreset(days);
          const isChosen = dates.from === filter.from && dates.to === filter.to;
          return (
            <Button
              key={label}
              size="sm"
              px="sm"
              variant={isChosen ? 'filled' : 'default'}
              aria-pressed={isChosen}
              onClick={() => change(dates)}
              data-testid={`date-${label}`}
            >
              {t(`list.${label}`)}
            </Button>
          );
        })}
      </Button.Group>
    </fieldset>
  );
}

export function FilterBar(
  props: FilterProps & { onClear: () => void; searchBox: RefObject<HTMLInputElement | null> },
): ReactNode {
  const { t } = useTranslation();
  const { filter, onChange } = props;
  return (
    <search className="filter-bar" aria-label={t('list.filters')}>
      <TextFilter field="name" className="filter-name" input={props.searchBox} {...{ filter, onChange }} />
      <TextFilter field="patientID" {...{ filter, onChange }} />
      <TextFilter field="accession" {...{ filter, onChange }} />
      <TextFilter field="description" {...{ filter, onChange }} />
      <Select
        label={t('list.modality')}
        placeholder={t('list.anyModality')}
        className="filter-modality"
        data={modalities}
        value={filter.modality || null}
        onChange={(modality) => onChange({ ...filter, modality: modality ?? '', page: 1 })}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('list.clear') }}
        data-testid="filter-modality"
      />
      <DateFilter {...{ filter, onChange }} />
      <Button
        variant="subtle"
        className="filter-clear"
        disabled={!isFiltered(filter)}
        onClick={props.onClear}
        data-testid="clear-filters"
      >
        {t('list.clear')}
      </Button>
    </search>
  );
}
