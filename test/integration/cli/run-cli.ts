import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { inject } from 'vitest';
import { BUILT_MAIN, buildServer } from '../../support/built-server.ts';

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command of the built server as a person would, in a process of its own, with only the settings that are given. */
export function runCli(
  args: readonly string[],
  environment: Record<string, string>,
  input = '',
): Promise<CliResult> {
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BUILT_MAIN, ...args], {
      env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...environment },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}

export interface CliHome {
  environment: Record<string, string>;
  /** For files of the test. */
  folder: string;
  remove(): Promise<void>;
}

/** A database and a data folder of one's own; builds what `runCli` runs. */
export async function makeCliHome(): Promise<CliHome> {
  await buildServer();
  const databaseUrl = inject('databaseUrl');
  const name = `cli_${process.pid}_${randomBytes(4).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-cli-'));
  await query(databaseUrl, `CREATE DATABASE ${name}`);
  return {
    environment: {
      ISOCENTER_DATABASE_URL: withDatabase(databaseUrl, name),
      ISOCENTER_DATA_DIR: join(folder, 'data'),
    },
    folder,
    remove: async () => {
      await query(databaseUrl, `DROP DATABASE ${name} WITH (FORCE)`);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function query(databaseUrl: string, text: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** postgresql://host/name and postgresql://user@/name?host=… alike. */
function withDatabase(databaseUrl: string, name: string): string {
  return databaseUrl.replace(/^(\w+:\/\/[^/]*\/)[^?]*/, `$1${name}`);
}
