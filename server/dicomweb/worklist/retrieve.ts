import type { Context } from 'koa';
import { retrieveWorkItem } from '../../archive/work-items/find-work-items.ts';
import { stringifyDataSet } from '../../dicom/models/data-set-json.ts';
import { answeredUnchanged, sendDataSets } from '../answer.ts';
import { dataSetFormFor } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { workItemOf, workItemUrl } from './names.ts';
import { refusing } from './refusals.ts';

/** Retrieve Workitem transaction (PS3.18 11.5): one data set, not a list of them. */
export async function retrieveTransaction(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const form = dataSetFormFor(context, true);
  const { sopInstanceUID, dataSet } = await refusing(context, service, {}, () =>
    retrieveWorkItem(service.archive, workItemOf(parameters)),
  );
  context.set('Content-Location', workItemUrl(context, service, sopInstanceUID));
  const text = stringifyDataSet(dataSet);
  if (answeredUnchanged(context, [text, form.form], undefined, true)) return;
  if (form.form !== 'json') return sendDataSets(context, form, [dataSet]);
  context.status = 200;
  context.body = text;
  context.set('Content-Type', form.type);
}
