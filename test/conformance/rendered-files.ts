import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestServer } from '../support/start-server.ts';
import { firstOf, type Json, search, storeAll, valuesOf } from './requests.ts';

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

/** Stores a real file; answers where it lies, by the UIDs that the store answered with. */
export async function storeShared(server: TestServer, path: string): Promise<StoredInstance> {
  const bytes = readFileSync(sharedPath(path));
  await storeAll(server, [bytes]);
  return locate(server, uidIn(bytes));
}

/** SOP Instance UID of the File Meta Information: (0002,0003), explicit VR little endian. */
function uidIn(bytes: Buffer): string {
  const at = bytes.indexOf(Buffer.from([0x02, 0x00, 0x03, 0x00, 0x55, 0x49]));
  return bytes
    .subarray(at + 8, at + 8 + bytes.readUInt16LE(at + 6))
    .toString('latin1')
    .replace(/[\0 ]+$/, '');
}

export async function locate(server: TestServer, sopInstanceUID: string): Promise<StoredInstance> {
  const [found] = (await search(server, `/instances?SOPInstanceUID=${sopInstanceUID}`)) as Json[];
  const study = String(firstOf(found, '0020000D'));
  const series = String(firstOf(found, '0020000E'));
  if (valuesOf(found, '00080018').length === 0) throw new Error(`${sopInstanceUID} is not stored`);
  return {
    study: `/studies/${study}`,
    series: `/studies/${study}/series/${series}`,
    path: `/studies/${study}/series/${series}/instances/${sopInstanceUID}`,
  };
}
