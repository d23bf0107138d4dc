import type { Context } from 'koa';
import { FILTERED_GLOBAL_SUBSCRIPTION_UID } from '../../archive/work-items/events.ts';
import {
  type Subscription,
  subscribe,
  suspendSubscription,
  unsubscribe,
} from '../../archive/work-items/subscribe.ts';
import { HttpError } from '../../http/http-errors.ts';
import { parseSearchQuery, type SearchQuery } from '../search/search-query.ts';
import type { DicomwebService } from '../service.ts';
import { rootUrl } from '../uri.ts';
import { aeTitleOf, answerEmpty, workItemOf } from './names.ts';
import { refusing } from './refusals.ts';

function subscriptionOf(parameters: Readonly<Record<string, string>>): Subscription {
  return {
    sopInstanceUID: workItemOf(parameters),
    aeTitle: aeTitleOf(parameters.aetitle ?? '', 'subscriber in the URL'),
  };
}

/** Subscribe transaction (PS3.18 11.10): 201, and the WebSocket on which the events come. */
export async function subscribeTransaction(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const subscription = subscriptionOf(parameters);
  const isFiltered = subscription.sopInstanceUID === FILTERED_GLOBAL_SUBSCRIPTION_UID;
  const deletionLock = deletionLockOf(context);
  const filter = isFiltered ? filterOf(context) : [];
  await refusing(context, service, {}, () =>
    subscribe(service.archive, subscription, { deletionLock, filter }),
  );
  answerEmpty(context, 201);
  const channel = channelUrl(context, service, subscription.aeTitle);
  // Other archives' clients look for it in Location.
  context.set({ 'Content-Location': channel, Location: channel });
}

/** PS3.18 Table 11.10.3-2: with the WebSocket protocol. */
function channelUrl(context: Context, service: DicomwebService, aeTitle: string): string {
  const root = rootUrl(context, service.publicUrl).replace(/^http/, 'ws');
  return `${root}/ws/subscribers/${encodeURIComponent(aeTitle)}`;
}

function deletionLockOf(context: Context): boolean {
  const [lock = 'false'] = [context.query.deletionlock ?? []].flat();
  if (lock !== 'true' && lock !== 'false') throw new HttpError(400, 'deletionlock must be true or false.');
  return lock === 'true';
}

/**
 * The filter as editions of the Standard write it: keys and values of the query, or (11.10.1.2) a comma-separated list of them as
 * `filter`.
 */
function filterOf(context: Context): SearchQuery['criteria'] {
  const keys = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(context.querystring)) {
    if (name.toLowerCase() === 'deletionlock') continue;
    if (name.toLowerCase() !== 'filter') keys.append(name, value);
    else for (const [key, one] of pairsOf(value)) keys.append(key, one);
  }
  const query = parseSearchQuery(keys.toString());
  if (query.fuzzyMatching || query.zoneMinutes !== undefined)
    throw new HttpError(400, 'Filters match literally; write offsets from UTC in the date-times.');
  return query.criteria;
}

/** `ProcedureStepState=SCHEDULED,StudyInstanceUID=1.2,1.3`: what follows a comma without a key goes on with the value before. */
function pairsOf(list: string): [string, string][] {
  const pairs: [string, string][] = [];
  for (const part of list.split(',')) {
    const equals = part.indexOf('=');
    const last = pairs.at(-1);
    if (equals > 0) pairs.push([part.slice(0, equals).trim(), part.slice(equals + 1)]);
    else if (last) last[1] += `,${part}`;
    else throw new HttpError(400, 'filter must be attribute=value pairs, parted by commas.');
  }
  return pairs;
}

/** Unsubscribe transaction (PS3.18 11.11). */
export async function unsubscribeTransaction(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  await refusing(context, service, {}, () => unsubscribe(service.archive, subscriptionOf(parameters)));
  answerEmpty(context, 200);
}

/** Suspend Global Subscription transaction (PS3.18 11.12). */
export async function suspendTransaction(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  await refusing(context, service, {}, () =>
    suspendSubscription(service.archive, subscriptionOf(parameters)),
  );
  answerEmpty(context, 200);
}
