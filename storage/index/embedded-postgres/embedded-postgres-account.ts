import { execFile, type SpawnOptions } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-errors.ts';

const run = promisify(execFile);
const NOBODY = 65534;
/** What the children see of our environment: nothing, so that no secret of ours reaches them. */
const CHILD_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** The OS account that PostgreSQL runs under, and how to start a program under it. */
export interface PostgresAccount {
  uid: number;
  gid: number;
  /** What to hand to `spawn` to run `program` under the account. */
  command(program: string, args: readonly string[]): { file: string; args: string[]; options: SpawnOptions };
}

type Way = (account: { uid: number; gid: number }) => PostgresAccount['command'];

const asOurselves: Way = () => (program, args) => ({
  file: program,
  args: [...args],
  options: { cwd: '/', env: CHILD_ENVIRONMENT },
});

const asAccount: Way = (account) => (program, args) => ({
  file: program,
  args: [...args],
  options: { cwd: '/', env: CHILD_ENVIRONMENT, uid: account.uid, gid: account.gid },
});

/** Root's home is closed to every other account; a Linux capability opens the way through it, and nothing else does. */
function withCapability(capability: string): Way {
  return (account) => (program, args) => ({
    file: 'setpriv',
    args: [
      `--reuid=${account.uid}`,
      `--regid=${account.gid}`,
      '--clear-groups',
      `--inh-caps=+${capability}`,
      `--ambient-caps=+${capability}`,
      '--',
      program,
      ...args,
    ],
    options: { cwd: '/', env: CHILD_ENVIRONMENT },
  });
}

/**
 * Chooses the account for the folder `directory` (which exists): ourselves, or, as PostgreSQL refuses to run as root, the owner
 * the folder has already, or the OS user `postgres`, or nobody (65534).
 */
export async function chooseAccount(directory: string): Promise<{ uid: number; gid: number }> {
  const ownUid = process.getuid?.() ?? NOBODY;
  if (ownUid !== 0) return { uid: ownUid, gid: process.getgid?.() ?? NOBODY };
  const owner = await stat(directory);
  if (owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const passwords = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, uid, gid] = /^postgres:[^:]*:(\d+):(\d+):/m.exec(passwords) ?? [];
  return uid === undefined || gid === undefined
    ? { uid: NOBODY, gid: NOBODY }
    : { uid: Number(uid), gid: Number(gid) };
}

/**
 * Finds a way to run `program` under the account so that it can work in `directory` (which the account owns).
 * Throws `POSTGRES_FOLDER_CLOSED`, naming the folder in the way, where there is none.
 */
export async function openAccount(
  account: { uid: number; gid: number },
  directory: string,
  program: string,
): Promise<PostgresAccount> {
  const isRoot = process.getuid?.() === 0;
  const ways = isRoot
    ? [asAccount, withCapability('dac_read_search'), withCapability('dac_override')]
    : [asOurselves];
  let failure: unknown;
  for (const way of ways) {
    const command = way(account);
    // The shell is asked, not us: only the other account knows what it may enter.
    const probe = command('/bin/sh', [
      '-c',
      'cd "$1" && test -w . && exec "$2" --version',
      'sh',
      directory,
      program,
    ]);
    try {
      await run(probe.file, probe.args, probe.options as { cwd: string });
      return { ...account, command };
    } catch (error) {
      failure = error;
    }
  }
  const closed =
    (await closedParent(directory, account)) ?? (await closedParent(dirname(program), account)) ?? directory;
  throw new EmbeddedPostgresError(
    'POSTGRES_FOLDER_CLOSED',
    `PostgreSQL would run under the account with uid ${account.uid}, which may not enter ${closed}. ` +
      'Start Isocenter as a user other than root, or set ISOCENTER_DATA_DIR to a folder which that account may reach ' +
      '(such as /var/lib/isocenter), or set ISOCENTER_DATABASE_URL to a PostgreSQL of your own',
    { cause: failure },
  );
}

/** The topmost folder on the way to `directory` that the account may not enter. */
async function closedParent(
  directory: string,
  account: { uid: number; gid: number },
): Promise<string | undefined> {
  const above =
    dirname(directory) === directory ? undefined : await closedParent(dirname(directory), account);
  if (above !== undefined) return above;
  const { mode, uid, gid } = await stat(directory);
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  return (mode & bit) === 0 ? directory : undefined;
}
