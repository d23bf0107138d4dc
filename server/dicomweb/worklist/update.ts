import type { Context } from 'koa';
import { updateWorkItem } from '../../archive/work-items/update-work-item.ts';
import { noteForAudit } from '../../auth/audit-requests.ts';
import { authorize } from '../../auth/authenticate.ts';
import type { DicomwebService } from '../service.ts';
import { readDataSet } from './body.ts';
import { answerEmpty, uidInQuery, warning, workItemOf, workItemUrl } from './names.ts';
import { refusing, UPDATE_REFUSALS } from './refusals.ts';

/** Update Workitem transaction (PS3.18 11.6). Who performs it changes what is in progress; who plans, what is scheduled. */
export async function updateTransaction(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const sopInstanceUID = workItemOf(parameters);
  const transactionUID = uidInQuery(context, ['transaction-uid', 'transactionuid']);
  // Written alone, it would be kept as a parameter's name: and it is what locks others out.
  if (transactionUID !== undefined) noteForAudit(context, { detail: { parameters: ['transaction-uid'] } });
  const changes = await readDataSet(context);
  const { isModified } = await refusing(context, service, UPDATE_REFUSALS, () =>
    updateWorkItem(service.archive, {
      sopInstanceUID,
      transactionUID,
      changes,
      mayUpdate: (state) => {
        if (state === 'SCHEDULED') authorize(context, 'worklist:create');
        if (state === 'IN PROGRESS') authorize(context, 'worklist:perform');
      },
    }),
  );
  answerEmpty(context, 200);
  context.set('Content-Location', workItemUrl(context, service, sopInstanceUID));
  if (isModified)
    context.set('Warning', warning(context, service, 'The Workitem was updated with modifications.'));
}
