import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../support/minio.ts';
import { descendantsOf, postgresOf } from '../../support/process-tree.ts';
import { untilAnswering } from '../../support/until-answering.ts';
import type { Archive } from './archive.ts';
import { endProcess, makeFolder, stoppedAtEnd } from './running.ts';

export interface Isocenter extends Archive {
  readonly name: 'Isocenter';
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  readonly dataFolder: string;
  /** From its start until /readyz answered, in milliseconds. */
  readonly readyAfterMs: number;
  /** Its processes; without PostgreSQL's. */
  pids(): Promise<number[]>;
  postgresPids(): Promise<number[]>;
}

export interface IsocenterOptions {
  /** Kept when the server stops; a folder of its own that goes with it when not given. */
  readonly dataFolder?: string;
  /** Such as ISOCENTER_DATABASE_URL. */
  readonly settings?: Readonly<Record<string, string>>;
}

const repository = join(import.meta.dirname, '..', '..', '..');

/** The built server with the settings it has by default, but that nobody signs in. */
export async function startIsocenter({ dataFolder, settings }: IsocenterOptions = {}): Promise<Isocenter> {
  const { folder, remove } = await makeFolder('isocenter-bench-');
  const data = dataFolder ?? join(folder, 'data');
  const port = await freePort();
  const log = openSync(join(folder, 'log'), 'w');
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('ISOCENTER_'));
  const child = spawn(process.execPath, [join(repository, 'dist', 'server', 'cli', 'main.js'), 'serve'], {
    stdio: ['ignore', log, log],
    env: {
      ...Object.fromEntries(inherited),
      ISOCENTER_AUTH: 'off',
      ISOCENTER_DATA_DIR: data,
      ISOCENTER_PORT: String(port),
      ...settings,
    },
  });
  const stop = stoppedAtEnd(async () => {
    await endProcess(child);
    await remove();
  });
  const origin = `http://127.0.0.1:${port}`;
  const readyAfterMs = await untilAnswering(`${origin}/readyz`, child, 5);
  return {
    name: 'Isocenter',
    origin,
    root: `${origin}/dicom-web`,
    dataFolder: data,
    readyAfterMs,
    pids: () => descendantsOf(child.pid ?? 0, (name) => !name.startsWith('postgres')),
    postgresPids: () => postgresOf(data),
    stop,
  };
}
