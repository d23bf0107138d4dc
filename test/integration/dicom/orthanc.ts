import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Orthanc, as Debian packs it: cuts frames with code that has nothing in common with ours. */
export interface Orthanc {
  /** Stores an instance; its identifier there, or `undefined` where Orthanc refuses it. */
  store(bytes: Uint8Array): Promise<string | undefined>;
  numberOfFrames(id: string): Promise<number>;
  /** As stored, not decoded; `frame` counts from 0. */
  rawFrame(id: string, frame: number): Promise<Uint8Array | undefined>;
  /** Several shared files have the same SOP Instance UID. */
  remove(id: string): Promise<void>;
  stop(): Promise<void>;
}

/** Where Orthanc is, if it is installed. */
export function orthancPath(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, 'Orthanc')).find((path) => existsSync(path));
}

export async function startOrthanc(path: string): Promise<Orthanc> {
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-orthanc-'));
  const port = await freePort();
  const configuration = {
    StorageDirectory: folder,
    IndexDirectory: folder,
    HttpPort: port,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomServerEnabled: false,
    OverwriteInstances: true,
    Plugins: [],
  };
  await writeFile(join(folder, 'orthanc.json'), JSON.stringify(configuration));
  const child = spawn(path, [join(folder, 'orthanc.json')], { stdio: 'ignore' });
  const base = `http://127.0.0.1:${port}`;
  await answering(`${base}/system`);
  return {
    async store(bytes) {
      const answer = await fetch(`${base}/instances`, { method: 'POST', body: Buffer.from(bytes) });
      return answer.ok ? ((await answer.json()) as { ID: string }).ID : undefined;
    },
    async numberOfFrames(id) {
      const answer = await fetch(`${base}/instances/${id}/frames`);
      if (!answer.ok) return 0;
      return ((await answer.json()) as unknown[]).length;
    },
    async rawFrame(id, frame) {
      const answer = await fetch(`${base}/instances/${id}/frames/${frame}/raw`);
      const body = new Uint8Array(await answer.arrayBuffer());
      return answer.ok ? body : undefined;
    },
    async remove(id) {
      await fetch(`${base}/instances/${id}`, { method: 'DELETE' });
    },
    async stop() {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`nothing answers at ${url}`);
}
