import type { Scope } from '../../../storage/index/find-instances.ts';
import { deleteInstances } from '../../../storage/index/store/delete-instances.ts';
import type { AuditSource } from '../../audit/audit-log.ts';
import { NotFoundError } from '../archive-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { statementIn } from '../store/instance-record.ts';

/**
 * Deletes a study, series or instance: first the rows, so that nothing is visible that cannot be fetched, then the blobs. A blob
 * that could not be removed is an orphan, which the sweeper takes. Answers the number of instances; throws a `NotFoundError`
 * where there is none. `source` goes into the audit event, which the deleting transaction writes.
 */
export async function deleteFromArchive(
  parts: ArchiveParts,
  scope: Scope,
  source: AuditSource,
): Promise<number> {
  const deleted = await deleteInstances(parts.pool, scope, statementIn, (instances) => ({
    ...source,
    at: new Date(),
    transaction: 'Delete',
    method: 'DELETE',
    status: 204,
    studyInstanceUID: scope.studyInstanceUID,
    seriesInstanceUID: scope.seriesInstanceUID ?? null,
    sopInstanceUID: scope.sopInstanceUID ?? null,
    resource: null,
    detail: { instances },
  }));
  if (deleted.instances === 0) throw new NotFoundError('Nothing of that name is stored.');
  for (const key of deleted.blobKeys) {
    await parts.blobs.delete(key).catch((error: unknown) => {
      parts.logger.warn({ err: error, blobKey: key }, 'blob_left_for_the_sweeper');
    });
  }
  parts.logger.info({ ...scope, instances: deleted.instances }, 'instances_deleted');
  return deleted.instances;
}
