import { firstValue, type InstanceStatement } from './instance-record.ts';

/** Rows to write once each, in one order for all transactions, so that concurrent ones cannot deadlock. */
export function distinctBy<T extends InstanceStatement>(
  records: readonly T[],
  keyOf: (record: T) => string,
): T[] {
  return [...firstsBy(records, keyOf)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
}

/** The first record of each key, in the order that they came in. */
export function firstsBy<T extends InstanceStatement>(
  records: readonly T[],
  keyOf: (record: T) => string,
): Map<string, T> {
  const firsts = new Map<string, T>();
  for (const record of records) {
    const key = keyOf(record);
    if (!firsts.has(key)) firsts.set(key, record);
  }
  return firsts;
}

/**
 * As `distinctBy`, and what further records say otherwise of the same study or series, one of each a wave: what the first left
 * empty they fill in. Nearly always there is one wave.
 */
export function wavesBy<T extends InstanceStatement>(
  records: readonly T[],
  keyOf: (record: T) => string,
  sayingOf: (record: T) => string,
): T[][] {
  const waves: T[][] = [];
  const seen = new Map<string, Set<string>>();
  for (const record of records) {
    const said = seen.get(keyOf(record)) ?? new Set();
    seen.set(keyOf(record), said);
    if (said.has(sayingOf(record))) continue;
    waves[said.size] = [...(waves[said.size] ?? []), record];
    said.add(sayingOf(record));
  }
  return waves.map((wave) => distinctBy(wave, keyOf));
}

export const studyKey = (record: InstanceStatement) => firstValue(record, 'StudyInstanceUID');
/** What a record says of its study, whoever says it. */
export const sayingOf = (record: InstanceStatement) => `${studyKey(record)}/${record.studyAttributes}`;
export const seriesKey = (record: InstanceStatement) =>
  `${studyKey(record)}/${firstValue(record, 'SeriesInstanceUID')}`;
export const instanceKey = (record: InstanceStatement) =>
  `${seriesKey(record)}/${firstValue(record, 'SOPInstanceUID')}`;
