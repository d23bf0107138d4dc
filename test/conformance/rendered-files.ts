import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestServer } from '../support/start-server.ts';
import { firstOf, search, store } from './requests.ts';

/** Real files by other people, beside the checkout. */
const SHARED = fileURLToPath(new URL('../../../shared/dicom/', import.meta.url));

export const hasSharedFiles = existsSync(SHARED);
if (!hasSharedFiles) process.stderr.write(`\nLEFT OUT: renderings of real files: there is no ${SHARED}\n`);

export function sharedPath(path: string): string {
  return `${SHARED}${path}`;
}

/** The path of an instance below the DICOMweb root. */
export interface StoredInstance {
  study: string;
  series: string;
  path: string;
}

/** Stores a real file; answers where it lies. */
export async function storeShared(server: TestServer, path: string): Promise<StoredInstance> {
  const { referenced, text } = await store(server, [readFileSync(sharedPath(path))]);
  const sopInstanceUID = firstOf(referenced[0], '00081155');
  if (typeof sopInstanceUID !== 'string') throw new Error(`${path} was not stored: ${text}`);
  return locate(server, sopInstanceUID);
}

async function locate(server: TestServer, sopInstanceUID: string): Promise<StoredInstance> {
  const [found] = await search(server, `/instances?SOPInstanceUID=${sopInstanceUID}`);
  if (!found) throw new Error(`${sopInstanceUID} is not found`);
  const study = `/studies/${firstOf(found, '0020000D')}`;
  const series = `${study}/series/${firstOf(found, '0020000E')}`;
  return { study, series, path: `${series}/instances/${sopInstanceUID}` };
}
