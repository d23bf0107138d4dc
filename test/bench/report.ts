import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { type Figure, goalText, ratioOf, verdictOn } from './figure.ts';

/** A figure, and when and of what it was taken. */
export interface DatedFigure extends Figure {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly commit: string;
}

const repository = join(import.meta.dirname, '..', '..');
/** What was measured last, row by row; not kept in Git. */
const lastFigures = join(repository, 'dist', 'bench', 'figures.json');
const document = join(repository, 'docs', 'PERFORMANCE.md');
const begin = '<!-- npm run bench: table -->';
const end = '<!-- npm run bench: end -->';

function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: repository, encoding: 'utf8', stdio: 'pipe' });
    const isChanged =
      git('status', '--porcelain', '--untracked-files=no', '--', 'server', 'storage', 'viewer') !== '';
    return `${git('rev-parse', '--short', 'HEAD').trim()}${isChanged ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
}

export function dated(figures: readonly Figure[]): DatedFigure[] {
  const date = new Date().toISOString().slice(0, 10);
  const of = commit();
  return figures.map((figure) => ({ ...figure, date, commit: of }));
}

function shown(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

function peerText({ peer }: Figure): string {
  if (!peer) return '';
  return 'value' in peer
    ? `${peer.name} ${shown(peer.value)}`
    : `${peer.name}: not installed (${peer.missing})`;
}

function ratioText(figure: Figure): string {
  const ratio = ratioOf(figure);
  return ratio === undefined ? '' : shown(ratio);
}

/** One line for the terminal. */
export function lineOf(figure: Figure): string {
  return [
    figure.row.padEnd(20),
    verdictOn(figure).padEnd(8),
    `${shown(figure.ours)} ${figure.unit}`.padEnd(22),
    peerText(figure).padEnd(22),
    ratioOf(figure) === undefined ? ''.padEnd(12) : `ratio ${ratioText(figure)}`.padEnd(12),
    `goal ${goalText(figure)}`.padEnd(22),
    figure.what,
    figure.note ? `(${figure.note})` : '',
  ]
    .join(' ')
    .trimEnd();
}

function tableLine(figure: DatedFigure): string {
  const what = `${figure.what}${figure.note ? ` (${figure.note})` : ''}`;
  return `| \`${figure.row}\` | ${what} | ${goalText(figure)} | ${shown(figure.ours)} ${figure.unit} | ${peerText(figure)} | ${ratioText(figure)} | ${verdictOn(figure)} | ${figure.commit} |`;
}

/** The table with `figures` in it; rows of `before`, an earlier one, that were not measured again stay as they are. */
export function tableOf(figures: readonly DatedFigure[], rows: readonly string[], before: string): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const dates = [...figures.map(({ date }) => date), ...(before.match(/\d{4}-\d{2}-\d{2}/g) ?? [])];
  const earlier = before.split('\n').filter((line) => line.startsWith('| `'));
  const lines = rows.flatMap((row) => {
    const fresh = figures.filter((figure) => figure.row === row);
    return fresh.length > 0
      ? fresh.map(tableLine)
      : earlier.filter((line) => line.startsWith(`| \`${row}\` |`));
  });
  return [
    `Machine: ${cpus().length} cores (${model}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node.js ${process.version}. Measured ${[...new Set(dates)].join(', ')}; each row says of which commit.`,
    '',
    '| row | what | goal | Isocenter | peer | ratio | | commit |',
    '|---|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

/** Keeps `figures`, which take the place of earlier ones of their rows. @returns all that are kept, in the order of `rows` */
export async function keep(figures: readonly DatedFigure[], rows: readonly string[]): Promise<DatedFigure[]> {
  const before = await readFile(lastFigures, 'utf8').then(
    (text) => JSON.parse(text) as DatedFigure[],
    () => [],
  );
  const fresh = new Set(figures.map(({ row }) => row));
  const all = [...before.filter(({ row }) => !fresh.has(row)), ...figures];
  const kept = rows.flatMap((row) => all.filter((figure) => figure.row === row));
  await mkdir(dirname(lastFigures), { recursive: true });
  await writeFile(lastFigures, `${JSON.stringify(kept, null, 2)}\n`);
  return kept;
}

/** Puts the table between its marks in docs/PERFORMANCE.md. */
export async function writeDocument(figures: readonly DatedFigure[], rows: readonly string[]): Promise<void> {
  const text = await readFile(document, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${document} has no place for the table: ${begin} … ${end}`);
  const table = tableOf(figures, rows, text.slice(from, to));
  await writeFile(document, `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`);
}
