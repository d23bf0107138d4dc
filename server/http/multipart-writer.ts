import { randomBytes } from 'node:crypto';

export interface OutgoingPart {
  /** Name -> value, written in this order. */
  headers: Readonly<Record<string, string>>;
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** 128 random bits: no pixel data holds it by chance, and nobody who stores can foresee it. */
export function makeBoundary(): string {
  return `isocenter-${randomBytes(16).toString('hex')}`;
}

/** The bytes of a multipart body (RFC 2046 5.1.1). Ending the iteration early ends that of the part being written. */
export async function* writeMultipart(
  boundary: string,
  parts: AsyncIterable<OutgoingPart> | Iterable<OutgoingPart>,
): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const { headers, body } of parts) {
    yield Buffer.from(partHead(boundary, headers, isFirst), 'latin1');
    yield* body;
    isFirst = false;
  }
  yield Buffer.from(multipartEnd(boundary, isFirst), 'latin1');
}

/** What stands before the body of a part, in ISO 8859-1. */
export function partHead(boundary: string, headers: OutgoingPart['headers'], isFirst: boolean): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${isFirst ? '' : '\r\n'}--${boundary}\r\n${lines.join('')}\r\n`;
}

/** What stands behind the body of the last part; `isEmpty`: there was none. */
export function multipartEnd(boundary: string, isEmpty = false): string {
  return `${isEmpty ? '' : '\r\n'}--${boundary}--\r\n`;
}
