import { columnsOf, type IndexedAttribute, type Level, storedAttributes } from '../attributes.ts';
import { type ColumnValue, toColumns } from '../search/column-value.ts';
import type { InstanceStatement } from './instance-record.ts';

/** A column of an INSERT out of arrays: its name, its SQL type, and its value in each row. */
export interface ArrayColumn {
  name: string;
  type: string;
  values: unknown[];
}

const SQL_TYPES: Record<IndexedAttribute['kind'], string> = {
  uid: 'text',
  code: 'text',
  text: 'text',
  name: 'text',
  date: 'date',
  time: 'time',
  integer: 'integer',
  codes: 'json',
};

/** Columns of the attributes of `level`, filled from what the records say. */
export function attributeColumns(level: Level, records: readonly InstanceStatement[]): ArrayColumn[] {
  return storedAttributes(level).flatMap((attribute) => {
    const rows = records.map((record) => toColumns(attribute.kind, record.values[attribute.keyword] ?? []));
    return columnsOf(attribute).map((name, i) => ({
      name,
      // A list travels as JSON, see below.
      type: name.endsWith('_words') ? 'json' : SQL_TYPES[attribute.kind],
      values: rows.map((row) => parameterOf(row[i] ?? null)),
    }));
  });
}

/** PostgreSQL's arrays of arrays must be rectangular, so a list travels as JSON. */
function parameterOf(value: ColumnValue): unknown {
  return Array.isArray(value) ? JSON.stringify(value) : value;
}

/** What the SELECT out of the arrays says for a column: lists become arrays again, and what is said a list of one. */
export function selected(column: ArrayColumn): string {
  if (column.name === 'said') return 'ARRAY[t.said]';
  return column.type === 'json' && column.name !== 'attributes' && column.name !== 'bulk_data'
    ? `CASE WHEN t.${column.name} IS NOT NULL THEN ARRAY(SELECT json_array_elements_text(t.${column.name})) END`
    : `t.${column.name}`;
}

/** The arrays as rows of a table `t`; their parameters are numbered in the columns' order. */
export function fromArrays(columns: readonly ArrayColumn[]): string {
  const parameters = columns.map(({ type }, i) => `$${i + 1}::${type}[]`).join(', ');
  return `unnest(${parameters}) AS t(${columns.map(({ name }) => name).join(', ')})`;
}

export function jsonColumn(name: string, values: string[]): ArrayColumn {
  return { name, type: 'json', values: values.map(withoutNul) };
}

/** json accepts the escape of U+0000 but nothing that reads it as text does. A backslash that is escaped itself begins none. */
function withoutNul(json: string): string {
  if (!json.includes('\\u0000')) return json;
  return json.replace(/\\(u0000|.)/g, (written, what) => (what === 'u0000' ? '' : written));
}

/** The driver takes Buffers for bytea. */
export function bytesOf(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
