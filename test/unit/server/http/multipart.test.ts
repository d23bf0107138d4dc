import { describe, expect, it } from 'vitest';
import { MultipartError } from '../../../../server/http/http-errors.ts';
import { MULTIPART_LIMITS, readMultipart } from '../../../../server/http/multipart-reader.ts';
import { makeBoundary, writeMultipart } from '../../../../server/http/multipart-writer.ts';

async function* inPieces(bytes: Buffer, at: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const end of [...at, bytes.length]) {
    if (end > start) yield bytes.subarray(start, end);
    start = end;
  }
}

async function readAll(
  source: AsyncIterable<Uint8Array>,
  boundary = 'B',
  limits = MULTIPART_LIMITS,
): Promise<{ headers: object; body: string }[]> {
  const parts = [];
  for await (const { headers, body } of readMultipart(source, boundary, limits)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(Uint8Array.from(chunk));
    parts.push({ headers, body: Buffer.concat(chunks).toString('latin1') });
  }
  return parts;
}

const text = (body: string) => Buffer.from(body, 'latin1');
const read = (body: string, limits = MULTIPART_LIMITS) => readAll(inPieces(text(body), []), 'B', limits);

const FULL =
  'pre\r\namble\r\n--B\r\nA: 1\r\nb:2\r\n\r\nfirst\r\n--\r\n-B \t\r\n--B \t\r\n\r\n\r\nsecond\r\r\n--B\r\nX: y\r\n\r\n\r\n--B--  \r\nepilogue\r\n--B\r\n';
const FULL_PARTS = [
  { headers: { a: '1', b: '2' }, body: 'first\r\n--\r\n-B \t' },
  { headers: {}, body: '\r\nsecond\r' },
  { headers: { x: 'y' }, body: '' },
];

describe('the multipart reader', () => {
  it('reads the same parts wherever the bytes are split', async () => {
    const bytes = text(FULL);
    expect(await read(FULL)).toEqual(FULL_PARTS);
    for (let i = 1; i < bytes.length; i += 1)
      expect(await readAll(inPieces(bytes, [i])), `split at ${i}`).toEqual(FULL_PARTS);
    for (let i = 1; i < bytes.length - 1; i += 3)
      expect(await readAll(inPieces(bytes, [i, i + 1])), `split at ${i} and ${i + 1}`).toEqual(FULL_PARTS);
    const each = Array.from({ length: bytes.length - 1 }, (_, i) => i + 1);
    expect(await readAll(inPieces(bytes, each))).toEqual(FULL_PARTS);
  });

  it('skips what is left of a part when the next one is asked for', async () => {
    const seen: string[] = [];
    for await (const { headers } of readMultipart(inPieces(text(FULL), [20, 40]), 'B'))
      seen.push(Object.keys(headers).join());
    expect(seen).toEqual(['a,b', '', 'x']);
  });

  it('hands bytes on before the part has ended', async () => {
    let ended = false;
    async function* slowly() {
      yield text(`--B\r\n\r\n${'x'.repeat(1000)}`);
      ended = true;
      yield text('\r\n--B--');
    }
    for await (const { body } of readMultipart(slowly(), 'B')) {
      const { value } = await body[Symbol.asyncIterator]().next();
      expect(value?.length).toBeGreaterThan(900);
      expect(ended).toBe(false);
    }
  });

  it.each([
    ['nothing', ''],
    ['no boundary', 'some text\r\n'],
    ['no end', '--B\r\nA: 1\r\n\r\nbody'],
    ['half an end', '--B\r\nA: 1\r\n\r\nbody\r\n--B'],
    ['half the headers', '--B\r\nA: 1'],
    ['something after a boundary', '--B\r\n\r\nbody\r\n--Bx\r\n'],
    ['an end of line feeds alone', '--B\n\nbody\n--B--\n'],
  ])('throws for %s', async (_, body) => {
    await expect(read(body)).rejects.toBeInstanceOf(MultipartError);
  });

  it.each([
    ['headers', '--B\r\nA: 12345678901234567890\r\n\r\n\r\n--B--', { headerBytes: 10 }, 413],
    ['the preamble', `${'x'.repeat(100)}\r\n--B--`, { preambleBytes: 10 }, 400],
    ['parts', '--B\r\n\r\n\r\n--B\r\n\r\n\r\n--B\r\n\r\n\r\n--B--', { parts: 2 }, 413],
  ])('throws when %s are more than the limit', async (_, body, limit, status) => {
    await expect(read(body, { ...MULTIPART_LIMITS, ...limit })).rejects.toMatchObject({ status });
  });

  it('passes on what the source throws', async () => {
    async function* broken() {
      yield text('--B\r\n\r\nbody');
      throw new Error('the cable');
    }
    await expect(readAll(broken())).rejects.toThrow('the cable');
  });

  it('ends the source when it is left early', async () => {
    let ended = false;
    async function* source() {
      try {
        yield text(FULL);
        yield text('more');
      } finally {
        ended = true;
      }
    }
    for await (const _ of readMultipart(source(), 'B')) break;
    expect(ended).toBe(true);
  });

  it('reads what the writer writes', async () => {
    const parts = ['', 'one', '\r\n--', '--', 'x'.repeat(200_000)].map((body) => ({
      headers: { 'Content-Type': 'a/b', 'Content-Location': 'u' },
      body: [text(body)],
    }));
    const boundary = makeBoundary();
    const read = await readAll(writeMultipart(boundary, parts), boundary);
    expect(read).toEqual(
      parts.map(({ body }) => ({
        headers: { 'content-type': 'a/b', 'content-location': 'u' },
        body: body[0]?.toString('latin1'),
      })),
    );
  });
});

describe('the multipart writer', () => {
  it('makes boundaries that RFC 2046 allows and nobody can foresee', () => {
    const boundaries = Array.from({ length: 100 }, makeBoundary);
    expect(new Set(boundaries).size).toBe(100);
    for (const boundary of boundaries) expect(boundary).toMatch(/^[\w-]{20,70}$/);
  });

  it('ends the body that it is writing when it is left early', async () => {
    let ended = false;
    async function* body() {
      try {
        yield text('a');
        yield text('b');
      } finally {
        ended = true;
      }
    }
    const written = writeMultipart('B', [{ headers: {}, body: body() }]);
    await written.next();
    await written.next();
    await written.return(undefined);
    expect(ended).toBe(true);
  });
});
