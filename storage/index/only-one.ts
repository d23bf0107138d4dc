import type { Pool } from './pool.ts';

/** Archives that share a database, each in a schema of its own, do not wait for each other. */
const KEYS = '$1::integer, hashtext(current_schema())';

/** Runs `work` unless another process of this archive runs work of the same `number` at the moment; says whether it ran. */
export async function onlyOne(pool: Pool, number: number, work: () => Promise<void>): Promise<boolean> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const { rows } = await client.query<{ mine: boolean }>(`SELECT pg_try_advisory_lock(${KEYS}) AS mine`, [
      number,
    ]);
    if (!rows[0]?.mine) return false;
    try {
      await work();
    } finally {
      await client.query(`SELECT pg_advisory_unlock(${KEYS})`, [number]).catch((error: Error) => {
        // The lock ends with the session, so the session must end.
        broken = error;
      });
    }
    return true;
  } finally {
    client.release(broken);
  }
}
