import {
  type InstanceLocation,
  instancesIn,
  metadataOf,
  type Scope,
  transferSyntaxesIn,
} from '../../storage/index/find-instances.ts';
import { NotFoundError } from './archive-errors.ts';
import type { ArchiveParts } from './archive-parts.ts';

export type { InstanceLocation, Scope } from '../../storage/index/find-instances.ts';

/** The instances of `scope`, read page by page. Throws a `NotFoundError` before the first where there is none. */
export async function* findInstances(parts: ArchiveParts, scope: Scope): AsyncGenerator<InstanceLocation> {
  let any = false;
  for await (const instance of instancesIn(parts.pool, scope)) {
    any = true;
    yield instance;
  }
  if (!any) throw new NotFoundError('Nothing of that name is stored.');
}

/** The one instance that `scope` names; throws a `NotFoundError` where there is none. */
export async function findInstance(parts: ArchiveParts, scope: Scope): Promise<InstanceLocation> {
  for await (const instance of findInstances(parts, scope)) return instance;
  throw new NotFoundError('Nothing of that name is stored.');
}

/** The stored bytes of an instance, as they came (law 1). The blob is opened when the first byte is asked for. */
export async function* readInstance(
  parts: ArchiveParts,
  instance: InstanceLocation,
): AsyncGenerator<Uint8Array> {
  yield* await parts.blobs.get(instance.blobKey);
}

const READ_AT_ONCE_BYTES = 4 * 1024 * 1024;

/**
 * The DICOM JSON texts of `instances`, one by one, with the instance each belongs to; BulkDataURIs are relative to it. No more than
 * a few megabytes are read ahead.
 */
export async function* readMetadata(
  parts: ArchiveParts,
  instances: AsyncIterable<InstanceLocation>,
): AsyncGenerator<{ instance: InstanceLocation; metadata: string }> {
  let group: InstanceLocation[] = [];
  let bytes = 0;
  for await (const instance of instances) {
    if (group.length > 0 && bytes + instance.metadataLength > READ_AT_ONCE_BYTES) {
      yield* readGroup(parts, group);
      group = [];
      bytes = 0;
    }
    group.push(instance);
    bytes += instance.metadataLength;
  }
  yield* readGroup(parts, group);
}

async function* readGroup(parts: ArchiveParts, group: readonly InstanceLocation[]) {
  const texts = await metadataOf(
    parts.pool,
    group.map(({ instancePk }) => instancePk),
  );
  for (const instance of group) {
    const metadata = texts.get(instance.instancePk);
    // Deleted since it was listed: as if it had not been there.
    if (metadata !== undefined) yield { instance, metadata };
  }
}

/** The transfer syntaxes in which the instances of `scope` are stored; throws a `NotFoundError` where there is none. */
export async function storedTransferSyntaxes(parts: ArchiveParts, scope: Scope): Promise<string[]> {
  const uids = await transferSyntaxesIn(parts.pool, scope);
  if (uids.length === 0) throw new NotFoundError('Nothing of that name is stored.');
  return uids;
}
