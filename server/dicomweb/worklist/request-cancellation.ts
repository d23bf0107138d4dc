import type { Context } from 'koa';
import { requestCancellation } from '../../archive/work-items/request-cancellation.ts';
import { principalOf } from '../../auth/authenticate.ts';
import type { DicomwebService } from '../service.ts';
import { readOptionalDataSet } from './body.ts';
import { aeTitleOf, answerEmpty, warning, workItemOf } from './names.ts';
import { CANCELLATION_REFUSALS, refusing } from './refusals.ts';

const LONGEST_AE_TITLE = 16;

/** Request Cancellation transaction (PS3.18 11.8): 202, whatever comes of it. */
export async function requestCancellationTransaction(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const sopInstanceUID = workItemOf(parameters);
  const requestingAE = requesterOf(context, parameters);
  const given = await readOptionalDataSet(context);
  const { outcome } = await refusing(context, service, CANCELLATION_REFUSALS, () =>
    requestCancellation(service.archive, { sopInstanceUID, requestingAE, given }),
  );
  answerEmpty(context, 202);
  if (outcome === 'already')
    context.set(
      'Warning',
      warning(context, service, 'The UPS is already in the requested state of CANCELED.'),
    );
}

/** Events name who asks by AE title (PS3.4 Table CC.2.4-1); a request that tells none is its user's. */
function requesterOf(context: Context, parameters: Readonly<Record<string, string>>): string {
  const told = parameters.requester ?? [context.query.requester ?? []].flat()[0];
  if (told !== undefined) return aeTitleOf(told, 'requester');
  return (principalOf(context)?.username ?? 'UNKNOWN').slice(0, LONGEST_AE_TITLE);
}
