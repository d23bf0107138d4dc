import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DatedFigure, dated } from '../../bench/report.ts';
import { ROWS } from '../../bench/rows.ts';
import { tableOf } from '../../bench/table.ts';

const old = '2 cores (Old 1.0), 24 GiB, Node.js v20.20.2';
const other = '8 cores (New), 64 GiB, Node.js v24.1.0';
const figure = (row: string, machine: string): DatedFigure => ({
  row,
  what: 'new',
  unit: 's',
  ours: 1,
  goal: { of: 'ours', atMost: 3 },
  date: '2026-02-03',
  commit: 'c2',
  machine,
});
const linesOf = (table: string) => table.split('\n').filter((line) => line.startsWith('| `'));
const machinesOf = (table: string) => table.split('\n').filter((line) => line.startsWith('Machine'));

/** As it was written when the days stood in its header only. */
const withoutDates = `
Machine: ${old}. Measured 2026-01-02; each row says of which commit.

| row | what | goal | Isocenter | peer | ratio | | commit |
|---|---|---|---|---|---|---|---|
| \`a\` | old | <= 3 s | 2.00 s |  |  | met | c1 |
| \`b\` | old | <= 3 s | 2.00 s |  |  | met | c1 |
| \`b\` | old too | <= 3 s | 4.00 s |  |  | NOT met | c1 |
`;

describe('the table', () => {
  it('keeps what was not measured again, in the order of the rows, with the day of the old header', () => {
    const table = tableOf([figure('a', old)], ['b', 'a', 'never'], withoutDates);
    expect(linesOf(table)).toEqual([
      '| `b` | old | <= 3 s | 2.00 s |  |  | met | c1 | 2026-01-02 |',
      '| `b` | old too | <= 3 s | 4.00 s |  |  | NOT met | c1 | 2026-01-02 |',
      '| `a` | new | <= 3 s | 1.00 s |  |  | met | c2 | 2026-02-03 |',
    ]);
    expect(machinesOf(table)).toEqual([`Machine: ${old}.`]);
    expect(table).toContain('| commit | date |\n|---|---|---|---|---|---|---|---|---|\n');
  });

  it('numbers the machines where rows are of several, and says of which one each is', () => {
    const mixed = tableOf([figure('a', other)], ['a', 'b'], withoutDates);
    expect(machinesOf(mixed)).toEqual([`Machine 1: ${other}.`, `Machine 2: ${old}.`]);
    expect(linesOf(mixed).map((line) => line.split(' | ').slice(-2).join(' | '))).toEqual([
      '2026-02-03 | 1 |',
      '2026-01-02 | 2 |',
      '2026-01-02 | 2 |',
    ]);
    // Its own form is read again, and what is left of one machine needs no number.
    expect(tableOf([], ['a', 'b'], mixed)).toBe(mixed);
    const moved = tableOf([figure('b', other)], ['a', 'b'], mixed);
    expect(machinesOf(moved)).toEqual([`Machine: ${other}.`]);
    expect(linesOf(moved)).toHaveLength(2);
    expect(tableOf([], ['a', 'b'], moved)).toBe(moved);
  });

  it('says that it does not know the machine or the day of a table that tells neither', () => {
    const table = tableOf([figure('a', old)], ['a', 'b'], '| `b` | x | | | | | | c1 |');
    expect(machinesOf(table)).toEqual([`Machine 1: ${old}.`, 'Machine 2: not known.']);
    expect(linesOf(table)[1]).toBe('| `b` | x |  |  |  |  |  | c1 |  | 2 |');
    expect(tableOf([], ['a', 'b'], table)).toBe(table);
  });

  it('begins from nothing', () => {
    const { machine, commit, ...plain } = figure('a', old);
    const fresh = dated([plain]);
    expect(linesOf(tableOf(fresh, ['a'], ''))).toHaveLength(1);
    expect(machinesOf(tableOf(fresh, ['a'], ''))[0]).toMatch(/^Machine: \d+ cores .* Node\.js v[\d.]+\.$/);
  });

  it('is read from docs/PERFORMANCE.md, and only the measured row changes', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../docs/PERFORMANCE.md'), 'utf8');
    const before =
      /<!-- npm run bench: table -->\n([\s\S]*)<!-- npm run bench: end -->/.exec(text)?.[1] ?? '';
    const names = ROWS.flatMap((family) => family.names);
    const after = tableOf([figure('start', other)], names, before);
    const isStart = (line: string) => line.startsWith('| `start` |');
    const kept = linesOf(after).filter((line) => !isStart(line));
    const untouched = linesOf(before).filter((line) => !isStart(line));
    expect(kept.length).toBeGreaterThan(30);
    expect(kept).toHaveLength(untouched.length);
    kept.forEach((line, at) => {
      expect(line.startsWith(untouched[at]?.replace(/( \| [\d-]{10}( \| \d+)?)? \|$/, '') ?? '?')).toBe(true);
      expect(line).toMatch(/ \| \d{4}-\d{2}-\d{2} \| \d+ \|$/);
    });
    expect(linesOf(after).filter(isStart)).toEqual([
      expect.stringMatching(/^\| `start` \| new \| .* \| c2 \| 2026-02-03 \| \d+ \|$/),
    ]);
  });
});
