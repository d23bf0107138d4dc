// For work on the code: the API under `tsx watch`, and the viewer under Vite, which proxies to it. Ctrl-C ends both.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const inModules = (...path) => join(root, 'node_modules', ...path);

const children = [];
let isStopping = false;
start([
  inModules('tsx', 'dist', 'cli.mjs'),
  'watch',
  '--clear-screen=false',
  'server/cli/main.ts',
  'serve',
  ...process.argv.slice(2),
]);
const viewerConfig = 'viewer/vite.config.ts';
if (existsSync(join(root, viewerConfig))) {
  const { ISOCENTER_HOST: host = '127.0.0.1', ISOCENTER_PORT: port = '8080' } = process.env;
  start([inModules('vite', 'bin', 'vite.js'), '--config', viewerConfig], {
    ISOCENTER_DEV_TARGET: `http://${host}:${port}`,
  });
}

function start(args, extraEnvironment = {}) {
  const env = { ...process.env, ...extraEnvironment };
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env });
  children.push(child);
  child.on('exit', (code) => {
    process.exitCode ||= code ?? 0;
    if (!isStopping) stop('SIGTERM');
  });
}

function stop(signal) {
  isStopping = true;
  for (const child of children) child.kill(signal);
}

// Ctrl-C reaches the children without us, and a second signal would make tsx kill the server at once.
process.on('SIGINT', () => {
  if (process.stdin.isTTY) isStopping = true;
  else stop('SIGINT');
});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
