import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '..', '..');

/** The first file that is measured and not there, below `folder`. */
export function missingBuild(folder: string, needsViewer: boolean): string | undefined {
  const files = ['dist/server/cli/main.js', ...(needsViewer ? ['dist/viewer/index.html'] : [])];
  return files.find((file) => !existsSync(join(folder, file)));
}

/** Builds what is measured as far as it is older than its sources; with `isBuilt` false it has to be there. */
export function ensureBuilt({ isBuilt, needsViewer }: { isBuilt: boolean; needsViewer: boolean }): void {
  if (isBuilt) {
    const script = join(repository, 'scripts', 'build.mjs');
    // Standard output is for figures.
    execFileSync(process.execPath, [script, ...(needsViewer ? [] : ['--server-only'])], {
      stdio: ['ignore', process.stderr, process.stderr],
    });
    return;
  }
  const missing = missingBuild(repository, needsViewer);
  if (missing !== undefined) throw new Error(`${missing} is missing: run npm run build`);
}
