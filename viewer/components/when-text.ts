import { useTranslation } from 'react-i18next';

const pad = (value: number) => String(value).padStart(2, '0');

/** A moment (ISO 8601) where the reader is, as `YYYY-MM-DD HH:MM`, which no locale misreads. */
export function useWhenText(): (moment: string) => string {
  const { t } = useTranslation();
  return (moment) => {
    const date = new Date(moment);
    if (moment === '' || Number.isNaN(date.getTime())) return t('evidence.unknownDate');
    const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
    return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
  };
}
