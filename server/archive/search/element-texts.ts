import type { DataSet, ElementValue } from '../../dicom/data-set.ts';

/**
 * The values at `path` (tags, those before the last of sequences) of all items, as text; names as
 * `Alphabetic=Ideographic=Phonetic`.
 */
export function textsAt(dataSet: DataSet, path: readonly string[]): string[] {
  const [tag = '', ...rest] = path;
  const values = dataSet[tag]?.Value ?? [];
  if (rest.length === 0) return values.map(textOf);
  return values.flatMap((item) => (isItem(item) ? textsAt(item, rest) : []));
}

function isItem(value: ElementValue): value is DataSet {
  return (
    typeof value === 'object' &&
    value !== null &&
    !('Alphabetic' in value || 'Ideographic' in value || 'Phonetic' in value)
  );
}

function textOf(value: ElementValue): string {
  if (value === null) return '';
  if (typeof value !== 'object') return String(value);
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value;
  return [Alphabetic, Ideographic, Phonetic]
    .map((group) => (typeof group === 'string' ? group : ''))
    .join('=');
}
