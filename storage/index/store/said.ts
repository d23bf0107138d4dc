import { createHash } from 'node:crypto';
import { storedAttributes } from '../attributes.ts';
import { type InstanceStatement, patientIdentity } from './instance-record.ts';

/** Studies and series remember so many of the latest different things that instances said of them. */
const MOST_SAID = 8;

const KEYWORDS = {
  study: storedAttributes('study').map(({ keyword }) => keyword),
  series: storedAttributes('series').map(({ keyword }) => keyword),
};

/** Digest of all that `record` says of its study and patient, or of its series: what storing takes in of it, and nothing else. */
export function whatIsSaid(level: 'study' | 'series', record: InstanceStatement): Buffer {
  const hash = createHash('sha256');
  hash.update(level === 'study' ? record.studyAttributes : record.seriesAttributes);
  const values = KEYWORDS[level].map((keyword) => record.values[keyword] ?? []);
  hash.update(JSON.stringify([values, level === 'study' ? patientIdentity(record) : '']));
  return hash.digest().subarray(0, 16);
}

/** SQL: what a row of `table` has taken in, once it takes in `excluded` too. */
export function saidWith(table: 'study' | 'series'): string {
  return `CASE WHEN ${table}.said @> excluded.said THEN ${table}.said
    ELSE (excluded.said || ${table}.said)[:${MOST_SAID}] END`;
}
