import type { Context } from 'koa';
import { changeState } from '../../archive/work-items/change-state.ts';
import type { DicomwebService } from '../service.ts';
import { readDataSet } from './body.ts';
import { answerEmpty, warning, workItemOf, workItemUrl } from './names.ts';
import { CHANGE_STATE_REFUSALS, refusing } from './refusals.ts';

/** Change Workitem State transaction (PS3.18 11.7). */
export async function changeStateTransaction(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const sopInstanceUID = workItemOf(parameters);
  const action = await readDataSet(context);
  const { outcome, state } = await refusing(context, service, CHANGE_STATE_REFUSALS, () =>
    changeState(service.archive, sopInstanceUID, action),
  );
  answerEmpty(context, 200);
  context.set('Content-Location', workItemUrl(context, service, sopInstanceUID));
  if (outcome === 'already')
    context.set(
      'Warning',
      warning(context, service, `The UPS is already in the requested state of ${state}.`),
    );
}
