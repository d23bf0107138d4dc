import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { request, search, storeAll } from '../../conformance/requests.ts';
import { makeInstance, testUid } from '../../support/make-instance.ts';
import { type StreamedPostgres, startStreamedPostgres } from '../../support/standby.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';

let databases: StreamedPostgres;
let server: TestServer;

beforeAll(async () => {
  databases = await startStreamedPostgres();
  server = await startServer({
    settings: {
      ISOCENTER_DATABASE_URL: databases.primaryUrl,
      ISOCENTER_DATABASE_REPLICA_URL: databases.standbys[0].url,
    },
  });
}, 120_000);

afterAll(async () => {
  await server?.stop();
  await databases?.stop();
});

async function onStandby<Row>(text: string): Promise<Row[]> {
  const client = new Client({ connectionString: databases.standbys[0].url });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** Each kind of search finds what was stored a moment ago, and does not find what was deleted a moment ago. */
async function storeFindDelete(): Promise<void> {
  const [study, series, instance] = [testUid(), testUid(), testUid()];
  const names = { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: instance };
  const searches = [
    `/studies?StudyInstanceUID=${study}`,
    `/studies?PatientID=${study}&includefield=all`,
    `/studies/${study}/series`,
    `/studies/${study}/series/${series}/instances?includefield=all`,
    `/instances?SOPInstanceUID=${instance}`,
  ];
  await storeAll(server, [makeInstance({ attributes: { ...names, PatientID: study } })]);
  for (const path of searches) expect(await search(server, path), path).toHaveLength(1);
  const { status } = await request(server.url, `/dicom-web/studies/${study}`, { method: 'DELETE' });
  expect(status).toBe(204);
  for (const path of searches) expect(await search(server, path), path).toEqual([]);
}

describe('a server with a replica for searches', () => {
  it('finds what was stored, and nothing that was deleted, on the replica', async () => {
    const isUsed = async () => {
      await storeFindDelete();
      const found = await onStandby<{ searches: number }>(
        `SELECT count(*)::integer AS searches FROM pg_stat_activity WHERE application_name = 'isocenter' AND query LIKE '%study_instance_uid%'`,
      );
      return found[0]?.searches ?? 0;
    };
    await expect.poll(isUsed, { timeout: 30_000 }).toBeGreaterThan(0);
    for (let i = 0; i < 10; i += 1) await storeFindDelete();
  });

  it('does so as well while the replica stands still, and when it is gone', async () => {
    await onStandby('SELECT pg_wal_replay_pause()');
    for (let i = 0; i < 3; i += 1) await storeFindDelete();
    await databases.standbys[0].kill();
    for (let i = 0; i < 3; i += 1) await storeFindDelete();
    await databases.standbys[0].start();
    for (let i = 0; i < 3; i += 1) await storeFindDelete();
  });
});
