import { createHash, hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Context } from 'koa';
import type { ByteCache } from '../archive/byte-cache.ts';
import { memoryForShort } from '../archive/short-bytes.ts';
import type { DataSet } from '../dicom/data-set.ts';
import { stringifyDataSet } from '../dicom/models/data-set-json.ts';
import { dataSetAsXml } from '../dicom/models/data-set-xml.ts';
import { requestedRange } from '../http/byte-range.ts';
import { isUnchanged } from '../http/conditional.ts';
import {
  makeBoundary,
  multipartEnd,
  type OutgoingPart,
  partHead,
  writeMultipart,
} from '../http/multipart-writer.ts';
import { type DataSetForm, XML_TYPE } from './negotiation.ts';
import { PartsBody, type StoredPart } from './parts-body.ts';

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
 * cut: a short answer must not look whole. The answer to HEAD has no body; nothing is read for it.
 */
export async function sendStream(context: Context, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  context.status = 200;
  if (context.method === 'HEAD') return;
  const body = Readable.from(await begun(bytes), { objectMode: false });
  body.once('error', () => context.res.destroy());
  context.body = body;
}

/** A representation of known length, any part of which can be read. */
export interface SizedContent {
  /** Media type, with its parameters. */
  type: string;
  sizeBytes: number;
  /** The bytes `start` to `endExclusive`, counted from 0. */
  read(range: { start: number; endExclusive: number }): AsyncIterable<Uint8Array>;
}

/** Streams `content` or, where a Range header asks for it, a part of it as a 206 (RFC 9110 14). Set the ETag before. */
export async function sendSized(context: Context, content: SizedContent): Promise<void> {
  const { sizeBytes } = content;
  context.set('Accept-Ranges', 'bytes');
  const asked = requestedRange(context, sizeBytes);
  const range = asked ?? { start: 0, endExclusive: sizeBytes };
  await sendStream(context, content.read(range));
  context.set('Content-Type', content.type);
  context.set('Content-Length', String(range.endExclusive - range.start));
  // Compressed on the way out, offsets would count other bytes.
  context.compress = false;
  if (!asked) return;
  context.status = 206;
  context.set('Content-Range', `bytes ${range.start}-${range.endExclusive - 1}/${sizeBytes}`);
}

/** Streams `parts` as multipart/related (PS3.18 8.6.1.2) of parts of `type`. */
export async function sendMultipart(
  context: Context,
  type: string,
  parts: AsyncIterable<OutgoingPart> | Iterable<OutgoingPart>,
): Promise<void> {
  const boundary = boundaryOf(context);
  await sendStream(context, writeMultipart(boundary, parts));
  context.set('Content-Type', `multipart/related; type="${type}"; boundary=${boundary}`);
}

/** A short body, or part of one, whose length is known before it is read. */
export interface ShortBody {
  headers: OutgoingPart['headers'];
  sizeBytes: number;
  /** Fills `target`, which has that size. */
  readInto(target: Uint8Array): Promise<void>;
}

/** Kept answers under way at once: of those that the cache gives up meanwhile no more than 16 MiB stay in memory (law 4). */
const MOST_KEPT_UNDER_WAY = 16;
let keptUnderWay = 0;

/**
 * Answers at one go with `parts`, as multipart/related of parts of `type` or, where there is no `type`, with the bytes of the only one:
 * read into one piece of memory and written from there or, where they are asked for often, from `cache`. Its ETag, which tells it from
 * every other, is set. False, with nothing done, where that would take too much memory.
 */
export async function sentShort(
  context: Context,
  cache: ByteCache,
  type: string | undefined,
  parts: readonly ShortBody[],
): Promise<boolean> {
  // Of an answer that was closed nobody would tell us the end.
  if (context.method === 'HEAD' || context.res.closed) return false;
  const boundary = type === undefined ? '' : boundaryOf(context);
  const key = `short\0${context.res.getHeader('ETag')}`;
  const kept = keptUnderWay < MOST_KEPT_UNDER_WAY ? cache.get(key) : undefined;
  if (kept) {
    keptUnderWay += 1;
    context.res.once('close', () => {
      keptUnderWay -= 1;
    });
    sendShort(context, type, boundary, kept);
    return true;
  }
  const heads = parts.map(({ headers }, i) =>
    type === undefined ? '' : partHead(boundary, headers, i === 0),
  );
  const end = type === undefined ? '' : multipartEnd(boundary);
  const sizeBytes = parts.reduce(
    (sum, part, i) => sum + (heads[i]?.length ?? 0) + part.sizeBytes,
    end.length,
  );
  const held = memoryForShort(sizeBytes, context.req.socket);
  if (!held) return false;
  const { memory, giveBack } = held;
  const filled = fill(memory, parts, heads, end);
  // The client may leave while the store still writes into it: nobody else may have it before that has ended too.
  context.res.once('close', () => void filled.then(giveBack, giveBack));
  await filled;
  cache.keepIfOftenAsked(key, memory);
  sendShort(context, type, boundary, memory);
  return true;
}

function sendShort(context: Context, type: string | undefined, boundary: string, body: Buffer): void {
  context.status = 200;
  context.body = body;
  if (type !== undefined)
    context.set('Content-Type', `multipart/related; type="${type}"; boundary=${boundary}`);
}

/** As `sendMultipart`, of parts some of which are given as they are stored. */
export async function sendStoredParts(
  context: Context,
  type: string,
  parts: AsyncIterable<StoredPart>,
): Promise<void> {
  const boundary = boundaryOf(context);
  context.status = 200;
  if (context.method !== 'HEAD') {
    const body = new PartsBody(boundary, parts, context.req.socket);
    await body.begin();
    body.once('error', () => context.res.destroy());
    context.body = body;
  }
  context.set('Content-Type', `multipart/related; type="${type}"; boundary=${boundary}`);
}

async function fill(
  memory: Buffer,
  parts: readonly ShortBody[],
  heads: readonly string[],
  end: string,
): Promise<void> {
  let at = 0;
  for (const [i, part] of parts.entries()) {
    at += memory.write(heads[i] ?? '', at, 'latin1');
    await part.readInto(memory.subarray(at, at + part.sizeBytes));
    at += part.sizeBytes;
  }
  memory.write(end, at, 'latin1');
}

/**
 * A strong ETag promises the same bytes, so what bears one has its boundary from it. Nobody can store an object that holds the
 * boundary of its own answer: the tag digests the object.
 */
function boundaryOf(context: Context): string {
  const etag = context.res.getHeader('ETag');
  if (typeof etag !== 'string') return makeBoundary();
  const digest = createHash('sha256').update('boundary').update(etag).digest('hex');
  return `isocenter-${digest.slice(0, 32)}`;
}

/**
 * Sets the validators of an answer that is made of `parts` (the state of what it shows, the form it is given in). True where the
 * client's copy is current; the answer is complete then. `isText`: it may be compressed on the way out.
 */
export function answeredUnchanged(
  context: Context,
  parts: readonly string[],
  lastModified?: Date,
  isText = false,
): boolean {
  const digest = hash('sha256', parts.map((part) => `${part}\0`).join(''), 'base64url');
  return isUnchanged(context, { etag: digest.slice(0, 27), lastModified, isText });
}

/** Answers with `dataSets` in the form that was negotiated. */
export async function sendDataSets(
  context: Context,
  form: DataSetForm,
  dataSets: AsyncIterable<DataSet> | Iterable<DataSet>,
): Promise<void> {
  if (form.form === 'xml-parts') {
    // Text, which the type multipart/related does not tell.
    context.compress = true;
    return sendMultipart(context, XML_TYPE, xmlParts(dataSets));
  }
  if (form.form === 'json' && Array.isArray(dataSets))
    return sendText(context, form.type, `[${dataSets.map(stringifyDataSet).join(',')}]`);
  const isJson = form.form === 'json';
  await sendStream(context, isJson ? jsonArray(dataSets) : xmlDocument(dataSets));
  context.set('Content-Type', isJson ? form.type : XML_TYPE);
}

/** What is in memory already goes at once, with its length. */
function sendText(context: Context, type: string, text: string): void {
  context.status = 200;
  context.body = text;
  context.set('Content-Type', type);
}

async function* jsonArray(dataSets: AsyncIterable<DataSet> | Iterable<DataSet>): AsyncGenerator<Uint8Array> {
  let lead = '[';
  for await (const dataSet of dataSets) {
    yield Buffer.from(lead + stringifyDataSet(dataSet));
    lead = ',';
  }
  yield Buffer.from(lead === '[' ? '[]' : ']');
}

async function* xmlParts(dataSets: AsyncIterable<DataSet> | Iterable<DataSet>): AsyncGenerator<OutgoingPart> {
  for await (const dataSet of dataSets)
    yield { headers: { 'Content-Type': XML_TYPE }, body: xmlBytes(dataSet) };
}

async function* xmlDocument(
  dataSets: AsyncIterable<DataSet> | Iterable<DataSet>,
): AsyncGenerator<Uint8Array> {
  for await (const dataSet of dataSets) yield* xmlBytes(dataSet);
}

/** Between so many pieces others get their turn: a fast client never makes the writer wait. */
const PIECES_AT_ONCE = 8;

async function* xmlBytes(dataSet: DataSet): AsyncGenerator<Uint8Array> {
  let pieces = 0;
  for (const text of dataSetAsXml(dataSet)) {
    yield Buffer.from(text);
    pieces += 1;
    if (pieces % PIECES_AT_ONCE === 0) await othersTurn();
  }
}
