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
  let lead = '';
  for await (const { headers, body } of parts) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    yield Buffer.from(`${lead}--${boundary}\r\n${lines.join('')}\r\n`, 'latin1');
    yield* body;
    lead = '\r\n';
  }
  yield Buffer.from(`${lead}--${boundary}--\r\n`, 'latin1');
}
