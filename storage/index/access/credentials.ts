import type { Pool } from '../pool.ts';
import type { Account } from './accounts.ts';

/** Whose session or key it is, as far as every request needs it. */
export type Holder = Pick<Account, 'accountPk' | 'username' | 'roles'>;

interface HolderSqlRow {
  account_pk: string;
  username: string;
  roles: string[];
}

function toHolder(row: HolderSqlRow | undefined): Holder | undefined {
  return row && { accountPk: row.account_pk, username: row.username, roles: row.roles };
}

/** `tokenDigest` is the SHA-256 of the token; the token itself is not kept. */
export async function insertSession(
  pool: Pool,
  session: { tokenDigest: Uint8Array; accountPk: string; expiresAt: Date },
): Promise<void> {
  await pool.query('DELETE FROM session WHERE expires_at < now()');
  await pool.query('INSERT INTO session (token_digest, account_pk, expires_at) VALUES ($1, $2, $3)', [
    Buffer.from(session.tokenDigest),
    session.accountPk,
    session.expiresAt,
  ]);
}

/** The holder of a session that has not expired, was used after `usedAfter`, and whose account is not locked. Notes the use. */
export async function sessionHolder(
  pool: Pool,
  tokenDigest: Uint8Array,
  usedAfter: Date,
): Promise<Holder | undefined> {
  const { rows } = await pool.query<HolderSqlRow & { stale: boolean }>({
    name: 'use-session',
    text: `SELECT account_pk, username, roles, last_used_at < now() - interval '1 minute' AS stale FROM session JOIN account USING (account_pk)
      WHERE token_digest = $1 AND expires_at > now() AND last_used_at > $2 AND NOT disabled`,
    values: [Buffer.from(tokenDigest), usedAfter],
  });
  if (rows[0]?.stale)
    await pool.query('UPDATE session SET last_used_at = now() WHERE token_digest = $1', [
      Buffer.from(tokenDigest),
    ]);
  return toHolder(rows[0]);
}

export async function deleteSession(pool: Pool, tokenDigest: Uint8Array): Promise<void> {
  await pool.query('DELETE FROM session WHERE token_digest = $1', [Buffer.from(tokenDigest)]);
}

export interface ApiKey {
  apiKeyPk: string;
  label: string;
  username: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

interface ApiKeySqlRow {
  api_key_pk: string;
  label: string;
  username: string;
  created_at: Date;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

/** Answers the key's number. */
export async function insertApiKey(
  pool: Pool,
  key: { keyDigest: Uint8Array; label: string; accountPk: string },
): Promise<string> {
  const { rows } = await pool.query<{ api_key_pk: string }>(
    'INSERT INTO api_key (key_digest, label, account_pk) VALUES ($1, $2, $3) RETURNING api_key_pk',
    [Buffer.from(key.keyDigest), key.label, key.accountPk],
  );
  return rows[0]?.api_key_pk ?? '';
}

/** The holder of a key that is not revoked and whose account is not locked. Notes the use, at most once a minute. */
export async function apiKeyHolder(pool: Pool, keyDigest: Uint8Array): Promise<Holder | undefined> {
  const { rows } = await pool.query<HolderSqlRow & { stale: boolean }>({
    name: 'use-api-key',
    text: `SELECT account_pk, username, roles, COALESCE(last_used_at < now() - interval '1 minute', true) AS stale
      FROM api_key JOIN account USING (account_pk) WHERE key_digest = $1 AND revoked_at IS NULL AND NOT disabled`,
    values: [Buffer.from(keyDigest)],
  });
  if (rows[0]?.stale)
    await pool.query('UPDATE api_key SET last_used_at = now() WHERE key_digest = $1', [
      Buffer.from(keyDigest),
    ]);
  return toHolder(rows[0]);
}

/** All keys, newest first; those of one account where `username` is given. */
export async function listApiKeys(pool: Pool, username?: string): Promise<ApiKey[]> {
  const { rows } = await pool.query<ApiKeySqlRow>(
    `SELECT api_key_pk, label, username, api_key.created_at, last_used_at, revoked_at FROM api_key JOIN account USING (account_pk)
      WHERE $1::text IS NULL OR lower(username) = lower($1) ORDER BY api_key_pk DESC`,
    [username ?? null],
  );
  return rows.map((row) => ({
    apiKeyPk: row.api_key_pk,
    label: row.label,
    username: row.username,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  }));
}

/** From now on the key opens nothing. False where there is no such key that still does; of another account, where one is named. */
export async function revokeApiKey(pool: Pool, apiKeyPk: string, username?: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE api_key SET revoked_at = now() FROM account WHERE api_key.account_pk = account.account_pk AND api_key_pk = $1::bigint
      AND revoked_at IS NULL AND ($2::text IS NULL OR lower(username) = lower($2))`,
    [apiKeyPk, username ?? null],
  );
  return rowCount === 1;
}
