import { createHash } from 'node:crypto';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerOf, blockOf, FRAME_MIB, largeInstance, storeLargeInstance } from './large-instance.ts';
import { MemoryWatch } from './memory-watch.ts';
import { startTestObjectStore } from './minio.ts';
import { type RealServer, startRealServer } from './real-server.ts';

// npm run check:memory [-- MIB [files|s3]]: stores a large instance (4 GB by default) and fetches it, streamed on our side too, and then has
// 200 slow clients download a study at once, while it watches the resident memory of the server's processes. Linux only.

const MIB = 1024 * 1024;
/** How much the resident memory of all server processes may grow. */
const LIMIT_MIB = 150;
const SLOW_CLIENTS = 200;
/** Fetches `path` and compares the one part of the answer with `expected`, byte for byte. */
async function compare(
  url: string,
  path: string,
  accept: string,
  expected: Iterable<Uint8Array>,
): Promise<void> {
  const response = await answerOf(http.get(`${url}/dicom-web/${path}`, { headers: { Accept: accept } }));
  if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode}`);
  const wanted = createHash('sha256');
  let wantedBytes = 0;
  for (const block of expected) {
    wanted.update(block);
    wantedBytes += block.length;
    // Not ours to block the event loop: it samples the memory too.
    await new Promise(setImmediate);
  }
  const found = createHash('sha256');
  let head: Buffer | undefined = Buffer.alloc(0);
  let left = wantedBytes;
  let tail = '';
  for await (const chunk of response as AsyncIterable<Buffer>) {
    let part = chunk;
    if (head) {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) continue;
      part = head.subarray(end + 4);
      head = undefined;
    }
    found.update(part.subarray(0, left));
    tail += part.toString('latin1', left);
    left = Math.max(0, left - part.length);
  }
  if (left > 0 || !/^\r\n--.*--\s*$/.test(tail))
    throw new Error(`${path}: not one part of ${wantedBytes} bytes`);
  if (found.digest('hex') !== wanted.digest('hex')) throw new Error(`${path}: other bytes than those stored`);
}

function* frameOf(frame: number): Generator<Uint8Array> {
  for (let i = 0; i < FRAME_MIB; i += 1) yield blockOf((frame - 1) * FRAME_MIB + i);
}

async function timed<T>(
  say: MemoryOptions['say'],
  what: string,
  sizeMib: number,
  work: () => Promise<T>,
): Promise<T> {
  const begin = Date.now();
  const result = await work();
  const seconds = (Date.now() - begin) / 1000;
  say(`${what}: ${seconds.toFixed(1)} s, ${(sizeMib / seconds).toFixed(0)} MiB/s`);
  return result;
}

export interface MemoryResult {
  /** From idle, after a little use, to the peak: of the sum of all server processes, in MiB. */
  growthMib: number;
  /** Slow clients that were still being served when everybody else had been. */
  slowAtOnce: number;
}

export interface MemoryOptions {
  /** Up to 4,064. */
  sizeMib: number;
  slowClients: number;
  workers: number;
  /** Of the object store. */
  settings?: Record<string, string>;
  say: (line: string) => void;
}

/** On a fresh data folder, which is removed at the end. */
export async function checkMemory(options: MemoryOptions): Promise<MemoryResult> {
  const { workers, settings = {}, say } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'isocenter-memory-'));
  const server = await startRealServer({ dataDir, workers, settings });
  let watch: MemoryWatch | undefined;
  try {
    await warmUp(server, workers);
    watch = new MemoryWatch(server);
    await watch.sample();
    const idle = watch.sum;
    say(`idle: ${idle.toFixed(0)} MiB in ${watch.each.size} processes`);
    await storeAndFetch(server, options);
    say(`after one large instance: grown by ${(watch.sum - idle).toFixed(0)} MiB at the peak`);
    const slowAtOnce = await serveSlowly(server, options);
    await watch.sample();
    const each = [...watch.each.values()].map((mib) => mib.toFixed(0)).join(', ');
    say(`peak of each: ${each} MiB; PostgreSQL's without shared memory: ${watch.postgres.toFixed(0)} MiB`);
    return { growthMib: watch.sum - idle, slowAtOnce };
  } finally {
    watch?.stop();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const WARM_UP_MIB = 64;

/** What a process takes for its first requests, compiled code above all, is not what an instance or a client costs. */
async function warmUp({ url }: RealServer, workers: number): Promise<void> {
  for (let i = 0; i < 4 * workers; i += 1) {
    const small = largeInstance(WARM_UP_MIB);
    await storeLargeInstance(`${url}/dicom-web`, small);
    await compare(url, `studies/${small.study}`, AS_STORED, small.bytes());
  }
  await sleep(1000);
}

const AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*';
const OCTETS = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';

async function storeAndFetch({ url }: RealServer, { sizeMib, say }: MemoryOptions): Promise<void> {
  const large = largeInstance(sizeMib);
  const path = `studies/${large.study}/series/${large.series}/instances/${large.instance}`;
  const actual = large.frames * FRAME_MIB;
  await timed(say, 'store', actual, () => storeLargeInstance(`${url}/dicom-web`, large));
  await timed(say, 'fetch and compare', actual, () => compare(url, path, AS_STORED, large.bytes()));
  const frame = Math.ceil(large.frames / 2);
  await timed(say, `frame ${frame}`, FRAME_MIB, () =>
    compare(url, `${path}/frames/${frame}`, OCTETS, frameOf(frame)),
  );
}

const STUDY_MIB = 64;

/** Clients that take a few kilobytes a second of a whole study, all at once; meanwhile others are served. Answers how many were slow to the end. */
async function serveSlowly({ url }: RealServer, { slowClients, say }: MemoryOptions): Promise<number> {
  const study = largeInstance(STUDY_MIB);
  await storeLargeInstance(`${url}/dicom-web`, study);
  const agent = new http.Agent({ maxSockets: Number.POSITIVE_INFINITY });
  const ended = new Set<http.IncomingMessage>();
  const slow = await Promise.all(
    Array.from({ length: slowClients }, async () => {
      const path = `${url}/dicom-web/studies/${study.study}`;
      const answer = await answerOf(http.get(path, { agent, headers: { Accept: AS_STORED } }));
      if (answer.statusCode !== 200) throw new Error(`slow client: ${answer.statusCode}`);
      answer.once('close', () => ended.add(answer));
      return answer;
    }),
  );
  const sip = setInterval(() => {
    for (const answer of slow) answer.read(4096);
  }, 100);
  for (const answer of slow) answer.on('readable', () => undefined);
  const path = `studies/${study.study}/series/${study.series}/instances/${study.instance}`;
  for (let i = 0; i < 20; i += 1) {
    await compare(url, `${path}/frames/${1 + (i % 2)}`, OCTETS, frameOf(1 + (i % 2)));
    for (const other of [`studies?StudyInstanceUID=${study.study}`, `${path}/metadata`]) {
      const response = await fetch(`${url}/dicom-web/${other}`);
      if (response.status !== 200) throw new Error(`${other} beside slow clients: ${response.status}`);
      await response.arrayBuffer();
    }
  }
  const slowAtOnce = slow.filter((answer) => !ended.has(answer)).length;
  say(`${slowAtOnce} of ${slowClients} slow clients were still served when others had been`);
  clearInterval(sip);
  agent.destroy();
  for (const answer of slow) answer.destroy();
  return slowAtOnce;
}

async function objectStoreSettings(
  kind: string,
): Promise<{ settings: Record<string, string>; stop(): Promise<void> }> {
  if (kind === 'files') return { settings: {}, stop: async () => {} };
  const started = await startTestObjectStore();
  if ('missing' in started) throw new Error(`no S3 store: ${started.missing}`);
  const { endpoint, bucket, region, accessKey, secretKey } = started.store;
  const settings = {
    ISOCENTER_S3_ENDPOINT: endpoint,
    ISOCENTER_S3_BUCKET: bucket,
    ISOCENTER_S3_REGION: region,
    ISOCENTER_S3_ACCESS_KEY: accessKey,
    ISOCENTER_S3_SECRET_KEY: secretKey,
  };
  console.log(started.description);
  return { settings, stop: started.stop };
}

async function main(): Promise<void> {
  const sizeMib = Number(process.argv[2] ?? 4064);
  const kind = process.argv[3] ?? 'files';
  if (process.platform !== 'linux') throw new Error('memory can be watched on Linux only');
  if (!Number.isInteger(sizeMib) || sizeMib < 1 || sizeMib > 4064 || !['files', 's3'].includes(kind)) {
    throw new Error('usage: check:memory [MIB up to 4064 [files|s3]]');
  }
  const { bavail, bsize } = await statfs(tmpdir());
  const freeMib = (Number(bavail) * bsize) / MIB;
  if (freeMib < sizeMib + 1024) {
    throw new Error(
      `${tmpdir()} has ${freeMib.toFixed(0)} MiB free, ${sizeMib + 1024} are needed (TMPDIR names another folder)`,
    );
  }
  const objects = await objectStoreSettings(kind);
  try {
    const { growthMib } = await checkMemory({
      sizeMib,
      slowClients: SLOW_CLIENTS,
      workers: 2,
      settings: objects.settings,
      say: console.log,
    });
    console.log(`grown by ${growthMib.toFixed(0)} MiB at the peak (limit ${LIMIT_MIB})`);
    process.exitCode = growthMib <= LIMIT_MIB ? 0 : 1;
  } finally {
    await objects.stop();
  }
}

if (process.argv[1] === import.meta.filename) await main();
