// Runs the command line of a checkout: builds what is stale, then `isocenter COMMAND...` in this terminal.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);

build(args[0] === 'serve' ? ['server', 'viewer'] : ['server'], { quiet: true });

const child = spawn(process.execPath, [join(root, 'dist', 'server', 'cli', 'main.js'), ...args], {
  stdio: 'inherit',
});

// Ctrl-C reaches the whole process group, so the child has it already; we only wait for its clean end.
// A signal sent to us alone (kill, a process manager) is passed on.
process.on('SIGINT', () => {
  if (!process.stdin.isTTY) child.kill('SIGINT');
});
for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal));

// npm passes a signal on to the shell between it and us, and the shell ends without telling us.
const { ppid } = process;
if (process.env.npm_lifecycle_event) {
  setInterval(() => {
    if (process.ppid !== ppid) child.kill('SIGTERM');
  }, 500).unref();
}

child.on('error', (error) => {
  console.error(`isocenter: ${error.message}`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  if (signal === null) {
    process.exitCode = code ?? 1;
    return;
  }
  // As a shell would see it: ended by that signal.
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
