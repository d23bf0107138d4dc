import { setTimeout as sleep } from 'node:timers/promises';
import { answerOf, BalancedLoad, digestOf, type SentInstance, type Target } from './balanced-load.ts';
import { retrieveInstance, searchInstances } from './dicomweb-requests.ts';
import { startTestObjectStore, type TestObjectStore } from './minio.ts';
import { startTestPostgres } from './postgres.ts';
import { type SeveralServers, startSeveralServers } from './several-servers.ts';

// npm run check:servers [-- ROUNDS [SERVERS]]: several servers over one PostgreSQL and one MinIO, under load of every kind; some are
// killed (kill -9) and started again. No request may fail but those that were on a killed server, and in the end all that was answered
// as stored must be there, byte for byte, on each server, with the right counts, and nothing else.

export interface ServersOptions {
  databaseUrl: string;
  objectStore: TestObjectStore;
  /** Processes that answer, of each server. */
  workers: readonly number[];
  /** How many servers are killed in each round; at least one must be left. */
  rounds: readonly number[];
  say: (line: string) => void;
}

export interface ServersResult {
  answered: number;
  excused: number;
  stored: number;
  deleted: number;
  violations: string[];
}

const CLIENTS_OF_A_KIND = 3;
/** Requests answered before the next step of a round. */
const SOME = 60;

export async function checkServers(options: ServersOptions): Promise<ServersResult> {
  const several = await startSeveralServers(options);
  const load = new BalancedLoad();
  for (const [i, server] of several.servers.entries()) load.add(`server ${i}`, server);
  try {
    for (const [i, count] of options.rounds.entries()) {
      const before = load.answered;
      const excused = load.excused;
      await runRound(several, load, count);
      load.violations.push(...(await verify(load)));
      options.say(
        `round ${i + 1}: ${count} of ${several.servers.length} servers killed; ${load.answered - before} requests answered, ` +
          `${load.excused - excused} lost with their server, ${load.withState('stored').length} instances there, ` +
          `${load.violations.length} violations so far`,
      );
      if (load.violations.length > 0) options.say(load.violations.join('\n'));
    }
  } catch (error) {
    for (const server of several.servers) options.say(server.output().slice(-4000));
    throw error;
  } finally {
    await several.stop();
  }
  return {
    answered: load.answered,
    excused: load.excused,
    stored: load.withState('stored').length,
    deleted: load.withState('deleted').length,
    violations: load.violations,
  };
}

/** Kills `count` servers while all are under load, lets the others go on, and has the killed ones join again. */
async function runRound(several: SeveralServers, load: BalancedLoad, count: number): Promise<void> {
  load.start(CLIENTS_OF_A_KIND);
  await answeredMore(load.targets, SOME / 4);
  await sleep(Math.random() * 300);
  const victims = shuffled(load.targets).slice(0, count);
  for (const victim of victims) victim.isOut = true;
  await Promise.all(victims.map(({ server }) => server.kill()));
  const left = load.targets.filter(({ isOut }) => !isOut);
  await answeredMore(left, SOME / left.length);
  for (const victim of victims) {
    victim.server = await several.start(load.targets.indexOf(victim));
    victim.isOut = false;
  }
  await answeredMore(load.targets, SOME / 4);
  await load.stop();
}

/** Waits until each of `targets` has answered `count` requests more. */
async function answeredMore(targets: readonly Target[], count: number): Promise<void> {
  const before = targets.map(({ answered }) => answered);
  while (targets.some(({ answered }, i) => answered < (before[i] ?? 0) + count)) await sleep(10);
}

async function verify(load: BalancedLoad): Promise<string[]> {
  const violations: string[] = [];
  const stored = load.withState('stored');
  const expected = new Set(stored.map(({ instance }) => instance));
  for (const { name, server } of load.targets) {
    const found = (await searchInstances(server.url)).map(({ instance }) => instance);
    const shown = new Set(found);
    if (shown.size !== found.length) violations.push(`${name} shows an instance twice`);
    for (const uid of expected) if (!shown.has(uid)) violations.push(`${name} doesn't show ${uid}`);
    for (const uid of shown) if (!expected.has(uid)) violations.push(`${name} shows ${uid}`);
    violations.push(...(await wrongCounts(server.url, stored)).map((text) => `${name}: ${text}`));
  }
  const queue = [...stored];
  const fetchAll = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const { server } = load.targets[queue.length % load.targets.length] as Target;
      const bytes = await retrieveInstance(server.url, next).catch(() => undefined);
      if (bytes === undefined) violations.push(`${next.instance} is shown and can't be fetched`);
      else if (digestOf(bytes) !== next.digest) violations.push(`${next.instance} has other bytes`);
    }
  };
  await Promise.all(Array.from({ length: 6 }, fetchAll));
  return violations;
}

type Json = Record<string, { Value?: unknown[] } | undefined>;

/** (0020,1206), (0020,1208) and (0008,0061) of every study, (0020,1209) of every series, as they are and as they ought to be. */
async function wrongCounts(url: string, stored: readonly SentInstance[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const [study, instances] of groupedBy(stored, 'study')) {
    const bySeries = groupedBy(instances, 'series');
    const [found] = await searched(`${url}/dicom-web/studies?StudyInstanceUID=${study}`);
    const counts = ['00201206', '00201208'].map((tag) => found?.[tag]?.Value?.[0]).join();
    if (counts !== `${bySeries.size},${instances.length}`)
      wrong.push(`study ${study} has ${counts} in place of ${bySeries.size},${instances.length}`);
    const modalities = [...new Set(instances.map(({ modality }) => modality))].sort().join();
    const said = [...(found?.['00080061']?.Value ?? [])].sort().join();
    if (said !== modalities) wrong.push(`study ${study} has ${said} in place of ${modalities}`);
    const series = await searched(`${url}/dicom-web/studies/${study}/series`);
    if (series.length !== bySeries.size) wrong.push(`study ${study} shows ${series.length} series`);
    for (const one of series) {
      const uid = String(one['0020000E']?.Value?.[0]);
      const count = one['00201209']?.Value?.[0];
      if (count !== bySeries.get(uid)?.length) wrong.push(`series ${uid} has ${count}`);
    }
  }
  return wrong;
}

async function searched(url: string): Promise<Json[]> {
  const { status, body } = await answerOf(url, {});
  return status === 200 ? (JSON.parse(body.toString()) as Json[]) : [];
}

function groupedBy(stored: readonly SentInstance[], key: 'study' | 'series'): Map<string, SentInstance[]> {
  const groups = new Map<string, SentInstance[]>();
  for (const each of stored) groups.set(each[key], [...(groups.get(each[key]) ?? []), each]);
  return groups;
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

async function main(): Promise<void> {
  const [count, servers] = [Number(process.argv[2] ?? 6), Number(process.argv[3] ?? 4)];
  if (!Number.isInteger(count) || count < 1 || !Number.isInteger(servers) || servers < 2)
    throw new Error('usage: check:servers [ROUNDS [SERVERS]]');
  const postgres = await startTestPostgres();
  const started = await startTestObjectStore();
  if ('missing' in started) throw new Error(`no S3 store: ${started.missing}`);
  try {
    const result = await checkServers({
      databaseUrl: postgres.url,
      objectStore: started.store,
      workers: Array.from({ length: servers }, (_, i) => 1 + (i % 2)),
      rounds: Array.from({ length: count }, (_, i) => 1 + (i % (servers - 1))),
      say: console.log,
    });
    for (const violation of result.violations) console.log(`VIOLATION ${violation}`);
    console.log(
      `${count} rounds: ${result.answered} requests answered, ${result.excused} lost with their server; ${result.stored} instances ` +
        `there, ${result.deleted} deleted; ${result.violations.length} violations`,
    );
    process.exitCode = result.violations.length > 0 ? 1 : 0;
  } finally {
    await started.stop();
    await postgres.stop();
  }
}

if (process.argv[1] === import.meta.filename) await main();
