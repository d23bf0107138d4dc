import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLockFile } from '../../storage/index/embedded-postgres/embedded-postgres-lock.ts';
import { cacheFolder } from './cache-folder.ts';

/** Software of another project to test against, or why there is none. */
export type Peer = { path: string; description: string } | { missing: string };

/** Its presence says that the folder is whole. */
const MARKER = '.installed';

/**
 * Answers the folder `name` of the cache, which `install` fills where an earlier run has not. Throws what `install` throws, and leaves
 * nothing half-done behind. Of two runs at once the second waits for the first.
 */
export async function installOnce(name: string, install: (folder: string) => Promise<void>): Promise<string> {
  const cache = await cacheFolder();
  const folder = join(cache, name);
  const isWhole = () => existsSync(join(folder, MARKER));
  if (isWhole()) return folder;
  return await withLockFile(join(cache, `${name}.lock`), async () => {
    if (isWhole()) return folder;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    console.error(`Installing ${name} into ${folder}, once ...`);
    try {
      await install(folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
    await writeFile(join(folder, MARKER), '');
    return folder;
  });
}

/** The end of what a program said when it failed. */
export function lastWords(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  return (said.trim() || String(error)).slice(-400);
}
