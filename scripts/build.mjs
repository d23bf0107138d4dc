// Builds what is older than its sources: the server into dist/server and dist/storage, the viewer into dist/viewer.
// Flags: --server-only, --force.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, gzipSync, constants as zlib } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

const targets = {
  server: {
    sources: [
      'server',
      'storage',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
    ],
    made: 'server/cli/main.js',
    build: buildServer,
  },
  viewer: {
    sources: ['viewer', 'package.json', 'package-lock.json', 'tsconfig.json'],
    made: 'viewer/index.html',
    build: buildViewer,
  },
};

/**
 * Builds the named targets as far as they are stale.
 * @param {('server' | 'viewer')[]} names
 * @param {{ force?: boolean, quiet?: boolean }} [options] quiet: without warnings, for those who only want to run it
 */
export function build(names, { force = false, quiet = false } = {}) {
  for (const name of names) {
    if (name === 'viewer' && !existsSync(join(root, 'viewer', 'vite.config.ts'))) {
      console.error('viewer: not built, there is no viewer/vite.config.ts');
      continue;
    }
    const target = targets[name];
    const stamp = join(dist, `.${name}-built-from`);
    const state = stateOf(target.sources);
    const isFresh = existsSync(join(dist, target.made)) && readIfThere(stamp) === state;
    if (isFresh && !force) continue;
    console.error(`Building the ${name} ...`);
    rmSync(stamp, { force: true });
    target.build({ quiet });
    mkdirSync(dist, { recursive: true });
    writeFileSync(stamp, state);
  }
}

function buildServer() {
  for (const room of ['server', 'storage']) rmSync(join(dist, room), { recursive: true, force: true });
  runTool('typescript', 'tsc', ['-p', 'tsconfig.build.json']);
  // What tsc leaves out: the SQL of the migrations, and other files that are read at run time.
  for (const room of ['server', 'storage']) {
    for (const file of filesUnder(join(root, room))) {
      if (/\.(ts|md)$/.test(file)) continue;
      const copy = join(dist, relative(root, file));
      mkdirSync(dirname(copy), { recursive: true });
      cpSync(file, copy);
    }
  }
}

function buildViewer({ quiet }) {
  runTool('vite', 'vite', [
    'build',
    '--config',
    'viewer/vite.config.ts',
    '--outDir',
    join(dist, 'viewer'),
    '--emptyOutDir',
    '--logLevel',
    quiet ? 'error' : 'warn',
  ]);
  compressAssets(join(dist, 'viewer', 'assets'));
}

/** Bytes below which an asset is sent as it is. */
const compressedFromBytes = 2048;

/** Writes what never changes once more in the encodings of browsers, so that the server need not compress it at every request. */
function compressAssets(folder) {
  for (const file of filesUnder(folder)) {
    const bytes = readFileSync(file);
    if (bytes.length < compressedFromBytes || !/\.(js|css|wasm|svg)$/.test(file)) continue;
    const params = { [zlib.BROTLI_PARAM_QUALITY]: 9, [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

/** Runs the program `name` that the installed package brings; ends the process when it fails. */
function runTool(packageName, name, args) {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const program = join(folder, typeof bin === 'string' ? bin : bin[name]);
  const { status } = spawnSync(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** A digest of the names and contents of all sources: a checkout of other files with older times counts as a change too. */
function stateOf(sources) {
  const hash = createHash('sha256').update(process.version.split('.')[0]);
  for (const source of sources) {
    const path = join(root, source);
    if (!existsSync(path)) continue;
    for (const file of statSync(path).isDirectory() ? filesUnder(path) : [path]) {
      hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const flags = process.argv.slice(2);
  const unknown = flags.filter((flag) => !['--server-only', '--force'].includes(flag));
  if (unknown.length > 0) {
    console.error(`build: unknown ${unknown.join(' ')}; known are --server-only and --force`);
    process.exit(1);
  }
  build(flags.includes('--server-only') ? ['server'] : ['server', 'viewer'], {
    force: flags.includes('--force'),
  });
}
