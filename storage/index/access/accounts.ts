import type { Pool, PoolClient } from '../pool.ts';
import { inTransaction } from '../pool.ts';

export interface Account {
  accountPk: string;
  username: string;
  roles: string[];
  disabled: boolean;
  createdAt: Date;
}

export interface AccountWithHash extends Account {
  passwordHash: string;
}

interface AccountSqlRow {
  account_pk: string;
  username: string;
  roles: string[];
  disabled: boolean;
  created_at: Date;
  password_hash: string;
}

const COLUMNS =
  'account.account_pk, account.username, account.roles, account.disabled, account.created_at, account.password_hash';

function toAccount(row: AccountSqlRow): Account {
  return {
    accountPk: row.account_pk,
    username: row.username,
    roles: row.roles,
    disabled: row.disabled,
    createdAt: row.created_at,
  };
}

/** Usernames are compared without regard to case. */
export async function findAccount(pool: Pool, username: string): Promise<AccountWithHash | undefined> {
  const { rows } = await pool.query<AccountSqlRow>(
    `SELECT ${COLUMNS} FROM account WHERE lower(username) = lower($1)`,
    [username],
  );
  const [row] = rows;
  return row && { ...toAccount(row), passwordHash: row.password_hash };
}

export async function listAccounts(pool: Pool): Promise<Account[]> {
  const { rows } = await pool.query<AccountSqlRow>(`SELECT ${COLUMNS} FROM account ORDER BY lower(username)`);
  return rows.map(toAccount);
}

/** False where the name is taken. */
export async function insertAccount(
  pool: Pool,
  account: { username: string; passwordHash: string; roles: readonly string[] },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    'INSERT INTO account (username, password_hash, roles) VALUES ($1, $2, $3) ON CONFLICT (lower(username)) DO NOTHING',
    [account.username, account.passwordHash, account.roles],
  );
  return rowCount === 1;
}

const FIRST_ACCOUNT_LOCK = 7_150_311;

/** Makes the account if there is none at all; false where there is. Processes that start together make one between them. */
export async function insertFirstAccount(
  pool: Pool,
  account: { username: string; passwordHash: string; roles: readonly string[] },
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [FIRST_ACCOUNT_LOCK]);
    const { rowCount } = await client.query(
      'INSERT INTO account (username, password_hash, roles) SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM account)',
      [account.username, account.passwordHash, account.roles],
    );
    return rowCount === 1;
  });
}

/** What became of a change: there may be no such account, or it was the last one in use with a role that someone must have. */
export type AccountOutcome = 'changed' | 'unknown' | 'last-of-role';

export interface AccountChange {
  passwordHash?: string | undefined;
  roles?: readonly string[] | undefined;
  disabled?: boolean | undefined;
}

/** Changes what is given, all or nothing; that ends all sessions of the account. Someone keeps `neededRole`, and may sign in. */
export function updateAccount(
  pool: Pool,
  username: string,
  change: AccountChange,
  neededRole: string,
): Promise<AccountOutcome> {
  return changeAccount(pool, username, neededRole, async (client, accountPk) => {
    if (Object.values(change).every((value) => value === undefined)) return;
    await client.query(
      `UPDATE account SET password_hash = COALESCE($2, password_hash), roles = COALESCE($3, roles), disabled = COALESCE($4, disabled)
        WHERE account_pk = $1`,
      [accountPk, change.passwordHash ?? null, change.roles ?? null, change.disabled ?? null],
    );
    await client.query('DELETE FROM session WHERE account_pk = $1', [accountPk]);
  });
}

/** Removes the account with its sessions and API keys. Someone keeps `neededRole`, and may sign in. */
export function deleteAccount(pool: Pool, username: string, neededRole: string): Promise<AccountOutcome> {
  return changeAccount(pool, username, neededRole, async (client, accountPk) => {
    await client.query('DELETE FROM account WHERE account_pk = $1', [accountPk]);
  });
}

const CHANGE_LOCK = 7_150_321;

class LastOfRole extends Error {}

/** Two who take the role from each other do so one after the other. */
async function changeAccount(
  pool: Pool,
  username: string,
  neededRole: string,
  change: (client: PoolClient, accountPk: string) => Promise<void>,
): Promise<AccountOutcome> {
  const isHeld = '$1 = ANY (roles) AND NOT disabled';
  try {
    return await inTransaction(pool, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [CHANGE_LOCK]);
      const { rows } = await client.query<{ account_pk: string; holds: boolean }>(
        `SELECT account_pk, ${isHeld} AS holds FROM account WHERE lower(username) = lower($2) FOR UPDATE`,
        [neededRole, username],
      );
      const [row] = rows;
      if (!row) return 'unknown';
      await change(client, row.account_pk);
      if (!row.holds) return 'changed';
      const left = await client.query(`SELECT 1 FROM account WHERE ${isHeld} LIMIT 1`, [neededRole]);
      if (left.rows.length === 0) throw new LastOfRole();
      return 'changed';
    });
  } catch (error) {
    if (error instanceof LastOfRole) return 'last-of-role';
    throw error;
  }
}

/**
 * Notes a try to sign in as a failure of each subject (a username, an address) until it is taken back, and forgets those from before
 * `since`. Answers how many failures each subject has now, this one included.
 */
export async function noteSignInTry(
  pool: Pool,
  signInTry: { tryId: string; subjects: readonly string[]; since: Date },
): Promise<number[]> {
  const { tryId, subjects, since } = signInTry;
  await pool.query('INSERT INTO sign_in_failure (try_id, subject) SELECT $1, unnest($2::text[])', [
    tryId,
    subjects,
  ]);
  await pool.query('DELETE FROM sign_in_failure WHERE failed_at < $1', [since]);
  const { rows } = await pool.query<{ subject: string; count: number }>(
    `SELECT subject, count(*)::integer AS count FROM sign_in_failure
      WHERE subject = ANY($1::text[]) AND failed_at > $2 GROUP BY subject`,
    [subjects, since],
  );
  return subjects.map((subject) => rows.find((row) => row.subject === subject)?.count ?? 0);
}

/** Takes back a try: it was none, or it succeeded. Forgets all failures of `subject` too, where one is given. */
export async function takeBackSignInTry(pool: Pool, tryId: string, subject?: string): Promise<void> {
  await pool.query('DELETE FROM sign_in_failure WHERE try_id = $1 OR subject = $2', [tryId, subject ?? null]);
}
