import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { withLockFile } from '../../storage/index/embedded-postgres/embedded-postgres-lock.ts';
import { cacheFolder } from './cache-folder.ts';

const run = promisify(execFile);
const GO_VERSION = 'v0.0.0-20260212201848-7aac2a2c5b7c';
const DOCKER_IMAGE = 'quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z';
const START_TIMEOUT_MS = 60_000;

/** How to reach an S3 store to test against; keep to a prefix of your own. */
export interface TestObjectStore {
  endpoint: string;
  bucket: string;
  region: string;
  accessKey: string;
  secretKey: string;
}

export interface StartedObjectStore {
  store: TestObjectStore;
  /** Such as `MinIO v0.0.0-… (built with Go), http://127.0.0.1:41234`. */
  description: string;
  stop(): Promise<void>;
}

/**
 * A real S3 server: the one that ISOCENTER_TEST_S3_ENDPOINT (or ISOCENTER_S3_ENDPOINT) names, or MinIO: from the PATH, built once with Go
 * into the cache folder, or in Docker. `missing` says why there is none.
 */
export async function startTestObjectStore(): Promise<StartedObjectStore | { missing: string }> {
  const given = givenStore('ISOCENTER_TEST_S3') ?? givenStore('ISOCENTER_S3');
  if (given) return given;
  const reasons: string[] = [];
  const program = await findMinio(reasons);
  if (program) return await startProgram(program.path, program.description);
  return (await startInDocker(reasons)) ?? { missing: reasons.join('; ') };
}

function givenStore(prefix: string): StartedObjectStore | undefined {
  const setting = (name: string) => process.env[`${prefix}_${name}`] || undefined;
  const endpoint = setting('ENDPOINT');
  if (!endpoint) return undefined;
  return {
    store: {
      endpoint,
      bucket: setting('BUCKET') ?? 'isocenter-test',
      region: setting('REGION') ?? 'us-east-1',
      accessKey: setting('ACCESS_KEY') ?? '',
      secretKey: setting('SECRET_KEY') ?? '',
    },
    description: `S3 at ${new URL(endpoint).origin} (given by ${prefix}_ENDPOINT)`,
    stop: async () => {},
  };
}

async function findMinio(reasons: string[]): Promise<{ path: string; description: string } | undefined> {
  const onPath = await findOnPath('minio');
  if (onPath) {
    const { stdout } = await run(onPath, ['--version']);
    return { path: onPath, description: `MinIO ${/version (\S+)/.exec(stdout)?.[1] ?? ''} (${onPath})` };
  }
  reasons.push('no minio on the PATH');
  const built = await buildMinio(reasons);
  return built === undefined
    ? undefined
    : { path: built, description: `MinIO ${GO_VERSION} (built with Go)` };
}

export async function findOnPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (await exists(path)) return path;
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

async function buildMinio(reasons: string[]): Promise<string | undefined> {
  const folder = join(await cacheFolder(), `minio-${GO_VERSION}`);
  const program = join(folder, 'minio');
  if (await exists(program)) return program;
  const go =
    (await findOnPath('go')) ?? ((await exists('/usr/local/go/bin/go')) ? '/usr/local/go/bin/go' : undefined);
  if (!go) {
    reasons.push('no Go to build it with');
    return undefined;
  }
  await mkdir(folder, { recursive: true });
  // Two runs at once: the second waits, and finds the first one's.
  return await withLockFile(join(folder, 'lock'), async () => {
    if (await exists(program)) return program;
    console.error(
      `Building MinIO's server ${GO_VERSION} with Go, once, into ${folder}; this takes minutes ...`,
    );
    const work = await mkdtemp(join(folder, 'build-'));
    try {
      await buildInto(go, work);
      await rename(join(work, 'minio'), program);
      return program;
    } catch (error) {
      reasons.push(`go could not build it: ${lastLines(error)}`);
      return undefined;
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
}

/** `go install` refuses a module with replace directives; in a scratch module of ours, which takes none over, it builds all the same. */
async function buildInto(go: string, work: string): Promise<void> {
  const env = { ...process.env, GOBIN: work, GOFLAGS: '-trimpath' };
  const options = { cwd: work, env, maxBuffer: 64 * 1024 * 1024 };
  try {
    await run(go, ['install', `github.com/minio/minio@${GO_VERSION}`], options);
  } catch (error) {
    if (!/replace directive/.test(lastLines(error))) throw error;
    await run(go, ['mod', 'init', 'isocenter.test/minio'], options);
    await run(go, ['get', `github.com/minio/minio@${GO_VERSION}`], options);
    await run(go, ['build', '-o', join(work, 'minio'), 'github.com/minio/minio'], options);
  }
}

function lastLines(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return text.trim().slice(-600);
}

function freshCredentials(): { accessKey: string; secretKey: string } {
  return { accessKey: `test${randomBytes(6).toString('hex')}`, secretKey: randomBytes(24).toString('hex') };
}

async function startProgram(path: string, description: string): Promise<StartedObjectStore> {
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-minio-'));
  const { accessKey, secretKey } = freshCredentials();
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(path, ['server', join(folder, 'data'), '--address', address, '--quiet'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      MINIO_ROOT_USER: accessKey,
      MINIO_ROOT_PASSWORD: secretKey,
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
    },
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(String(chunk)));
  // Should we be killed, nobody would stop it.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const endpoint = `http://${address}`;
  try {
    await waitUntilLive(endpoint, () => child.exitCode === null && child.signalCode === null);
  } catch (error) {
    kill();
    throw new Error(`MinIO did not start: ${said.join('').slice(-1000)}`, { cause: error });
  }
  return {
    store: { endpoint, bucket: 'isocenter-test', region: 'us-east-1', accessKey, secretKey },
    description: `${description}, ${endpoint}`,
    stop: async () => {
      process.removeListener('exit', kill);
      await stopChild(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}

async function startInDocker(reasons: string[]): Promise<StartedObjectStore | undefined> {
  const docker = await findOnPath('docker');
  const answers = docker ? await run(docker, ['version']).catch(() => undefined) : undefined;
  if (!docker || !answers) {
    reasons.push('no Docker engine answers');
    return undefined;
  }
  const { accessKey, secretKey } = freshCredentials();
  const settings = ['-e', `MINIO_ROOT_USER=${accessKey}`, '-e', `MINIO_ROOT_PASSWORD=${secretKey}`];
  try {
    const started = await run(docker, [
      'run',
      '--detach',
      '--rm',
      '--publish=127.0.0.1::9000',
      ...settings,
      DOCKER_IMAGE,
      'server',
      '/data',
    ]);
    const id = started.stdout.trim();
    const { stdout } = await run(docker, ['port', id, '9000']);
    const endpoint = `http://${stdout.trim().split('\n')[0]}`;
    await waitUntilLive(endpoint, () => true);
    return {
      store: { endpoint, bucket: 'isocenter-test', region: 'us-east-1', accessKey, secretKey },
      description: `MinIO (${DOCKER_IMAGE} in Docker), ${endpoint}`,
      stop: async () => {
        await run(docker, ['rm', '--force', id]);
      },
    };
  } catch (error) {
    reasons.push(`Docker could not run it: ${lastLines(error)}`);
    return undefined;
  }
}

async function waitUntilLive(endpoint: string, isRunning: () => boolean): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (isRunning() && Date.now() < deadline) {
    const answer = await fetch(`${endpoint}/minio/health/live`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`nothing answers at ${endpoint}`);
}

/** A loopback port that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
