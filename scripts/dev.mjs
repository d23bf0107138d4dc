// For work on the code: the API under `tsx watch`, and the viewer under Vite, which proxies to it. Ctrl-C ends both.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const inModules = (...path) => join(root, 'node_modules', ...path);

const children = [];
start([
  inModules('tsx', 'dist', 'cli.mjs'),
  'watch',
  '--clear-screen=false',
  'server/cli/main.ts',
  'serve',
  ...process.argv.slice(2),
]);
const viewerConfig = 'viewer/vite.config.ts';
if (existsSync(join(root, viewerConfig)))
  start([inModules('vite', 'bin', 'vite.js'), '--config', viewerConfig]);

function start(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  children.push(child);
  child.on('exit', (code) => {
    process.exitCode ||= code ?? 0;
    for (const other of children) other.kill('SIGTERM');
  });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });
}
