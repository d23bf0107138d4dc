import { randomUUID } from 'node:crypto';
import { mkdir, statfs } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { countArchive } from '../archive/upkeep/count-archive.ts';
import { pairStoreWithIndex } from '../archive/upkeep/pair-store.ts';
import { openServices, type Services } from '../compose.ts';
import { readSettings, type Settings } from '../config/settings.ts';
import { createLogger } from '../telemetry/logger.ts';
import { complain, explain, say } from './command.ts';

const LEAST_FREE_BYTES = 10 * 1024 ** 3;

/** `isocenter doctor`: checks one thing after the other, and says of each that fails what to do. Exit code 1 when one did. */
export async function doctor(): Promise<void> {
  const settings = await check(
    'settings',
    'set the variables as said, and run doctor again',
    async () => readSettings(),
    describeSettings,
  );
  if (!settings) return;
  await check(
    'disk',
    `make room where ${settings.dataDirectory} lies, or set ISOCENTER_DATA_DIR to a folder with more`,
    () => checkDisk(settings),
    (text) => text,
  );
  const services = await check(
    'database',
    settings.databaseUrl
      ? 'see that PostgreSQL (16 or newer, with the extension pg_trgm) runs, and that ISOCENTER_DATABASE_URL names it'
      : `see that ${settings.dataDirectory} may be written, also by the user that PostgreSQL runs as`,
    () => openServices(settings, createLogger('silent'), { unpaired: true }),
    (opened) =>
      `answers; ${opened.settings.databaseUrl ? 'as ISOCENTER_DATABASE_URL names it' : 'embedded in the data folder'}`,
  );
  if (!services) return;
  try {
    await check(
      'index',
      'run the newest version of Isocenter against this database',
      () => countRows(services),
      (text) => text,
    );
    await check(
      'object store',
      settings.s3
        ? 'see that the S3 service runs, and that ISOCENTER_S3_* name it, its bucket and its keys'
        : `see that ${settings.dataDirectory} may be written`,
      () => writeAndRead(services),
      () => `${services.archive.blobs.describe()} can be written, read and deleted`,
    );
    await check(
      'database and object store',
      'name the database and the object store that were used together',
      () => pairStoreWithIndex(services.archive.blobs, services.pool),
      () => 'belong together',
    );
  } finally {
    await services.stop();
  }
}

async function check<T>(
  name: string,
  remedy: string,
  work: () => Promise<T>,
  describe: (result: T) => string,
): Promise<T | undefined> {
  try {
    const result = await work();
    say(`ok    ${name}: ${describe(result)}`);
    return result;
  } catch (error) {
    complain(`FAIL  ${name}:`);
    explain(error);
    complain(`      What to do: ${remedy}.`);
    process.exitCode = 1;
    return undefined;
  }
}

function describeSettings(settings: Settings): string {
  const where = `${settings.tls ? 'https' : 'http'}://${settings.host}:${settings.port}`;
  return `${where}, ${settings.workers} processes, sign-in ${settings.authentication}, data in ${settings.dataDirectory}`;
}

async function checkDisk({ dataDirectory }: Settings): Promise<string> {
  await mkdir(dataDirectory, { recursive: true });
  const { bavail, bsize } = await statfs(dataDirectory);
  const free = bavail * bsize;
  const text = `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  if (free < LEAST_FREE_BYTES)
    throw new Error(`only ${text} where ${dataDirectory} lies; at least 10 GiB are wise`);
  return text;
}

async function countRows({ archive }: Services): Promise<string> {
  const { studies, instances } = await countArchive(archive);
  return `${studies} studies, ${instances} instances`;
}

async function writeAndRead({ archive }: Services): Promise<void> {
  const key = `doctor/${randomUUID()}`;
  const written = Buffer.from(key);
  await archive.blobs.put(key, Readable.from([written]));
  const read: Uint8Array[] = [];
  for await (const chunk of await archive.blobs.get(key)) read.push(chunk);
  await archive.blobs.delete(key);
  if (!Buffer.concat(read).equals(written)) throw new Error('what was read is not what was written');
}
