import type { ByteRange } from '../../../storage/blobs/blob-store.ts';
import {
  type InstanceLocation,
  instanceAt,
  instancesIn,
  metadataOf,
  type Scope,
  transferSyntaxesIn,
} from '../../../storage/index/find-instances.ts';
import { type Revision, revisionOf, revisionOfInstance } from '../../../storage/index/revision.ts';
import { wasDeleted } from '../../../storage/index/store/remember-deleted.ts';
import { GoneError, NotFoundError } from '../archive-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';

export type { InstanceLocation, Scope } from '../../../storage/index/find-instances.ts';
export { type Revision, revisionOfInstance } from '../../../storage/index/revision.ts';

/** Why nothing is found in `scope`: it was deleted, or never there. */
export async function absent(parts: ArchiveParts, scope: Scope): Promise<GoneError | NotFoundError> {
  return (await wasDeleted(parts.pool, scope))
    ? new GoneError()
    : new NotFoundError('Nothing of that name is stored.');
}

/** The state of what `scope` names. Throws a `NotFoundError`, or a `GoneError` for what was deleted. */
export async function currentRevision(parts: ArchiveParts, scope: Scope): Promise<Revision> {
  if (scope.sopInstanceUID !== undefined) return revisionOfInstance(await findInstance(parts, scope));
  const revision = await revisionOf(parts.pool, scope);
  if (!revision) throw await absent(parts, scope);
  return revision;
}

/** The instances of `scope`, read page by page. Throws a `NotFoundError` or `GoneError` before the first where there is none. */
export async function* findInstances(parts: ArchiveParts, scope: Scope): AsyncGenerator<InstanceLocation> {
  let any = false;
  for await (const instance of instancesIn(parts.pool, scope)) {
    any = true;
    yield instance;
  }
  if (!any) throw await absent(parts, scope);
}

/** The one instance that `scope` names; throws a `NotFoundError` or `GoneError` where there is none. */
export async function findInstance(parts: ArchiveParts, scope: Scope): Promise<InstanceLocation> {
  const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = scope;
  if (seriesInstanceUID !== undefined && sopInstanceUID !== undefined) {
    const instance = await instanceAt(parts.pool, { studyInstanceUID, seriesInstanceUID, sopInstanceUID });
    if (instance) return instance;
    throw await absent(parts, scope);
  }
  for await (const instance of findInstances(parts, scope)) return instance;
  throw new NotFoundError('Nothing of that name is stored.');
}

/** The stored bytes of an instance, or a part of them, as they came (law 1). The blob is opened when the first byte is asked for. */
export async function* readInstance(
  parts: ArchiveParts,
  instance: InstanceLocation,
  range?: ByteRange,
): AsyncGenerator<Uint8Array> {
  // Of nothing there is nothing to open: stores take no empty range.
  if (range && range.start >= range.endExclusive) return;
  yield* await parts.blobs.get(instance.blobKey, range);
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

/** The transfer syntaxes in which the instances of `scope` are stored; throws a `NotFoundError` or `GoneError` where there is none. */
export async function storedTransferSyntaxes(parts: ArchiveParts, scope: Scope): Promise<string[]> {
  const uids = await transferSyntaxesIn(parts.pool, scope);
  if (uids.length === 0) throw await absent(parts, scope);
  return uids;
}
