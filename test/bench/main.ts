import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HELP, listOf } from './help.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { stopAll } from './peers/running.ts';
import { type DatedFigure, dated, keep, lineOf } from './report.ts';
import type { RowFamily } from './row.ts';
import { ROWS } from './rows.ts';
import { writeDocument } from './table.ts';

const repository = join(import.meta.dirname, '..', '..');
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

async function measure(options: BenchOptions): Promise<boolean> {
  const families = chosen(options.names);
  const targets = families.some(({ family }) => family.needsViewer) ? [] : ['--server-only'];
  if (options.isBuilt)
    execFileSync(process.execPath, [join(repository, 'scripts', 'build.mjs'), ...targets], {
      stdio: 'inherit',
    });
  const figures: DatedFigure[] = [];
  let isWhole = true;
  for (const { family, wanted } of families) {
    try {
      const measured = dated(await family.measure(wanted, options));
      for (const figure of measured) console.log(lineOf(figure));
      figures.push(...measured);
      if (options.isKept) await keep(measured, allNames);
    } catch (error) {
      // One row that can't be measured leaves the others their turn.
      isWhole = false;
      await stopAll();
      console.error(`${[...wanted].join(', ')}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  if (options.isWritten && figures.length > 0) await writeDocument(figures, allNames);
  if (options.json) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  else console.log(JSON.stringify(figures));
  return isWhole;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stopAll().finally(() => process.exit(1)));

try {
  const options = readOptions(process.argv.slice(2));
  if (options.isHelp) console.log(HELP);
  else if (options.isList) console.log(listOf(ROWS));
  else if (!(await measure(options))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
