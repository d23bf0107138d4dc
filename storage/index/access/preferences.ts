import { inTransaction, type Pool, type PoolClient } from '../pool.ts';

/** Of one account; null for what is shared by all who use an archive without accounts. */
export type AccountPk = string | null;

/** Values are JSON, parsed. */
export async function listPreferences(
  pool: Pool,
  accountPk: AccountPk,
): Promise<{ name: string; value: unknown }[]> {
  const { rows } = await pool.query<{ name: string; value: unknown }>(
    'SELECT name, value FROM user_preference WHERE account_pk IS NOT DISTINCT FROM $1 ORDER BY name',
    [accountPk],
  );
  return rows;
}

const PREFERENCES_LOCK = 7_150_312;

/** Those who set at once wait for each other, so that `most` holds. */
async function lockPreferences(client: PoolClient, accountPk: AccountPk): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1, hashint8($2::bigint))', [
    PREFERENCES_LOCK,
    accountPk ?? '0',
  ]);
}

/** Sets a preference. False where the account has `most` others already. */
export async function upsertPreference(
  pool: Pool,
  accountPk: AccountPk,
  preference: { name: string; value: unknown },
  most: number,
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    await lockPreferences(client, accountPk);
    const { rowCount } = await client.query(
      `INSERT INTO user_preference (account_pk, name, value)
        SELECT $1::bigint, $2, $3::json WHERE $4 > (
          SELECT count(*) FROM user_preference WHERE account_pk IS NOT DISTINCT FROM $1::bigint AND name <> $2)
        ON CONFLICT (account_pk, name) DO UPDATE SET value = EXCLUDED.value, changed_at = now()`,
      [accountPk, preference.name, JSON.stringify(preference.value), most],
    );
    return rowCount === 1;
  });
}

/** Removes a preference, where there is one. */
export async function deletePreference(pool: Pool, accountPk: AccountPk, name: string): Promise<void> {
  await pool.query('DELETE FROM user_preference WHERE account_pk IS NOT DISTINCT FROM $1 AND name = $2', [
    accountPk,
    name,
  ]);
}
