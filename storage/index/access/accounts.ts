import type { Pool } from '../pool.ts';
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

/** Changes what is given; a new password, new roles or a lock end all sessions of the account. False where there is none. */
export async function updateAccount(
  pool: Pool,
  username: string,
  change: { passwordHash?: string; roles?: readonly string[]; disabled?: boolean },
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ account_pk: string }>(
      `UPDATE account SET password_hash = COALESCE($2, password_hash), roles = COALESCE($3, roles), disabled = COALESCE($4, disabled)
        WHERE lower(username) = lower($1) RETURNING account_pk`,
      [username, change.passwordHash ?? null, change.roles ?? null, change.disabled ?? null],
    );
    const [row] = rows;
    if (!row) return false;
    await client.query('DELETE FROM session WHERE account_pk = $1', [row.account_pk]);
    return true;
  });
}

/** Removes the account with its sessions and API keys. False where there is none. */
export async function deleteAccount(pool: Pool, username: string): Promise<boolean> {
  const { rowCount } = await pool.query('DELETE FROM account WHERE lower(username) = lower($1)', [username]);
  return rowCount === 1;
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
