import { describe, expect, it } from 'vitest';
import { HELP, listOf } from '../../bench/help.ts';
import { readOptions } from '../../bench/options.ts';
import { ROWS } from '../../bench/rows.ts';

describe("the benchmark's arguments", () => {
  it('ask for help, or for the list where no row is named', () => {
    expect(readOptions(['--help']).isHelp).toBe(true);
    expect(readOptions(['-h']).isHelp).toBe(true);
    expect(readOptions([])).toMatchObject({ isHelp: false, isList: true });
    expect(readOptions(['start'])).toMatchObject({ isHelp: false, isList: false, names: ['start'] });
  });

  it('are refused with a hint at the help', () => {
    expect(() => readOptions(['--nothing'])).toThrow(
      /^Unknown option '--nothing'; npm run bench -- --help tells/,
    );
    expect(() => readOptions(['start', '--json'])).toThrow(/--json.*missing; npm run bench -- --help/);
    expect(() => readOptions(['start', '--rounds', '0'])).toThrow('--rounds 0: right is');
  });

  it('write no table from short looks', () => {
    expect(() => readOptions(['frame', '--write', '--rounds', '2'])).toThrow(/--write/);
    expect(readOptions(['all', '--seconds', '2']).isWritten).toBe(false);
    expect(readOptions(['all']).isWritten).toBe(true);
    expect(readOptions(['frame']).isWritten).toBe(false);
  });
});

describe('the help', () => {
  it.each(['list', 'rounds', 'seconds', 'json', 'write', 'install', 'no-build', 'help'])(
    'has a line for --%s',
    (option) => {
      expect(HELP).toMatch(new RegExp(`^  .*--${option} +\\S.* `, 'm'));
    },
  );

  it('says what the exit codes mean', () => {
    expect(HELP).toMatch(/Exit code: 0 .*goals were missed or peers absent; 1 /);
  });
});

describe('the list', () => {
  const lines = listOf(ROWS).split('\n');

  it('has a line with a text for each row, the texts below each other', () => {
    const rows = lines.slice(0, lines.indexOf(''));
    expect(rows.map((line) => line.split(/ +/)[1])).toEqual(ROWS.flatMap(({ names }) => names));
    for (const line of rows) expect(line).toMatch(/^[* ] .{22} {2}\S+ /);
  });

  it('marks those that all leaves out', () => {
    const marked = lines.filter((line) => line.startsWith('* ')).map((line) => line.split(/ +/)[1]);
    const named = ROWS.filter(({ isInAll }) => isInAll === false).flatMap(({ names }) => names);
    expect(marked.slice(0, -1)).toEqual(named);
    expect(lines.at(-1)).toContain('* only by its name, not with all');
  });
});
