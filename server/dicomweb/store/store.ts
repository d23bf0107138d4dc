import type { Context } from 'koa';
import { type Storing, storeInstance } from '../../archive/store/store-instance.ts';
import type { StoreOutcome } from '../../archive/store/store-outcome.ts';
import { noteForAudit } from '../../auth/audit-requests.ts';
import { HttpError, MultipartError } from '../../http/http-errors.ts';
import { dataSetFormFor } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { rootUrl, scopeOf } from '../uri.ts';
import { itemsOfMetadata, itemsOfParts } from './metadata-items.ts';
import { instancesOfParts, type StoreContent, type StoreItem, storeContentOf } from './store-content.ts';
import { couldNotUnderstand } from './store-failures.ts';
import { sendResponse, storeResponse } from './store-response.ts';

/** Instances whose bytes were read, whose commit is awaited while the next ones are read. */
const AWAITED_AT_ONCE = 32;

/** So many parts one after the other that are no instances: nobody will send one any more. */
const MOST_FAILURES = 1000;

/** Store transaction (PS3.18 10.5): instances to any study or, where the URI names one, to that alone. */
export async function store(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const form = dataSetFormFor(context, true);
  const { studyInstanceUID } = scopeOf(parameters);
  const study = studyInstanceUID || undefined;
  const root = rootUrl(context, service.publicUrl);
  const content = storeContentOf(context);
  const aborted = abortSignalOf(context);
  const start = (bytes: AsyncIterable<Uint8Array>, after: Storing | undefined) =>
    storeInstance(service.archive, { content: bytes, studyInstanceUID: study, signal: aborted, after });
  // Metadata is read to its end before its first instance is stored.
  const isRead = content.kind === 'metadata' || content.kind === 'metadata-and-bulk-data';
  const items = itemsOf(context, content, service.archive.scratchDirectory);
  const begun: Promise<StoreOutcome>[] = [];
  const outcomes = await storeAll(items, isRead, start, begun).catch(async (error: unknown) => {
    // Nobody is left to be told, or only what was wrong; some may be stored all the same.
    const settled = await Promise.allSettled(begun);
    const known = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    noteForAudit(context, auditNoteOf(known));
    throw error;
  });
  noteForAudit(context, auditNoteOf(outcomes));
  await sendResponse(context, form, storeResponse(outcomes, root, study));
}

const MOST_STUDIES_NOTED = 20;

/** For the audit trail: how many instances of which studies. */
function auditNoteOf(outcomes: readonly StoreOutcome[]) {
  const stored = outcomes.filter((outcome) => outcome.kind === 'stored');
  const studies = [...new Set(stored.map(({ studyInstanceUID }) => studyInstanceUID))];
  return {
    studyInstanceUID: studies.length === 1 ? studies[0] : undefined,
    detail: {
      stored: stored.length,
      failed: outcomes.length - stored.length,
      studies: studies.slice(0, MOST_STUDIES_NOTED),
    },
  };
}

/** Aborted when the client goes away: what is half stored is discarded. */
function abortSignalOf(context: Context): AbortSignal {
  const controller = new AbortController();
  context.req.once('close', () => {
    if (!context.req.complete) controller.abort(new HttpError(400, 'The client went away.'));
  });
  return controller.signal;
}

/** The instances of the request, or why one of them is none. */
function itemsOf(context: Context, content: StoreContent, scratchFolder: string): AsyncIterable<StoreItem> {
  if (content.kind === 'instances') return instancesOfParts(content.parts);
  if (content.kind === 'metadata') return itemsOfMetadata(content.body, content.form);
  if (content.kind === 'metadata-and-bulk-data')
    return itemsOfParts(content.parts, content.form, scratchFolder, context.href);
  return only(content.body);
}

async function* only<T>(one: T): AsyncGenerator<T> {
  yield one;
}

/**
 * Law 5: one bad instance never fails its neighbours. A body that breaks off fails what was not read; the rest stands. `outcomes` takes
 * those of all that were begun, also where this rejects.
 */
async function storeAll(
  items: AsyncIterable<StoreItem>,
  isRead: boolean,
  start: (content: AsyncIterable<Uint8Array>, after: Storing | undefined) => Storing,
  outcomes: Promise<StoreOutcome>[],
): Promise<StoreOutcome[]> {
  let before: Storing | undefined;
  let failures = 0;
  let gaveUp = false;
  const count = ({ kind }: StoreOutcome) => {
    failures = kind === 'failed' ? failures + 1 : 0;
  };
  try {
    for await (const item of items) {
      if (gaveUp) continue;
      if (failures >= MOST_FAILURES) {
        gaveUp = true;
        outcomes.push(Promise.resolve(couldNotUnderstand(GAVE_UP)));
        if (isRead) break;
        // What follows is read past: the client hears the answer only when it has sent all.
        continue;
      }
      if ('kind' in item) {
        count(item);
        outcomes.push(Promise.resolve(item));
        continue;
      }
      const storing = start(item, before);
      before = storing;
      // Awaited below; meanwhile a rejection is nobody's surprise.
      storing.outcome.then(count, () => undefined);
      outcomes.push(storing.outcome);
      await storing.consumed;
      await outcomes.at(-AWAITED_AT_ONCE);
    }
  } catch (error) {
    if (!(error instanceof MultipartError) || outcomes.length === 0) throw error;
    return [
      ...(await Promise.all(outcomes.map((outcome) => outcome.catch(brokenOff)))),
      brokenOff(error),
    ].filter(once(error.message));
  }
  if (outcomes.length === 0) throw new HttpError(400, 'The request holds no instance.');
  return Promise.all(outcomes);
}

const GAVE_UP = `${MOST_FAILURES} parts in a row were no instances; the rest was passed over`;

function brokenOff(error: unknown): StoreOutcome {
  if (!(error instanceof MultipartError)) throw error;
  return couldNotUnderstand(error.message);
}

/** The part that was cut and the body that was cut are one failure. */
function once(detail: string): (outcome: StoreOutcome) => boolean {
  let seen = false;
  return (outcome) => {
    if (outcome.kind !== 'failed' || outcome.detail !== detail) return true;
    const first = !seen;
    seen = true;
    return first;
  };
}
