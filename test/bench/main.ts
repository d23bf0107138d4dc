import { open, writeFile } from 'node:fs/promises';
import { ensureBuilt } from './built.ts';
import { HELP, listOf } from './help.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { breakOff, stopAll } from './peers/running.ts';
import { type DatedFigure, dated, keep, lineOf } from './report.ts';
import type { RowFamily } from './row.ts';
import { ROWS } from './rows.ts';
import { writeDocument } from './table.ts';

const allNames = ROWS.flatMap(({ names }) => names);

/** The rows that were asked for, family by family. */
function chosen(names: readonly string[]): { family: RowFamily; wanted: ReadonlySet<string> }[] {
  const unknown = names.filter((name) => name !== 'all' && !allNames.includes(name));
  if (unknown.length > 0)
    throw new Error(`no such row: ${unknown.join(', ')}; the rows are ${allNames.join(', ')}, or all`);
  return ROWS.map((family) => {
    const isAll = names.includes('all') && family.isInAll !== false;
    return { family, wanted: new Set(family.names.filter((name) => isAll || names.includes(name))) };
  }).filter(({ wanted }) => wanted.size > 0);
}

/** The file is asked for before anything is measured, which may take long. */
async function checkJsonFile(path: string): Promise<void> {
  try {
    await (await open(path, 'a')).close();
  } catch (error) {
    throw new Error(`--json ${path} can't be written: ${error instanceof Error ? error.message : error}`);
  }
}

async function measure(options: BenchOptions): Promise<boolean> {
  const families = chosen(options.names);
  if (options.json) await checkJsonFile(options.json);
  const needsViewer = families.some(({ family }) => family.needsViewer);
  ensureBuilt({ isBuilt: options.isBuilt, needsViewer });
  const figures: DatedFigure[] = [];
  let isWhole = true;
  for (const { family, wanted } of families) {
    const names = [...wanted].join(', ');
    console.error(`measuring ${names} ...`);
    try {
      const measured = dated(await family.measure(wanted, options));
      for (const figure of measured) console.log(lineOf(figure));
      figures.push(...measured);
      if (options.isKept) await keep(measured, allNames);
    } catch (error) {
      // Servers that end under a row make it fail.
      if (stoppedAt !== undefined) return false;
      // One row that can't be measured leaves the others their turn.
      isWhole = false;
      await stopAll();
      console.error(`${names}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  if (options.isWritten && figures.length > 0) await writeDocument(figures, allNames);
  if (options.json) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  return isWhole;
}

let stoppedAt: number | undefined;
const impatientAfterMs = 2000;

/** Ends the servers, removes their data and says so. */
function stop(exitCode: number): void {
  if (stoppedAt !== undefined) {
    // npm passes on a Ctrl+C that the terminal has sent us too; whoever asks again later doesn't want to wait.
    if (performance.now() - stoppedAt > impatientAfterMs) process.exit(exitCode);
    return;
  }
  stoppedAt = performance.now();
  void breakOff().finally(() => {
    console.error('stopped');
    process.exit(exitCode);
  });
}

// 128 and the signal's number, as shells have it.
process.on('SIGINT', () => stop(130));
process.on('SIGTERM', () => stop(143));

try {
  const options = readOptions(process.argv.slice(2));
  if (options.isHelp) console.log(HELP);
  else if (options.isList) console.log(listOf(ROWS));
  else if (!(await measure(options))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
