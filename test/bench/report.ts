import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { type Figure, goalText, ratioOf, verdictOn } from './figure.ts';

/** A figure, and when, where and of what it was taken. */
export interface DatedFigure extends Figure {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly commit: string;
  /** Its processor, memory and Node.js. */
  readonly machine: string;
}

const repository = join(import.meta.dirname, '..', '..');
/** What was measured last, row by row; not kept in Git. */
const lastFigures = join(repository, 'dist', 'bench', 'figures.json');

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

function thisMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${cpus().length} cores (${model}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node.js ${process.version}`;
}

export function dated(figures: readonly Figure[]): DatedFigure[] {
  const date = new Date().toISOString().slice(0, 10);
  const taken = { date, commit: commit(), machine: thisMachine() };
  return figures.map((figure) => ({ ...figure, ...taken }));
}

export function shown(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

export function peerText({ peer }: Figure): string {
  if (!peer) return '';
  return 'value' in peer
    ? `${peer.name} ${shown(peer.value)}`
    : `${peer.name}: not installed (${peer.missing})`;
}

export function ratioText(figure: Figure): string {
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

/** Keeps `figures`, which take the place of earlier ones of their rows, in the order of `rows`. */
export async function keep(figures: readonly DatedFigure[], rows: readonly string[]): Promise<void> {
  const before = await readFile(lastFigures, 'utf8').then(
    (text) => JSON.parse(text) as DatedFigure[],
    () => [],
  );
  const fresh = new Set(figures.map(({ row }) => row));
  const all = [...before.filter(({ row }) => !fresh.has(row)), ...figures];
  const kept = rows.flatMap((row) => all.filter((figure) => figure.row === row));
  await mkdir(dirname(lastFigures), { recursive: true });
  await writeFile(lastFigures, `${JSON.stringify(kept, null, 2)}\n`);
}
