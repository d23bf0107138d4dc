import type { Context } from 'koa';
import { createWorkItem } from '../../archive/work-items/create-work-item.ts';
import type { DicomwebService } from '../service.ts';
import { readDataSet } from './body.ts';
import { answerEmpty, uidInQuery, warning, workItemUrl } from './names.ts';
import { refusing } from './refusals.ts';

/** Create transaction (PS3.18 11.4): 201 and where the work item is. */
export async function createTransaction(service: DicomwebService, context: Context): Promise<void> {
  const asked = uidInQuery(context, ['workitem', 'affectedsopinstanceuid']);
  const dataSet = await readDataSet(context);
  const { sopInstanceUID, isModified } = await refusing(context, service, {}, () =>
    createWorkItem(service.archive, { dataSet, sopInstanceUID: asked }),
  );
  const url = workItemUrl(context, service, sopInstanceUID);
  answerEmpty(context, 201);
  context.set({ Location: url, 'Content-Location': url });
  if (isModified)
    context.set('Warning', warning(context, service, 'The Workitem was created with modifications.'));
}
