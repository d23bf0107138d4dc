import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { STATEMENT, withTables } from '../support/conformance-tables.ts';

const text = readFileSync(STATEMENT, 'utf8');
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('docs/CONFORMANCE.md', () => {
  it('says what the code says (npm run conformance)', () => {
    expect(withTables(text)).toBe(text);
  });

  it('names no test that is not there', () => {
    const names = [...text.matchAll(/`([\w./*-]+)`/g)].map(([, name = '']) => name);
    const paths = names.filter((name) => name.startsWith('test/'));
    // By its section's number: a file of test/conformance, or with a star all whose names begin so.
    const files = names.filter(
      (name) => /^[a-z-]+-\d+(\.\d+)?(-[a-z-]+)?\*?$/.test(name) || name === 'delete',
    );
    expect(paths.length).toBeGreaterThan(10);
    expect(files.length).toBeGreaterThan(30);
    expect(paths.filter((path) => !existsSync(ROOT + path))).toEqual([]);
    const there = readdirSync(`${ROOT}test/conformance`);
    const isThere = (name: string) =>
      name.endsWith('*')
        ? there.some((file) => file.startsWith(name.slice(0, -1)))
        : there.includes(`${name}.test.ts`);
    expect(files.filter((name) => !isThere(name))).toEqual([]);
  });

  it('has a test for every transaction', () => {
    const rows = /<!-- made: transactions -->([\s\S]*?)<!-- end -->/.exec(text)?.[1]?.split('\n') ?? [];
    const untested = rows.filter((row) => row.startsWith('| `')).filter((row) => !/`[\w.*-]+` \|$/.test(row));
    expect(untested).toEqual([]);
  });
});
