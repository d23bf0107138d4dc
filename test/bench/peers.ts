import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A DICOMweb server under measurement. */
export interface Peer {
  name: string;
  /** The DICOMweb root, without a slash at its end. */
  root: string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** The built server on an empty data folder, with as many processes as it takes by default. */
export async function startIsocenter(): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-bench-'));
  const port = await freePort();
  const environment = {
    ...process.env,
    ISOCENTER_AUTH: 'off',
    ISOCENTER_DATA_DIR: folder,
    ISOCENTER_PORT: String(port),
  };
  const child = spawn(process.execPath, ['dist/server/cli/main.js', 'serve'], {
    env: environment,
    stdio: 'ignore',
  });
  return ready({ name: 'isocenter', root: `http://127.0.0.1:${port}/dicom-web` }, child, folder);
}

/** Debian's Orthanc as shipped, with SQLite and synchronous storage; undefined where it is not installed. */
export async function startOrthanc(): Promise<Peer | undefined> {
  const program = '/usr/sbin/Orthanc';
  if (!existsSync(program)) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'orthanc-bench-'));
  const port = await freePort();
  const settings = {
    StorageDirectory: folder,
    IndexDirectory: folder,
    HttpPort: port,
    DicomPort: await freePort(),
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    SyncStorageArea: true,
    Plugins: ['/usr/share/orthanc/plugins'],
    DicomWeb: { Enable: true, Root: '/dicom-web/' },
  };
  await writeFile(join(folder, 'orthanc.json'), JSON.stringify(settings));
  const child = spawn(program, [join(folder, 'orthanc.json')], { stdio: 'ignore' });
  return ready({ name: 'orthanc', root: `http://127.0.0.1:${port}/dicom-web` }, child, folder);
}

const START_TIMEOUT_MS = 60_000;

async function ready(peer: Omit<Peer, 'stop'>, child: ChildProcess, folder: string): Promise<Peer> {
  const stop = async () => {
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < giveUpAt && child.exitCode === null) {
    const answer = await fetch(`${peer.root}/studies?limit=1`).catch(() => undefined);
    if (answer?.ok) return { ...peer, stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`${peer.name} did not start`);
}
