import { type JsonDataSet, values } from './data-set.ts';

const componentGroups = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

/**
 * One group of a person name for reading: `SMITH^JOHN^Q^DR^JR` -> `SMITH, JOHN Q, DR, JR` (PS3.5 6.2.1.1: family,
 * given, middle, prefix, suffix). Text without carets stays as it is.
 */
export function formatNameGroup(group: string): string {
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = group
    .split('^')
    .map((component) => component.trim());
  const givenNames = [given, middle].filter(Boolean).join(' ');
  return [family, givenNames, prefix, suffix].filter(Boolean).join(', ');
}

/** A person name of the DICOM JSON model for reading: the alphabetic group, then the ideographic one in brackets. */
export function formatPersonName(value: unknown): string | undefined {
  const groups =
    typeof value === 'string'
      ? value.split('=')
      : typeof value === 'object' && value !== null
        ? componentGroups.map((group) => {
            const text = (value as Record<string, unknown>)[group];
            return typeof text === 'string' ? text : '';
          })
        : [];
  const [alphabetic = '', ideographic = '', phonetic = ''] = groups.map(formatNameGroup);
  const first = alphabetic || ideographic || phonetic;
  if (first === '') return undefined;
  return alphabetic && ideographic ? `${alphabetic} (${ideographic})` : first;
}

/** The first person name of an attribute, for reading; undefined when it is absent or empty. */
export function personName(dataSet: JsonDataSet, tag: string): string | undefined {
  return formatPersonName(values(dataSet, tag)[0]);
}
