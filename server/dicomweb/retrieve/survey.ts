import type { Context } from 'koa';
import { encodingsOf, firstPossible } from '../../archive/retrieve/retrieve-given.ts';
import {
  findInstances,
  type InstanceLocation,
  type Scope,
  storedTransferSyntaxes,
} from '../../archive/retrieve/retrieve-instances.ts';
import type { HttpError } from '../../http/http-errors.ts';
import { notAcceptable } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { availableRanges, DICOM, type Proposal } from './transfer-syntax-choice.ts';

/** PS3.18 Table 10.4.3-1: 206 where some of what was asked for is not in the answer. */
export function answerPartially(context: Context): void {
  context.status = 206;
  context.set(
    'Warning',
    '299 isocenter "instances that cannot be had in an accepted transfer syntax are left out"',
  );
}

/** What was said of an answer that can't be given after all. */
export function forgetValidators(context: Context): void {
  context.remove('ETag');
  context.remove('Last-Modified');
}

/**
 * How much of `scope` can be given, found out before anything is sent: everything as it is stored, everything in some way, or some.
 * Throws a 406 where nothing can.
 */
export async function surveyed(
  service: DicomwebService,
  scope: Scope,
  proposals: (storedUID: string) => Iterable<Proposal>,
): Promise<'as-stored' | 'all' | 'some'> {
  const stored = await storedTransferSyntaxes(service.archive, scope);
  const firsts = stored.map((uid) => [...proposals(uid)][0]);
  if (firsts.every((first) => first?.asStored)) return 'as-stored';
  let possible = false;
  let refused: InstanceLocation | undefined;
  for await (const instance of findInstances(service.archive, scope)) {
    if (possible && refused) break;
    if (await firstPossible(service.archive, instance, proposals(instance.transferSyntaxUID)))
      possible = true;
    else refused ??= instance;
  }
  if (refused && !possible) throw await refusal(service, refused);
  return refused ? 'some' : 'all';
}

/** PS3.18 8.7.8.1: 406 with the transfer syntaxes in which the instance could be had. `reason`: what is damaged in its pixel data. */
export async function refusal(
  service: DicomwebService,
  instance: InstanceLocation,
  reason?: string,
): Promise<HttpError> {
  // What is damaged can be had as it is stored only.
  const uids =
    reason === undefined ? await encodingsOf(service.archive, instance) : [instance.transferSyntaxUID];
  return notAcceptable(
    availableRanges(uids, () => DICOM),
    reason,
  );
}
