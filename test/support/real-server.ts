import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { BUILT_MAIN } from './built-server.ts';
import { freePort } from './minio.ts';
import { descendantsOf, postgresOf } from './process-tree.ts';

const START_TIMEOUT_MS = 60_000;

export interface RealServerOptions {
  dataDir: string;
  workers: number;
  /** More settings, such as ISOCENTER_LOG_LEVEL. */
  settings?: Record<string, string>;
}

/** The built server as processes of its own, as `npm start` runs it; nobody signs in. */
export interface RealServer {
  /** Such as `http://127.0.0.1:40123`. */
  url: string;
  /** The processes that answer, and the one that watches over them; without PostgreSQL's. Linux only. */
  pids(): Promise<number[]>;
  /** PostgreSQL's processes, the postmaster first; empty while it is down. Linux only. */
  postgresPids(): Promise<number[]>;
  /** kill -9 of all its processes but PostgreSQL's. */
  kill(): Promise<void>;
  /** Ctrl-C. */
  stop(): Promise<void>;
  /** SIGTERM to every process, and again to the first: a process manager tells all, and who started it tells it too. */
  terminate(): Promise<void>;
  /** What it has printed and logged. */
  output(): string;
}

/** Starts `node dist/server/cli/main.js serve`, and waits until it says where it listens. Build it before. */
export async function startRealServer(options: RealServerOptions): Promise<RealServer> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('ISOCENTER_'));
  const child = spawn(process.execPath, [BUILT_MAIN, 'serve'], {
    // A process group of its own: killed as one.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(inherited),
      ISOCENTER_AUTH: 'off',
      // Not 0: with the last process that answers, its number would be forgotten.
      ISOCENTER_PORT: String(await freePort()),
      ISOCENTER_DATA_DIR: options.dataDir,
      ISOCENTER_WORKERS: String(options.workers),
      ISOCENTER_LOG_LEVEL: 'info',
      ...options.settings,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output = (output + String(chunk)).slice(-100_000);
    });
  }
  const { pid } = child;
  if (pid === undefined) throw new Error('the server could not be spawned');
  const url = await addressOf(child, () => output);
  return {
    url,
    pids: () => descendantsOf(pid, (name) => !name.startsWith('postgres')),
    postgresPids: () => postgresOf(options.dataDir),
    kill: () => endGroup(child, pid, 'SIGKILL'),
    stop: () => endGroup(child, pid, 'SIGINT'),
    terminate: async () => {
      const ended = endGroup(child, pid, 'SIGTERM');
      await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill('SIGTERM');
      await ended;
    },
    output: () => output,
  };
}

async function addressOf(child: ChildProcess, output: () => string): Promise<string> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const url = /running at (https?:\/\/\S+)/.exec(output())?.[1];
    if (url) return url;
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      throw new Error(`the server did not start:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function endGroup(child: ChildProcess, pid: number, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  process.kill(-pid, signal);
  await ended;
}
