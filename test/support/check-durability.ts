import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { retrieveInstance, searchInstances, storeInstances } from './dicomweb-requests.ts';
import { makeInstance, testUid } from './make-instance.ts';
import { type RealServer, startRealServer } from './real-server.ts';

// npm run check:durability [-- ROUNDS]: kill -9 of the server and of PostgreSQL while instances are being stored, again and again.
// What was answered as stored must be there afterwards, byte for byte, and nothing may be visible that can't be fetched.

/** What dies in the middle of a round. */
export type Victim = 'server' | 'postgres';

export interface DurabilityOptions {
  rounds: readonly Victim[];
  workers: number;
  /** Requests in flight. */
  uploaders: number;
  say: (line: string) => void;
}

export interface DurabilityResult {
  /** Instances that the server said were stored. */
  acknowledged: number;
  visible: number;
  violations: string[];
}

/** Digests of instances, by SOP Instance UID. */
interface Ledger {
  sent: Map<string, string>;
  acknowledged: Set<string>;
}

/** Runs the rounds on one fresh data folder, which is removed at the end. */
export async function checkDurability(options: DurabilityOptions): Promise<DurabilityResult> {
  const dataDir = await mkdtemp(join(tmpdir(), 'isocenter-durability-'));
  const ledger: Ledger = { sent: new Map(), acknowledged: new Set() };
  const violations: string[] = [];
  let visible = 0;
  let server = await startRealServer({ dataDir, workers: options.workers });
  try {
    for (const [i, victim] of options.rounds.entries()) {
      const before = ledger.acknowledged.size;
      const downMs = await runRound(server, victim, options.uploaders, ledger);
      if (victim === 'server') server = await startRealServer({ dataDir, workers: options.workers });
      const found = await verify(server.url, ledger);
      visible = found.visible;
      violations.push(
        ...found.violations.map((violation) => `round ${i + 1} (${victim} killed): ${violation}`),
      );
      const gained = ledger.acknowledged.size - before;
      options.say(
        `round ${i + 1}: ${victim} killed; ${gained} instances acknowledged, ${visible} visible in all, ` +
          `${found.violations.length} violations${downMs === undefined ? '' : `; stored again after ${downMs} ms`}`,
      );
    }
    await server.stop();
  } catch (error) {
    options.say(`the server's last words:\n${server.output().slice(-4000)}`);
    throw error;
  } finally {
    await server.kill();
    await killAll(await server.postgresPids());
    await rm(dataDir, { recursive: true, force: true });
  }
  return { acknowledged: ledger.acknowledged.size, visible, violations };
}

/** Uploads, kills the victim at a random moment, and, where only PostgreSQL died, goes on until instances are stored again. */
async function runRound(
  server: RealServer,
  victim: Victim,
  uploaders: number,
  ledger: Ledger,
): Promise<number | undefined> {
  const upload = { isOver: false };
  const uploading = Array.from({ length: uploaders }, () => uploadUntilOver(server.url, ledger, upload));
  const before = ledger.acknowledged.size;
  await until(() => ledger.acknowledged.size > before, 'the first instance of the round to be stored');
  await sleep(Math.random() * 2000);
  let downMs: number | undefined;
  if (victim === 'server') {
    await server.kill();
  } else {
    const [postmaster] = await server.postgresPids();
    if (postmaster === undefined) throw new Error('no postmaster to kill');
    process.kill(postmaster, 'SIGKILL');
    const killedAt = Date.now();
    // What was under way may still be answered; only what was begun later shows that it works again.
    await sleep(100);
    const { size } = ledger.acknowledged;
    await until(() => ledger.acknowledged.size > size + uploaders * 8, 'instances to be stored again');
    downMs = Date.now() - killedAt;
  }
  upload.isOver = true;
  await Promise.all(uploading);
  return downMs;
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`waited a minute for ${what}`);
    await sleep(10);
  }
}

async function uploadUntilOver(url: string, ledger: Ledger, upload: { isOver: boolean }): Promise<void> {
  while (!upload.isOver) {
    const instances = makeRequest(ledger);
    try {
      for (const uid of await storeInstances(url, instances)) ledger.acknowledged.add(uid);
    } catch {
      // Nobody was told that these are stored.
      await sleep(20);
    }
  }
}

/** One to eight instances of one series, of 1 KB to 1 MB. */
function makeRequest(ledger: Ledger): Uint8Array[] {
  const attributes = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid() };
  return Array.from({ length: 1 + Math.floor(Math.random() * 8) }, () => {
    const SOPInstanceUID = testUid();
    const side = 2 ** (5 + Math.floor(Math.random() * 6));
    const bytes = makeInstance({
      attributes: { ...attributes, SOPInstanceUID },
      image: { rows: side, columns: side, pixelBytes: Buffer.alloc(side * side, Math.random() * 256) },
    });
    ledger.sent.set(SOPInstanceUID, digest(bytes));
    return bytes;
  });
}

async function verify(url: string, ledger: Ledger): Promise<{ visible: number; violations: string[] }> {
  const violations: string[] = [];
  const visible = await searchInstances(url);
  const uids = new Set(visible.map(({ instance }) => instance));
  for (const uid of ledger.acknowledged) {
    if (!uids.has(uid)) violations.push(`${uid} was answered as stored, and Search doesn't show it`);
  }
  if (uids.size !== visible.length) violations.push('Search shows an instance twice');
  const queue = [...visible];
  const fetchAll = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const problem = await problemWith(url, next, ledger.sent.get(next.instance));
      if (problem) violations.push(`${next.instance}: ${problem}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, fetchAll));
  return { visible: visible.length, violations };
}

async function problemWith(
  url: string,
  reference: Parameters<typeof retrieveInstance>[1],
  expected: string | undefined,
): Promise<string | undefined> {
  try {
    const bytes = await retrieveInstance(url, reference);
    return digest(bytes) === expected ? undefined : 'its bytes are not those that were sent';
  } catch (error) {
    return `visible, and can't be fetched: ${error instanceof Error ? error.message : error}`;
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone by itself, as PostgreSQL's children do.
    }
  }
  if (pids.length > 0) await sleep(200);
}

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 10);
  if (!Number.isInteger(count) || count < 1) throw new Error('usage: check:durability [ROUNDS]');
  const rounds = Array.from({ length: count }, (_, i): Victim => (i % 2 ? 'postgres' : 'server'));
  const result = await checkDurability({ rounds, workers: 2, uploaders: 4, say: console.log });
  for (const violation of result.violations) console.log(`VIOLATION ${violation}`);
  console.log(
    `${count} rounds: ${result.acknowledged} instances acknowledged, ${result.visible} visible, ${result.violations.length} violations`,
  );
  process.exitCode = result.violations.length > 0 ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) await main();
