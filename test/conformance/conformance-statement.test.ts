import { existsSync, readFileSync } from 'node:fs';
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
    const names = [...text.matchAll(/`([\w./-]+)`/g)].map(([, name = '']) => name);
    const paths = names.flatMap((name) => {
      if (name.startsWith('test/')) return [name];
      // By its section's number alone: a file of test/conformance.
      return /^[a-z-]+-\d+\.\d+(-[a-z-]+)?$/.test(name) ? [`test/conformance/${name}.test.ts`] : [];
    });
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !existsSync(ROOT + path))).toEqual([]);
  });

  it('has a test for every transaction', () => {
    const rows = /<!-- made: transactions -->([\s\S]*?)<!-- end -->/.exec(text)?.[1]?.split('\n') ?? [];
    const untested = rows.filter((row) => row.startsWith('| `')).filter((row) => !/`[\w.*-]+` \|$/.test(row));
    expect(untested).toEqual([]);
  });
});
