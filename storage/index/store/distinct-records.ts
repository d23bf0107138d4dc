import { firstValue, type InstanceRecord } from './instance-record.ts';

/** Rows to write once each, in one order for all transactions, so that concurrent ones cannot deadlock. */
export function distinctBy(
  records: readonly InstanceRecord[],
  keyOf: (record: InstanceRecord) => string,
): InstanceRecord[] {
  const firsts = new Map<string, InstanceRecord>();
  for (const record of records) {
    const key = keyOf(record);
    if (!firsts.has(key)) firsts.set(key, record);
  }
  return [...firsts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
}

/**
 * As `distinctBy`, and what further records say otherwise of the same study or series, one of each a wave: what the first left
 * empty they fill in. Nearly always there is one wave.
 */
export function wavesBy(
  records: readonly InstanceRecord[],
  keyOf: (record: InstanceRecord) => string,
  sayingOf: (record: InstanceRecord) => string,
): InstanceRecord[][] {
  const waves: InstanceRecord[][] = [];
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

export const studyKey = (record: InstanceRecord) => firstValue(record, 'StudyInstanceUID');
/** What a record says of its study, whoever says it. */
export const sayingOf = (record: InstanceRecord) => `${studyKey(record)}/${record.studyAttributes}`;
export const seriesKey = (record: InstanceRecord) =>
  `${studyKey(record)}/${firstValue(record, 'SeriesInstanceUID')}`;
export const instanceKey = (record: InstanceRecord) =>
  `${seriesKey(record)}/${firstValue(record, 'SOPInstanceUID')}`;
