import { Readable } from 'node:stream';
import type { Context } from 'koa';
import type { DataSet } from '../dicom/data-set.ts';
import { stringifyDataSet } from '../dicom/data-set-json.ts';
import { HttpError } from '../http/http-errors.ts';
import { type MediaRange, parseAccept } from '../http/media-type.ts';
import { makeBoundary, type OutgoingPart, writeMultipart } from '../http/multipart-writer.ts';

const EVERYTHING: MediaRange = { type: '*/*', parameters: {}, quality: 1 };

/** What the client takes, best first: from the `accept` query parameter (PS3.18 8.3.3.1), the Accept header, or anything. */
export function acceptedBy(context: Context): MediaRange[] {
  // The Standard's examples write `accept=application/dicom+json`, whose plus sign forms would take for a space.
  const fromQuery = [context.query.accept ?? []].flat().map((one) => one.replace(/ (?=json|xml)/g, '+'));
  const text = fromQuery.length > 0 ? fromQuery.join(',') : context.get('Accept');
  if (text === '') return [EVERYTHING];
  const ranges = parseAccept(text);
  if (!ranges) throw new HttpError(400, 'The Accept header holds no media range that can be read.');
  return ranges.filter(({ quality }) => quality > 0);
}

/** True where `range` takes `type`, parameters apart. */
export function takes(range: MediaRange, type: string): boolean {
  if (range.type === '*/*' || range.type === type) return true;
  return range.type.endsWith('/*') && type.startsWith(range.type.slice(0, -1));
}

/** PS3.18 8.7.4: 406 with what could be had. */
export function notAcceptable(available: readonly string[]): HttpError {
  return new HttpError(
    406,
    `Nothing that the Accept header takes can be given; available: ${available.join(' | ')}`,
  );
}

const JSON_TYPES = ['application/dicom+json', 'application/json'] as const;

/** The JSON type to answer with; throws a 406 where the client takes neither. */
export function jsonTypeFor(context: Context): string {
  for (const range of acceptedBy(context)) {
    const type = JSON_TYPES.find((candidate) => takes(range, candidate));
    if (type) return type;
  }
  throw notAcceptable(JSON_TYPES);
}

/** Enough to meet what fails at once: the head of a first part, and the first bytes in it. */
const READ_AHEAD_CHUNKS = 2;

/** Begins to read, so that a blob that is not there becomes an answer of its own and not a connection cut. */
async function begun(bytes: AsyncIterable<Uint8Array>): Promise<AsyncIterableIterator<Uint8Array>> {
  const iterator = bytes[Symbol.asyncIterator]();
  const ahead: IteratorResult<Uint8Array>[] = [];
  while (ahead.length < READ_AHEAD_CHUNKS && !ahead.at(-1)?.done) ahead.push(await iterator.next());
  const rest: AsyncIterableIterator<Uint8Array> = {
    [Symbol.asyncIterator]: () => rest,
    next: async () => ahead.shift() ?? (await iterator.next()),
    // Not a generator: one that never began would not pass the end on to what it holds open.
    return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
  };
  return rest;
}

/**
 * Streams `bytes` as the answer's body. Throws what they fail with at their beginning; when they fail half-way the connection is
 * cut: a short answer must not look whole.
 */
export async function sendStream(context: Context, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const body = Readable.from(await begun(bytes), { objectMode: false });
  body.once('error', () => context.res.destroy());
  context.status = 200;
  context.body = body;
}

/** Streams `parts` as multipart/related (PS3.18 8.6.1.2) of parts of `type`. */
export async function sendMultipart(
  context: Context,
  type: string,
  parts: AsyncIterable<OutgoingPart>,
): Promise<void> {
  const boundary = makeBoundary();
  await sendStream(context, writeMultipart(boundary, parts));
  context.set('Content-Type', `multipart/related; type="${type}"; boundary=${boundary}`);
}

export function sendDataSets(context: Context, type: string, dataSets: readonly DataSet[]): void {
  context.status = 200;
  context.body = `[${dataSets.map(stringifyDataSet).join(',')}]`;
  context.set('Content-Type', type);
}
