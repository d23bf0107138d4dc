import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** The rows of the table of a document, without its head. */
const rowsOf = (document: string) =>
  readFileSync(join(root, 'docs', document), 'utf8')
    .split('\n')
    .filter((line) => /^\| (?!row |what )/.test(line));
const birRows = rowsOf('BIR.md');
const rows = [...birRows, ...rowsOf('VIEWER.md')];

/** A test, by its file and, where given, its name; or a picture. */
interface Evidence {
  readonly path: string;
  readonly testName: string | undefined;
}

function evidenceOf(row: string): Evidence[] {
  const cell = row.split('|').at(-2) ?? '';
  return [...cell.matchAll(/`([^`]+)`(?: “([^”]+)”)?/g)].map(([, name = '', testName]) => {
    if (name.endsWith('.png')) return { path: `docs/screenshots/${name}`, testName: undefined };
    return { path: name.includes('/') ? name : `test/viewer/browser/${name}.test.ts`, testName };
  });
}

const isThere = ({ path, testName }: Evidence) =>
  existsSync(join(root, path)) &&
  (testName === undefined || readFileSync(join(root, path), 'utf8').includes(`'${testName}'`));

describe('docs/BIR.md and docs/VIEWER.md', () => {
  it('have a row for every letter of the checklist', () => {
    const letters = new Set(birRows.map((row) => row.charAt(2)));
    expect([...letters].join('')).toBe('ABCDEFGHIJKLMNO');
  });

  it('show every row by something', () => {
    expect(rows.filter((row) => evidenceOf(row).length === 0)).toEqual([]);
  });

  it('name no test and no picture that is not there', () => {
    expect(rows.flatMap(evidenceOf).filter((evidence) => !isThere(evidence))).toEqual([]);
  });
});
