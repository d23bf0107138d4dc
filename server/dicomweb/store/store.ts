import type { Context } from 'koa';
import { type Storing, storeInstance } from '../../archive/store-instance.ts';
import type { StoreOutcome } from '../../archive/store-outcome.ts';
import { stringifyDataSet } from '../../dicom/data-set-json.ts';
import { HttpError, MultipartError } from '../../http/http-errors.ts';
import { mediaTypeOf } from '../../http/media-type.ts';
import { type MultipartPart, readMultipart } from '../../http/multipart-reader.ts';
import { requestBody } from '../../http/request-body.ts';
import { jsonTypeFor } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { rootUrl, scopeOf } from '../uri.ts';
import { storeResponse } from './store-response.ts';

/** Instances whose bytes were read, whose commit is awaited while the next ones are read. */
const AWAITED_AT_ONCE = 32;

/** Store transaction (PS3.18 10.5): instances to any study or, where the URI names one, to that alone. */
export async function store(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const answerType = jsonTypeFor(context);
  const { studyInstanceUID } = scopeOf(parameters);
  const aborted = abortSignalOf(context);
  const start = (content: AsyncIterable<Uint8Array>) =>
    storeInstance(service.archive, {
      content,
      studyInstanceUID: studyInstanceUID || undefined,
      signal: aborted,
    });
  const outcomes = await storeAll(instancesOf(context), start);
  const { status, dataSet } = storeResponse(
    outcomes,
    rootUrl(context, service.publicUrl),
    studyInstanceUID || undefined,
  );
  context.status = status;
  context.body = stringifyDataSet(dataSet);
  context.set('Content-Type', answerType);
}

/** Aborted when the client goes away: what is half stored is discarded. */
function abortSignalOf(context: Context): AbortSignal {
  const controller = new AbortController();
  context.req.once('close', () => {
    if (!context.req.complete) controller.abort(new HttpError(400, 'The client went away.'));
  });
  return controller.signal;
}

/** The bodies of the request, one an instance; or, for a part of another media type, why it is refused. */
async function* instancesOf(context: Context): AsyncGenerator<AsyncIterable<Uint8Array> | StoreOutcome> {
  const contentType = mediaTypeOf(context.get('Content-Type'));
  const encoding = context.get('Content-Encoding');
  if (encoding !== '' && encoding !== 'identity') {
    throw new HttpError(
      415,
      `Content-Encoding ${JSON.stringify(encoding)} is not taken; send the body as it is.`,
    );
  }
  if (contentType?.type === 'application/dicom') {
    yield requestBody(context);
    return;
  }
  const { boundary, type = 'application/dicom' } = contentType?.parameters ?? {};
  if (contentType?.type !== 'multipart/related' || type.toLowerCase() !== 'application/dicom') {
    throw new HttpError(
      415,
      'Instances are taken as multipart/related; type="application/dicom", or one as application/dicom.',
    );
  }
  // RFC 2046 5.1.1: 1 to 70 characters.
  if (!boundary || boundary.length > 70)
    throw new HttpError(400, 'The Content-Type has no usable boundary parameter.');
  for await (const part of readMultipart(requestBody(context), boundary)) yield instanceOfPart(part);
}

function instanceOfPart({ headers, body }: MultipartPart): AsyncIterable<Uint8Array> | StoreOutcome {
  const given = headers['content-type'];
  const type = mediaTypeOf(given)?.type;
  if (given === undefined || type === 'application/dicom') return body;
  return {
    kind: 'failed',
    failure: 'cannot-understand',
    detail: 'the part is not of type application/dicom',
    sopClassUID: undefined,
    sopInstanceUID: undefined,
  };
}

/** Law 5: one bad instance never fails its neighbours. A body that breaks off fails what was not read; the rest stands. */
async function storeAll(
  instances: AsyncIterable<AsyncIterable<Uint8Array> | StoreOutcome>,
  start: (content: AsyncIterable<Uint8Array>) => Storing,
): Promise<StoreOutcome[]> {
  const outcomes: Promise<StoreOutcome>[] = [];
  try {
    for await (const instance of instances) {
      if ('kind' in instance) {
        outcomes.push(Promise.resolve(instance));
        continue;
      }
      const storing = start(instance);
      // Awaited below; meanwhile a rejection is nobody's surprise.
      storing.outcome.catch(() => undefined);
      outcomes.push(storing.outcome);
      await storing.consumed;
      await outcomes.at(-AWAITED_AT_ONCE);
    }
  } catch (error) {
    if (!(error instanceof MultipartError) || outcomes.length === 0) throw error;
    return [
      ...(await Promise.all(outcomes.map((outcome) => outcome.catch(brokenOff)))),
      brokenOff(error),
    ].filter(once());
  }
  if (outcomes.length === 0) throw new HttpError(400, 'The request holds no instance.');
  return Promise.all(outcomes);
}

const BROKEN_OFF = 'the multipart body ends before its closing boundary';

function brokenOff(error: unknown): StoreOutcome {
  if (!(error instanceof MultipartError)) throw error;
  return {
    kind: 'failed',
    failure: 'cannot-understand',
    detail: BROKEN_OFF,
    sopClassUID: undefined,
    sopInstanceUID: undefined,
  };
}

/** The part that was cut and the body that was cut are one failure. */
function once(): (outcome: StoreOutcome) => boolean {
  let seen = false;
  return (outcome) => {
    if (outcome.kind !== 'failed' || outcome.detail !== BROKEN_OFF) return true;
    const first = !seen;
    seen = true;
    return first;
  };
}
