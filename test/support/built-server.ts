import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withLockFile } from '../../storage/index/embedded-postgres/embedded-postgres-lock.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** What `npm start` and `isocenter` run. */
export const BUILT_MAIN = join(root, 'dist', 'server', 'cli', 'main.js');

/** Builds the server, where it is older than its sources. Test files that need it at the same time wait for one build. */
export async function buildServer(): Promise<void> {
  const dist = join(root, 'dist');
  await mkdir(dist, { recursive: true });
  await withLockFile(join(dist, '.build-lock'), () =>
    run(process.execPath, [join(root, 'scripts', 'build.mjs'), '--server-only']),
  );
}
