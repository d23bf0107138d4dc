import type { Level } from '../attributes.ts';
import { toColumns } from '../search/column-value.ts';
import { attributeColumns, jsonColumn } from './array-columns.ts';
import { firstsBy, seriesKey, studyKey } from './distinct-records.ts';
import { firstValue, type InstanceStatement, patientIdentity } from './instance-record.ts';
import { whatIsSaid } from './said.ts';

/**
 * The rows that the studies and series of `records` begin with, as the first record of each says: JSON texts for
 * `store_in_one_statement`, whose row objects have a member for each column.
 */
export function newRows(records: readonly InstanceStatement[]): { studies: string; series: string } {
  const studies = [...firstsBy(records, studyKey).values()].map((record) => {
    // All that is indexed, at once: set later, the row's entries in all indexes would be written twice.
    const computed = {
      modalities_in_study: JSON.stringify(codes(record, 'Modality').filter(Boolean)),
      sop_classes_in_study: JSON.stringify(toColumns('uid', record.values.SOPClassUID ?? [])),
    };
    return `{"identity":${JSON.stringify(patientIdentity(record))},"study":${row('study', record, computed)}}`;
  });
  const series = [...firstsBy(records, seriesKey).values()].map((record) => {
    const study = JSON.stringify(firstValue(record, 'StudyInstanceUID'));
    return `{"study_uid":${study},"study_says":${bytea(whatIsSaid('study', record))},"series":${row('series', record, {})}}`;
  });
  return { studies: `[${studies.join()}]`, series: `[${series.join()}]` };
}

const codes = (record: InstanceStatement, keyword: string) => toColumns('code', record.values[keyword] ?? []);

/** `further`: JSON texts of further columns. */
function row(
  level: Exclude<Level, 'instance'>,
  record: InstanceStatement,
  further: Record<string, string>,
): string {
  const attributes = level === 'study' ? record.studyAttributes : record.seriesAttributes;
  const columns = [...attributeColumns(level, [record]), jsonColumn('attributes', [attributes])];
  const members = columns.map(({ name, type, values: [value] }) => {
    const isText = type !== 'json' || value === null;
    return `"${name}":${isText ? JSON.stringify(value ?? null) : value}`;
  });
  for (const [name, text] of Object.entries(further)) members.push(`"${name}":${text}`);
  return `{${members.join()},"said":[${bytea(whatIsSaid(level, record))}]}`;
}

/** JSON text of what `bytea` reads. */
const bytea = (bytes: Buffer) => `"\\\\x${bytes.toString('hex')}"`;
