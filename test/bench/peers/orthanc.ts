import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/minio.ts';
import { type Archive, untilAnswering } from './archive.ts';
import { findPeer } from './find-peer.ts';
import { endProcess, stoppedAtEnd } from './running.ts';

const DICOMWEB_PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

/** Debian's Orthanc with its DICOMweb plugin, SQLite and synchronous storage, as shipped; or what to install. */
export async function startOrthanc(mayInstall: boolean): Promise<Archive | { readonly missing: string }> {
  const found = await findPeer('Orthanc', ['orthanc', 'orthanc-dicomweb'], {
    files: [DICOMWEB_PLUGIN],
    mayInstall,
  });
  if ('missing' in found) return found;
  const folder = await mkdtemp(join(tmpdir(), 'orthanc-bench-'));
  const port = await freePort();
  const settings = {
    StorageDirectory: folder,
    IndexDirectory: folder,
    StorageCompression: false,
    SyncStorageArea: true,
    HttpPort: port,
    HttpThreadsCount: 50,
    DicomServerEnabled: false,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    OverwriteInstances: false,
    LimitFindResults: 0,
    Plugins: [DICOMWEB_PLUGIN],
    DicomWeb: {
      Enable: true,
      Root: '/dicom-web/',
      EnableWado: true,
      StudiesMetadata: 'Full',
      SeriesMetadata: 'Full',
    },
  };
  await writeFile(join(folder, 'orthanc.json'), JSON.stringify(settings));
  const child = spawn(found.path, [join(folder, 'orthanc.json')], { stdio: 'ignore' });
  const stop = stoppedAtEnd(async () => {
    await endProcess(child);
    await rm(folder, { recursive: true, force: true });
  });
  await untilAnswering(`http://127.0.0.1:${port}/system`, child);
  return { name: 'Orthanc', root: `http://127.0.0.1:${port}/dicom-web`, stop };
}
