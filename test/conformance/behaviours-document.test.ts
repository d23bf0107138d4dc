import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(`${ROOT}docs/BEHAVIOURS.md`, 'utf8');

/** The last cells of the rows of tables that name tests. */
const cells =
  text
    .split('## Answered otherwise')[0]
    ?.split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| behaviour'))
    .map((line) => line.split('|').at(-2) ?? '') ?? [];

const fileOf = (name: string) => (name.startsWith('test/') ? name : `test/conformance/${name}.test.ts`);
const namesIn = (cell: string) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name).filter((name) => !name.startsWith('npm '));

describe('docs/BEHAVIOURS.md', () => {
  it('names a test for every behaviour', () => {
    expect(cells.length).toBeGreaterThan(40);
    expect(cells.filter((cell) => namesIn(cell).length === 0)).toEqual([]);
  });

  it('names no test that is not there', () => {
    expect(
      cells
        .flatMap(namesIn)
        .map(fileOf)
        .filter((path) => !existsSync(ROOT + path)),
    ).toEqual([]);
  });
});
