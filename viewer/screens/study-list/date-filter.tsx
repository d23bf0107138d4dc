import { NativeSelect, TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { datePresets, readTypedDate } from './dates-of-filter.ts';
import { datesOf, type FilterProps, withDates } from './study-filter.ts';

/** A date as text, year first: a browser's own field shows it in the order of its language, which others misread. */
function DateField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  testId: string;
}): ReactNode {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(props.value);
  const [isLeft, setIsLeft] = useState(true);
  useEffect(() => setDraft(props.value), [props.value]);
  const isWrong = draft.trim() !== '' && readTypedDate(draft) === undefined;
  const change = (text: string) => {
    setDraft(text);
    const read = text.trim() === '' ? '' : readTypedDate(text);
    if (read !== undefined && read !== props.value) props.onChange(read);
  };
  return (
    <TextInput
      label={props.label}
      placeholder={t('list.datePattern')}
      value={draft}
      error={isLeft && isWrong ? t('list.dateWrong') : null}
      onChange={(event) => change(event.currentTarget.value)}
      onFocus={() => setIsLeft(false)}
      onBlur={() => {
        setIsLeft(true);
        if (!isWrong) setDraft(props.value);
      }}
      className="date-field"
      spellCheck={false}
      autoComplete="off"
      data-testid={props.testId}
    />
  );
}

export function DateFilter({ filter, onChange }: FilterProps): ReactNode {
  const { t } = useTranslation();
  const span = datesOf(filter);
  const isOwn = typeof filter.dates !== 'string';
  return (
    <fieldset className="date-filter">
      <legend className="visually-hidden">{t('list.date')}</legend>
      <NativeSelect
        label={t('list.date')}
        value={isOwn ? 'own' : filter.dates}
        data={[
          ...datePresets.map((preset) => ({ value: preset, label: t(`dates.${preset}`) })),
          ...(isOwn ? [{ value: 'own', label: t('dates.own') }] : []),
        ]}
        onChange={(event) => {
          const preset = datePresets.find((one) => one === event.currentTarget.value);
          if (preset) onChange({ ...filter, dates: preset });
        }}
        data-testid="filter-dates"
      />
      {(['from', 'to'] as const).map((end) => (
        <DateField
          key={end}
          label={t(`list.${end}`)}
          value={span[end]}
          onChange={(value) => onChange(withDates(filter, { ...span, [end]: value }))}
          testId={`filter-${end}`}
        />
      ))}
    </fieldset>
  );
}
