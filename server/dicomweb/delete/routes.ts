import type { Context } from 'koa';
import { currentRevision } from '../../archive/retrieve/retrieve-instances.ts';
import { deleteFromArchive } from '../../archive/upkeep/delete-from-archive.ts';
import { auditedItself, auditSourceOf } from '../../auth/audit-requests.ts';
import { requireUnchanged } from '../../http/conditional.ts';
import type { DicomwebService } from '../service.ts';
import { INSTANCE, SERIES, STUDY, type TransactionRow } from '../transaction.ts';
import { scopeOf } from '../uri.ts';

/** The Standard has no transaction that deletes; the method means what RFC 9110 says, as in other archives. */
const row = (template: string): TransactionRow => ({
  method: 'DELETE',
  template,
  transaction: 'Delete',
  section: 'RFC 9110 9.3.5',
  permission: 'dicom:delete',
  query: [],
  consumes: [],
  produces: [],
  run: remove,
});

export const deleteRows: readonly TransactionRow[] = [row(STUDY), row(SERIES), row(INSTANCE)];

/**
 * Deletes what the URI names; 204, or 404 where nothing of that name is stored. ETags are of representations, not of what they represent: as
 * If-Match only `*` is taken; If-Unmodified-Since looks at the resource.
 */
async function remove(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const scope = scopeOf(parameters);
  const changedAt =
    context.get('If-Unmodified-Since') === ''
      ? undefined
      : (await currentRevision(service.archive, scope)).changedAt;
  requireUnchanged(context, undefined, changedAt);
  await deleteFromArchive(service.archive, scope, auditSourceOf(context));
  auditedItself(context);
  context.status = 204;
}
