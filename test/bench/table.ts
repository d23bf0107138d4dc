import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { goalText, verdictOn } from './figure.ts';
import { type DatedFigure, peerText, ratioText, shown } from './report.ts';

const document = join(import.meta.dirname, '..', '..', 'docs', 'PERFORMANCE.md');
const begin = '<!-- npm run bench: table -->';
const end = '<!-- npm run bench: end -->';

/** A line of the table, by what the reader has to know to compare it with another. */
interface TableLine {
  readonly row: string;
  /** From the row's name up to the commit, as they stand in the table. */
  readonly cells: readonly string[];
  /** Several where an old table doesn't say which one it was. */
  readonly date: string;
  /** As its processor, memory and Node.js are described; empty where nobody said. */
  readonly machine: string;
}

/** Cells of every line; `date` follows them, and `machine` where there are several. */
const COLUMNS = ['row', 'what', 'goal', 'Isocenter', 'peer', 'ratio', '', 'commit'];

const cellsOf = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

const tableLine = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

function freshLine(figure: DatedFigure): TableLine {
  const { row, what, note, ours, unit, date, commit, machine } = figure;
  const cells = [
    `\`${row}\``,
    `${what}${note ? ` (${note})` : ''}`,
    goalText(figure),
    `${shown(ours)} ${unit}`,
    peerText(figure),
    ratioText(figure),
    verdictOn(figure),
    commit,
  ];
  // A bar would end the cell.
  return { row, cells: cells.map((cell) => cell.replaceAll('|', '/')), date, machine };
}

/**
 * The lines of an earlier table. Where it names one machine, or in its header the days, as tables without a column for them do, that
 * holds for all its lines.
 */
function earlierLines(before: string): TableLine[] {
  const machines = new Map(
    [...before.matchAll(/^Machine ?(\d*): (.*? Node\.js \S+?)\.(?:\s|$)/gm)].map(
      ([, number = '', machine = '']) => [number, machine],
    ),
  );
  const days = /Measured ([\d, -]+);/.exec(before)?.[1] ?? '';
  const lines = before
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map(cellsOf);
  const columns = lines.find(([first]) => first === 'row') ?? [];
  const inColumn = (cells: readonly string[], name: string) => cells[columns.indexOf(name)];
  return lines.flatMap((cells) => {
    const row = /^`(.*)`$/.exec(cells[0] ?? '')?.[1];
    if (row === undefined) return [];
    return [
      {
        row,
        cells: cells.slice(0, COLUMNS.length),
        date: inColumn(cells, 'date') ?? days,
        machine: machines.get(inColumn(cells, 'machine') ?? '') ?? '',
      },
    ];
  });
}

/** The table with `figures` in it; lines of `before`, an earlier one, whose rows were not measured again stay as they are. */
export function tableOf(figures: readonly DatedFigure[], rows: readonly string[], before: string): string {
  const earlier = earlierLines(before);
  const lines = rows.flatMap((row) => {
    const fresh = figures.filter((figure) => figure.row === row);
    return fresh.length > 0 ? fresh.map(freshLine) : earlier.filter((line) => line.row === row);
  });
  const machines = [...new Set(lines.map(({ machine }) => machine))];
  const areSeveral = machines.length > 1;
  const numberOf = (machine: string) => String(machines.indexOf(machine) + 1);
  const withMachine = (cell: string) => (areSeveral ? [cell] : []);
  const columns = [...COLUMNS, 'date', ...withMachine('machine')];
  return [
    ...machines.map(
      (machine) => `Machine${areSeveral ? ` ${numberOf(machine)}` : ''}: ${machine || 'not known'}.`,
    ),
    '',
    tableLine(columns),
    `|${'---|'.repeat(columns.length)}`,
    ...lines.map(({ cells, date, machine }) =>
      tableLine([...cells, date, ...withMachine(numberOf(machine))]),
    ),
  ].join('\n');
}

/** Puts `figures` into the table between its marks in docs/PERFORMANCE.md. */
export async function writeDocument(figures: readonly DatedFigure[], rows: readonly string[]): Promise<void> {
  const text = await readFile(document, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${document} has no place for the table: ${begin} … ${end}`);
  const table = tableOf(figures, rows, text.slice(from, to));
  await writeFile(document, `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`);
}
