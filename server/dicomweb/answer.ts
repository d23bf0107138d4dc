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
  const fromQuery = context.query.accept;
  const text = (Array.isArray(fromQuery) ? fromQuery.join(',') : fromQuery) ?? context.get('Accept');
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

/** Streams `bytes` as the answer's body. When they fail half-way the connection is cut: a short answer must not look whole. */
export function sendStream(context: Context, bytes: AsyncIterable<Uint8Array>): void {
  const body = Readable.from(bytes, { objectMode: false });
  body.once('error', () => context.res.destroy());
  context.status = 200;
  context.body = body;
}

/** Streams `parts` as multipart/related (PS3.18 8.6.1.2) of parts of `type`. */
export function sendMultipart(context: Context, type: string, parts: AsyncIterable<OutgoingPart>): void {
  const boundary = makeBoundary();
  sendStream(context, writeMultipart(boundary, parts));
  context.set('Content-Type', `multipart/related; type="${type}"; boundary=${boundary}`);
}

export function sendDataSets(context: Context, type: string, dataSets: readonly DataSet[]): void {
  context.status = 200;
  context.body = `[${dataSets.map(stringifyDataSet).join(',')}]`;
  context.set('Content-Type', type);
}
