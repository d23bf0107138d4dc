import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sayMissing } from '../peers/archives.ts';
import { findPeer } from '../peers/find-peer.ts';
import { makeFolder } from '../peers/running.ts';
import { sendFor } from './client.ts';

const run = promisify(execFile);

/** What is asked for, in turns. */
export interface Reading {
  /** Without a slash at its end. */
  readonly root: string;
  /** Below the root, without a slash at their beginning. */
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** An answer has at least so many bytes on average, else the run fails: what is measured is the whole answer. */
  readonly leastBytes?: number;
}

export interface Throughput {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Lua's short strings know the escapes that JSON's have for what stands in URLs and headers. */
const quoted = (text: string) => JSON.stringify(text);

function script({ root, paths, headers }: Reading): string {
  const { pathname } = new URL(root);
  const prefix = pathname.replace(/\/$/, '');
  return `
local headers = { ${Object.entries(headers)
    .map(([name, value]) => `[${quoted(name)}] = ${quoted(value)}`)
    .join(', ')} }
local paths = { ${paths.map((path) => quoted(`${prefix}/${path}`)).join(',\n')} }
local requests = {}
local at = 0
function init(args)
  for i, path in ipairs(paths) do requests[i] = wrk.format("GET", path, headers) end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"microseconds":%d,"bytes":%.0f,"p50":%d,"p95":%d,', summary.requests,
    summary.duration, summary.bytes, latency:percentile(50), latency:percentile(95)))
  io.write(string.format('"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}\\n', e.connect, e.read, e.write,
    e.status, e.timeout))
end
`;
}

const fewRequests = 8;
const longSeconds = 15;

/** The load of `wrk -t1 -c4`. Where there is no wrk, of a Node client, which is slower. */
export async function drive(
  reading: Reading,
  { seconds, mayInstall }: { seconds: number; mayInstall: boolean },
): Promise<Throughput> {
  const wrk = await findPeer('wrk', ['wrk'], { mayInstall });
  if ('missing' in wrk) {
    sayMissing(
      'wrk',
      `${wrk.missing}; a Node client drives the reads, and what it can't drive faster is not seen`,
    );
    return driveWithNode(reading, seconds);
  }
  const { folder, remove } = await makeFolder('wrk-bench-');
  try {
    const path = join(folder, 'requests.lua');
    await writeFile(path, script(reading));
    const given = ['-t1', '-c4', `-d${seconds}s`, '--timeout', '30s', '-s', path, reading.root];
    const { stdout } = await run(wrk.path, given);
    const result = /^RESULT (.*)$/m.exec(stdout)?.[1];
    if (result === undefined) throw new Error(`wrk said no result:\n${stdout}`);
    const {
      requests = 0,
      microseconds,
      bytes,
      p50,
      p95,
      read,
      ...failed
    } = JSON.parse(result) as Record<string, number>;
    // Too few answers say nothing: whoever takes seconds for one gets more time.
    if (requests < fewRequests && seconds < longSeconds)
      return await drive(reading, { seconds: longSeconds, mayInstall });
    // wrk counts an answer that ends with its connection (Orthanc's studies) as one, and as a failed read.
    const isReadWhole = read === 0 || read === requests;
    if (!requests || !microseconds || !isReadWhole || Object.values(failed).some((count) => count > 0))
      throw new Error(
        `${reading.root}/${reading.paths[0]}: of ${requests} failed ${JSON.stringify({ read, ...failed })}`,
      );
    // At the end of the time up to four answers are broken off.
    if ((bytes ?? 0) < requests * (reading.leastBytes ?? 0))
      throw new Error(`${reading.root}/${reading.paths[0]}: only ${bytes} bytes in ${requests} answers`);
    return {
      requestsPerSecond: (requests * 1e6) / microseconds,
      p50Ms: (p50 ?? Number.NaN) / 1000,
      p95Ms: (p95 ?? Number.NaN) / 1000,
    };
  } finally {
    await remove();
  }
}

async function driveWithNode({ root, paths, headers }: Reading, seconds: number): Promise<Throughput> {
  const requests = paths.map((path) => ({ url: `${root}/${path}`, headers }));
  const { requestsPerSecond, latenciesMs } = await sendFor(requests, seconds);
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
  return { requestsPerSecond, p50Ms: at(0.5), p95Ms: at(0.95) };
}
