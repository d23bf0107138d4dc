import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, statfs } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerOf, blockOf, FRAME_MIB, largeInstance, storeLargeInstance } from './large-instance.ts';
import { startTestObjectStore } from './minio.ts';
import { type RealServer, startRealServer } from './real-server.ts';

// npm run check:memory [-- MIB [files|s3]]: stores a large instance and fetches it, streamed on our side too, while it watches the
// resident memory of the server's processes. Linux only.

const MIB = 1024 * 1024;
const LIMIT_MIB = 400;
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

/** Peaks in MiB. */
class MemoryWatch {
  readonly #server: RealServer;
  readonly #timer: NodeJS.Timeout;
  sum = 0;
  postgres = 0;
  /** Largest of each process, by pid: as the kernel kept it (VmHWM). */
  readonly each = new Map<number, number>();

  constructor(server: RealServer) {
    this.#server = server;
    this.#timer = setInterval(() => void this.sample(), 100);
  }

  async sample(): Promise<void> {
    const pids = await this.#server.pids();
    let sum = 0;
    for (const pid of pids) {
      sum += await statusMib(pid, 'VmRSS');
      this.each.set(pid, Math.max(this.each.get(pid) ?? 0, await statusMib(pid, 'VmHWM')));
    }
    this.sum = Math.max(this.sum, sum);
    let postgres = 0;
    // Shared buffers count once.
    for (const pid of await this.#server.postgresPids()) postgres += await privateMib(pid);
    this.postgres = Math.max(this.postgres, postgres);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

async function statusMib(pid: number, name: 'VmRSS' | 'VmHWM' | 'RssShmem'): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024;
}

async function privateMib(pid: number): Promise<number> {
  return (await statusMib(pid, 'VmRSS')) - (await statusMib(pid, 'RssShmem'));
}

async function timed<T>(what: string, sizeMib: number, work: () => Promise<T>): Promise<T> {
  const begin = Date.now();
  const result = await work();
  const seconds = (Date.now() - begin) / 1000;
  console.log(`${what}: ${seconds.toFixed(1)} s, ${(sizeMib / seconds).toFixed(0)} MiB/s`);
  return result;
}

async function checkOn(server: RealServer, sizeMib: number): Promise<boolean> {
  const large = largeInstance(sizeMib);
  const watch = new MemoryWatch(server);
  await watch.sample();
  console.log(`idle: ${watch.sum.toFixed(0)} MiB in ${watch.each.size} processes`);
  const path = `studies/${large.study}/series/${large.series}/instances/${large.instance}`;
  const actual = large.frames * FRAME_MIB;
  try {
    await timed('store', actual, () => storeLargeInstance(`${server.url}/dicom-web`, large));
    const asStored = 'multipart/related; type="application/dicom"; transfer-syntax=*';
    await timed('fetch and compare', actual, () => compare(server.url, path, asStored, large.bytes()));
    const octets = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';
    const frame = Math.ceil(large.frames / 2);
    await timed(`frame ${frame}`, FRAME_MIB, () =>
      compare(server.url, `${path}/frames/${frame}`, octets, frameOf(frame)),
    );
    await watch.sample();
  } finally {
    watch.stop();
  }
  const each = [...watch.each.values()].map((mib) => mib.toFixed(0)).join(', ');
  console.log(`peak of the sum of all server processes: ${watch.sum.toFixed(0)} MiB (limit ${LIMIT_MIB})`);
  console.log(
    `peak of each: ${each} MiB; PostgreSQL's processes without shared memory: ${watch.postgres.toFixed(0)} MiB`,
  );
  return watch.sum <= LIMIT_MIB;
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
  const sizeMib = Number(process.argv[2] ?? 2048);
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
  const dataDir = await mkdtemp(join(tmpdir(), 'isocenter-memory-'));
  const objects = await objectStoreSettings(kind);
  try {
    const server = await startRealServer({ dataDir, workers: 2, settings: objects.settings });
    try {
      process.exitCode = (await checkOn(server, sizeMib)) ? 0 : 1;
    } finally {
      await server.stop();
    }
  } finally {
    await objects.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

await main();
