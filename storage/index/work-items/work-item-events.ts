import { connectApart, type Pool, type PoolClient } from '../pool.ts';

const CHANNEL = 'isocenter_work_item_event';
/** Any number that no other advisory lock of ours has. */
const EVENTS_LOCK = 7_410_001;

/**
 * Adds an event for each of `aeTitles` and each of `reports` (DICOM JSON texts, in this order), as the last thing of a transaction:
 * from here to its end it holds the one lock of all events, so that their numbers rise in the order in which they become visible,
 * and whoever has read up to one has missed none.
 */
export async function insertEvents(
  client: PoolClient,
  aeTitles: readonly string[],
  reports: readonly string[],
): Promise<void> {
  if (aeTitles.length === 0 || reports.length === 0) return;
  await client.query(`SELECT pg_advisory_xact_lock($1, hashtext(current_schema()))`, [EVENTS_LOCK]);
  await client.query(
    `WITH made AS (
       INSERT INTO work_item_report (report)
       SELECT report::json FROM unnest($2::text[]) WITH ORDINALITY AS r(report, n) ORDER BY n RETURNING report_pk)
     INSERT INTO work_item_event (ae_title, report_pk)
     SELECT ae_title, report_pk FROM made CROSS JOIN unnest($1::text[]) AS a(ae_title) ORDER BY report_pk, ae_title`,
    [aeTitles, reports],
  );
  await client.query(
    `SELECT pg_notify($1, current_schema() || ' ' || ae_title) FROM unnest($2::text[]) AS n(ae_title)`,
    [CHANNEL, aeTitles],
  );
}

/** The number of the last event that was sent to `aeTitle`; `0` where there was none. */
export async function sentUpTo(pool: Pool, aeTitle: string): Promise<string> {
  const { rows } = await pool.query<{ event_pk: string }>(
    'SELECT event_pk FROM work_item_event_sent WHERE ae_title = $1',
    [aeTitle],
  );
  return rows[0]?.event_pk ?? '0';
}

export async function noteSentUpTo(pool: Pool, aeTitle: string, eventPk: string): Promise<void> {
  await pool.query(
    `INSERT INTO work_item_event_sent (ae_title, event_pk) VALUES ($1, $2)
     ON CONFLICT (ae_title) DO UPDATE SET event_pk = greatest(work_item_event_sent.event_pk, excluded.event_pk)`,
    [aeTitle, eventPk],
  );
}

export interface WaitingEvent {
  eventPk: string;
  report: Record<string, { vr: string; Value?: unknown[] }>;
}

/**
 * The events of `aeTitle` after number `after`, oldest first: as many as have less than `characters` before them, and no more than
 * `atMost`. `isAll` is false where there may be more.
 */
export async function eventsAfter(
  pool: Pool,
  aeTitle: string,
  after: string,
  { atMost, characters }: { atMost: number; characters: number },
): Promise<{ events: WaitingEvent[]; isAll: boolean }> {
  const { rows } = await pool.query<{ event_pk: string; report: WaitingEvent['report']; waiting: number }>(
    `WITH waiting AS (
       SELECT event_pk, report, length(report::text) AS length FROM work_item_event JOIN work_item_report USING (report_pk)
       WHERE ae_title = $1 AND event_pk > $2 ORDER BY event_pk LIMIT $3),
     measured AS (
       SELECT event_pk, report, (sum(length) OVER (ORDER BY event_pk)) - length AS before, (count(*) OVER ())::integer AS waiting
       FROM waiting)
     SELECT event_pk, report, waiting FROM measured WHERE before < $4 ORDER BY event_pk`,
    [aeTitle, after, atMost, characters],
  );
  const waiting = rows[0]?.waiting ?? 0;
  return {
    events: rows.map((row) => ({ eventPk: row.event_pk, report: row.report })),
    isAll: waiting === rows.length && waiting < atMost,
  };
}

/** Removes events from before `before`, and of each subscriber all but the newest `mostEach`. */
export async function removeOldEvents(pool: Pool, before: Date, mostEach: number): Promise<void> {
  await pool.query('DELETE FROM work_item_report WHERE created_at < $1', [before]);
  await pool.query(
    `DELETE FROM work_item_event USING (
       SELECT ae_title, (array_agg(event_pk ORDER BY event_pk DESC))[$1::integer] AS last FROM work_item_event
       GROUP BY ae_title HAVING count(*) >= $1::integer) AS full_up
     WHERE work_item_event.ae_title = full_up.ae_title AND work_item_event.event_pk < full_up.last`,
    [mostEach],
  );
  // Where nothing is left to be sent, it does not matter up to where it was.
  await pool.query(
    `DELETE FROM work_item_event_sent AS sent
     WHERE NOT EXISTS (SELECT 1 FROM work_item_event WHERE work_item_event.ae_title = sent.ae_title)`,
  );
}

/**
 * Listens for new events on a connection of its own: `onEvent` is called with the AE title, whichever process added the event.
 * `onLost` is called once when the connection is lost; then nothing more comes.
 */
export async function listenForEvents(
  pool: Pool,
  onEvent: (aeTitle: string) => void,
  onLost: (error: Error | undefined) => void,
): Promise<{ stop(): Promise<void> }> {
  const client = await connectApart(pool);
  let stopped = false;
  const lost = (error?: Error) => {
    if (stopped) return;
    stopped = true;
    client.end().catch(() => undefined);
    onLost(error);
  };
  client.on('error', lost);
  client.on('end', () => lost());
  const { rows } = await client.query<{ schema: string }>('SELECT current_schema() AS schema');
  const prefix = `${rows[0]?.schema} `;
  client.on('notification', ({ channel, payload }) => {
    if (channel === CHANNEL && payload?.startsWith(prefix)) onEvent(payload.slice(prefix.length));
  });
  await client.query(`LISTEN ${CHANNEL}`);
  return {
    stop: async () => {
      if (stopped) return;
      stopped = true;
      await client.end();
    },
  };
}
