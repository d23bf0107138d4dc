import { DICOMWEB_PLUGIN, runOrthanc } from '../../support/orthanc.ts';
import type { Archive } from './archive.ts';
import { findPeer } from './find-peer.ts';
import { stoppedAtEnd } from './running.ts';

/** Debian's Orthanc with its DICOMweb plugin, SQLite and synchronous storage, as shipped; or what to install. */
export async function startOrthanc(mayInstall: boolean): Promise<Archive | { readonly missing: string }> {
  const found = await findPeer('Orthanc', ['orthanc', 'orthanc-dicomweb'], {
    files: [DICOMWEB_PLUGIN],
    mayInstall,
  });
  if ('missing' in found) return found;
  const { url, stop } = await runOrthanc(found.path, {
    StorageCompression: false,
    SyncStorageArea: true,
    HttpThreadsCount: 50,
    OverwriteInstances: false,
  });
  return { name: 'Orthanc', root: `${url}/dicom-web`, stop: stoppedAtEnd(stop) };
}
