import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, type Zlib } from 'node:zlib';
import { HttpError } from './http-errors.ts';

/** What a request's body may be compressed with, as its `Content-Encoding` names it. */
export const CONTENT_ENCODINGS = ['gzip', 'deflate', 'br'] as const;

/** So many bytes come out whatever the ratio; images that are all black shrink to next to nothing. */
const FREE_BYTES = 64 * 2 ** 20;
/** Bytes out per byte in, beyond that. Real studies stay below 50. */
const MOST_RATIO = 200;

/**
 * The body without its Content-Encoding (RFC 9110 8.4), as it streams by. Throws a 415 for an encoding that is not taken, while reading a 400
 * for bytes that are not of it and a 413 where they grow as no real content does.
 */
export function decodedBody(
  body: AsyncIterable<Uint8Array>,
  contentEncoding: string,
): AsyncIterable<Uint8Array> {
  const encoding = contentEncoding.trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return body;
  const decoder = decoderOf(encoding);
  if (!decoder) {
    throw new HttpError(
      415,
      `Content-Encoding ${JSON.stringify(contentEncoding)} is not taken; one of ${CONTENT_ENCODINGS.join(', ')} is.`,
      { headers: { 'Accept-Encoding': CONTENT_ENCODINGS.join(', ') } },
    );
  }
  return inflated(body, decoder, encoding);
}

function decoderOf(encoding: string): (Transform & Zlib) | undefined {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  return encoding === 'br' ? createBrotliDecompress() : undefined;
}

async function* inflated(
  body: AsyncIterable<Uint8Array>,
  decoder: Transform & Zlib,
  encoding: string,
): AsyncGenerator<Uint8Array> {
  let sourceError: unknown;
  async function* source() {
    try {
      // Not yield*: what ends this generator must not be thrown into the request, which an answer is still to follow.
      for await (const chunk of body) yield chunk;
    } catch (error) {
      sourceError = error;
      throw error;
    }
  }
  // An error ends the decoder, and the loop below with it.
  pipeline(Readable.from(source(), { objectMode: false }), decoder, () => undefined);
  let sizeBytes = 0;
  try {
    for await (const chunk of decoder as AsyncIterable<Uint8Array>) {
      sizeBytes += chunk.length;
      if (sizeBytes > FREE_BYTES && sizeBytes > decoder.bytesWritten * MOST_RATIO)
        throw new HttpError(
          413,
          `The body grows to more than ${MOST_RATIO} times its size; send it as it is.`,
        );
      yield chunk;
    }
  } catch (error) {
    if (sourceError !== undefined) throw sourceError;
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, `The body is not ${encoding}, or ends too early.`, { cause: error });
  } finally {
    decoder.destroy();
  }
}
