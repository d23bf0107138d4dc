import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/** What turns samples into bytes and back. */
const LIBRARIES = [
  '@cornerstonejs/codec-charls',
  '@cornerstonejs/codec-openjpeg',
  '@cornerstonejs/codec-openjph',
  'dcmjs-codecs',
  'sharp',
];

/**
 * Tells what this program makes of pixels apart from what another version of it, or one with other codecs, makes of the same ones:
 * 16 hexadecimal digits, of the versions of them all.
 */
export const IMAGING_EDITION = editionOf([
  versionAbove(dirname(fileURLToPath(import.meta.url)), 'isocenter'),
  ...LIBRARIES.map((name) => versionAbove(dirname(require.resolve(name)), name)),
]);

export function editionOf(versions: readonly string[]): string {
  return createHash('sha256').update(versions.join('\n')).digest('hex').slice(0, 16);
}

/** Name and version of the package `name` that `folder` is in; packages need not export their package.json. */
function versionAbove(folder: string, name: string): string {
  for (let at = folder; ; at = dirname(at)) {
    const found = manifestIn(at);
    if (found?.name === name && found.version) return `${name} ${found.version}`;
    if (at === dirname(at)) throw new Error(`${folder} is in no package ${name}`);
  }
}

function manifestIn(folder: string): { name?: string; version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
