import type { Readable } from 'node:stream';
import type { Scope } from '../../../storage/index/find-instances.ts';
import { type InstanceVersion, versionsOf } from '../../../storage/index/store/instance-versions.ts';
import { NotFoundError } from '../archive-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';

export type { InstanceVersion } from '../../../storage/index/store/instance-versions.ts';

/** Every object that was stored under the UIDs of an instance, the current one last. Throws a `NotFoundError` where there is none. */
export async function listVersions(parts: ArchiveParts, scope: Required<Scope>): Promise<InstanceVersion[]> {
  const versions = await versionsOf(parts.pool, scope);
  if (versions.length === 0) throw new NotFoundError('Nothing of that name is stored.');
  return versions;
}

/** The bytes of one version, as they were stored. */
export async function openVersion(
  parts: ArchiveParts,
  scope: Required<Scope>,
  number: number,
): Promise<{ version: InstanceVersion; content: Readable }> {
  const version = (await listVersions(parts, scope)).find((one) => one.version === number);
  if (!version) throw new NotFoundError('The instance has no version of that number.');
  return { version, content: await parts.blobs.get(version.blobKey) };
}
