/** DICOM DA (`YYYYMMDD`) as `YYYY-MM-DD`, which no locale misreads. Anything else is returned as it came. */
export function formatDate(value: string | undefined): string | undefined {
  const match = value?.match(/^(\d{4})\.?(\d{2})\.?(\d{2})/);
  return match ? `${match[1]}-${match[2]}-${match[3]}` : value || undefined;
}

/** DICOM TM (`HHMMSS.FFFFFF`, later parts optional) as `HH:MM` or `HH:MM:SS`. */
export function formatTime(value: string | undefined): string | undefined {
  const match = value?.match(/^(\d{2}):?(\d{2})?:?(\d{2})?/);
  return match ? match.slice(1).filter(Boolean).join(':') : value || undefined;
}

/** A date of the calendar as DICOM DA, in local time. */
export function toDicomDate(date: Date): string {
  const pad = (part: number, length: number) => String(part).padStart(length, '0');
  return `${pad(date.getFullYear(), 4)}${pad(date.getMonth() + 1, 2)}${pad(date.getDate(), 2)}`;
}

/** DICOM AS (`052Y`, `006M`, `003W`, `010D`) for reading: `52 y`. */
export function formatAge(value: string | undefined): string | undefined {
  const match = value?.match(/^0*(\d+)([YMWD])$/);
  return match ? `${match[1]} ${match[2]?.toLowerCase()}` : value || undefined;
}
