import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './minio.ts';
import { ensureProgram, type SystemProgram } from './system-packages.ts';
import { untilAnswering } from './until-answering.ts';

/** Debian's DICOMweb plugin for Orthanc: server and client. */
export const DICOMWEB_PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

/** Orthanc, as Debian packs it: reads, searches and cuts frames with code that has nothing in common with ours. */
export interface Orthanc {
  /** Its own REST API, without a slash at its end. */
  url: string;
  /** The root of its DICOMweb plugin, without a slash at its end. */
  dicomweb: string;
  /** Stores an instance; its identifier there, or `undefined` where Orthanc refuses it. */
  store(bytes: Uint8Array): Promise<string | undefined>;
  numberOfFrames(id: string): Promise<number>;
  /** As stored, not decoded; `frame` counts from 0. */
  rawFrame(id: string, frame: number): Promise<Uint8Array | undefined>;
  /** Several shared files have the same SOP Instance UID. */
  remove(id: string): Promise<void>;
  stop(): Promise<void>;
}

/** A DICOMweb server that Orthanc is a client of (its setting `DicomWeb.Servers`). */
export interface OrthancPeer {
  Url: string;
  HttpHeaders?: Record<string, string>;
  Username?: string;
  Password?: string;
  HasDelete?: boolean;
}

export interface OrthancOptions {
  /** With the DICOMweb plugin, and these servers by name; without it where undefined. */
  peers?: Record<string, OrthancPeer>;
}

/** Orthanc with its DICOMweb plugin; both are installed where we may. */
export function ensureOrthanc(): Promise<SystemProgram> {
  // Debian's folder for it, which need not be on the PATH.
  return ensureProgram('/usr/sbin/Orthanc', ['orthanc', 'orthanc-dicomweb'], [DICOMWEB_PLUGIN]);
}

/** Settings of Orthanc, by their names. */
interface OrthancSettings extends Readonly<Record<string, unknown>> {
  /** Paths; the DICOMweb plugin where left out. */
  readonly Plugins?: readonly string[];
  readonly DicomWeb?: Readonly<Record<string, unknown>>;
}

/** Runs Orthanc, with nothing in it, until it is stopped or this process ends. `settings` are its own, beside those of every run here. */
export async function runOrthanc(
  path: string,
  { Plugins = [DICOMWEB_PLUGIN], DicomWeb, ...settings }: OrthancSettings,
): Promise<Pick<Orthanc, 'url' | 'stop'>> {
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-orthanc-'));
  const port = await freePort();
  const configuration = {
    StorageDirectory: folder,
    IndexDirectory: folder,
    HttpPort: port,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomServerEnabled: false,
    LimitFindResults: 0,
    ...settings,
    Plugins,
    DicomWeb: {
      Enable: true,
      Root: '/dicom-web/',
      EnableWado: true,
      StudiesMetadata: 'Full',
      SeriesMetadata: 'Full',
      ...DicomWeb,
    },
  };
  await writeFile(join(folder, 'orthanc.json'), JSON.stringify(configuration));
  const child = spawn(path, [join(folder, 'orthanc.json')], { stdio: 'ignore' });
  // Should we be killed, nobody would stop it.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const url = `http://127.0.0.1:${port}`;
  await untilAnswering(`${url}/system`, child);
  return {
    url,
    async stop() {
      process.removeListener('exit', kill);
      if (child.exitCode === null && child.signalCode === null) {
        const exited = new Promise((resolve) => child.once('exit', resolve));
        child.kill();
        await exited;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function startOrthanc(path: string, { peers }: OrthancOptions = {}): Promise<Orthanc> {
  const { url, stop } = await runOrthanc(path, {
    Name: 'peer',
    OverwriteInstances: true,
    SyncStorageArea: false,
    Plugins: peers ? [DICOMWEB_PLUGIN] : [],
    DicomWeb: { Servers: peers ?? {} },
  });
  return {
    url,
    dicomweb: `${url}/dicom-web`,
    async store(bytes) {
      const answer = await fetch(`${url}/instances`, { method: 'POST', body: Buffer.from(bytes) });
      return answer.ok ? ((await answer.json()) as { ID: string }).ID : undefined;
    },
    async numberOfFrames(id) {
      const answer = await fetch(`${url}/instances/${id}/frames`);
      if (!answer.ok) return 0;
      return ((await answer.json()) as unknown[]).length;
    },
    async rawFrame(id, frame) {
      const answer = await fetch(`${url}/instances/${id}/frames/${frame}/raw`);
      const body = new Uint8Array(await answer.arrayBuffer());
      return answer.ok ? body : undefined;
    },
    async remove(id) {
      await fetch(`${url}/instances/${id}`, { method: 'DELETE' });
    },
    stop,
  };
}
