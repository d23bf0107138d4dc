import { access, constants, mkdir } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** A folder outside the checkout that outlives the run, for what is costly to make. */
export async function cacheFolder(): Promise<string> {
  const candidates = [
    join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'isocenter'),
    join(tmpdir(), `isocenter-cache-${userInfo().uid}`),
  ];
  for (const folder of candidates) {
    try {
      await mkdir(folder, { recursive: true });
      await access(folder, constants.W_OK);
      return folder;
    } catch {
      // Read-only home, say: try the next.
    }
  }
  throw new Error(`none of these folders can be written: ${candidates.join(', ')}`);
}
