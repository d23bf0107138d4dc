import { MultipartError } from './http-errors.ts';

/** One body part. `body` is read once, before the next part is asked for; what is left of it is skipped then. */
export interface MultipartPart {
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: AsyncIterable<Uint8Array>;
}

export interface MultipartLimits {
  /** Bytes of one part's header block. */
  headerBytes: number;
  /** Bytes before the first boundary. */
  preambleBytes: number;
  parts: number;
}

export const MULTIPART_LIMITS: MultipartLimits = {
  headerBytes: 16 * 1024,
  preambleBytes: 64 * 1024,
  parts: 100_000,
};

const CARRIAGE_RETURN = 13;
const CRLF = Buffer.from('\r\n');
const HEADER_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

/**
 * Splits a multipart body (RFC 2046 5.1) into its parts as it streams by, under backpressure: no part is ever whole in memory.
 * Takes parts without headers, white space after a boundary, a preamble and an epilogue. Throws a `MultipartError` when the
 * body ends before its closing boundary, or past a limit.
 */
export async function* readMultipart(
  source: AsyncIterable<Uint8Array>,
  boundary: string,
  limits: MultipartLimits = MULTIPART_LIMITS,
): AsyncGenerator<MultipartPart> {
  const iterator = source[Symbol.asyncIterator]();
  const reader = new BoundaryReader(iterator, boundary);
  try {
    await reader.skipToBoundary(limits.preambleBytes);
    for (let count = 1; await reader.boundaryBeginsPart(); count += 1) {
      if (count > limits.parts) throw new MultipartError(`more than ${limits.parts} parts`, 413);
      const headers = parseHeaders(await reader.readHeaderBlock(limits.headerBytes));
      yield { headers, body: { [Symbol.asyncIterator]: () => ({ next: () => reader.nextOfBody() }) } };
      await reader.skipToBoundary(Number.POSITIVE_INFINITY);
    }
  } finally {
    await iterator.return?.();
  }
}

function parseHeaders(block: Buffer): Record<string, string> {
  const headers: Record<string, string> = {};
  // RFC 5322 2.2.3: a line that begins with white space goes on with the one before.
  for (const line of block
    .toString('latin1')
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

class BoundaryReader {
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #delimiter: Buffer;
  // The first boundary needs no line end before it: as if one had been there.
  #buffer: Buffer = CRLF;
  #ended = false;
  #atBoundary = false;

  constructor(iterator: AsyncIterator<Uint8Array>, boundary: string) {
    this.#iterator = iterator;
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  async #fill(): Promise<boolean> {
    if (this.#ended) return false;
    const { value, done } = await this.#iterator.next();
    if (done) {
      this.#ended = true;
      return false;
    }
    const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    return true;
  }

  /** The next bytes of the body before the boundary; done when it has been reached. */
  async nextOfBody(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      if (this.#atBoundary) return { done: true, value: undefined };
      const found = this.#buffer.indexOf(this.#delimiter);
      if (found >= 0) {
        const body = this.#buffer.subarray(0, found);
        this.#buffer = this.#buffer.subarray(found + this.#delimiter.length);
        this.#atBoundary = true;
        if (body.length > 0) return { done: false, value: body };
        continue;
      }
      const sure = this.#beginOfBoundary();
      if (sure > 0) {
        const body = this.#buffer.subarray(0, sure);
        this.#buffer = this.#buffer.subarray(sure);
        return { done: false, value: body };
      }
      if (!(await this.#fill()))
        throw new MultipartError('the multipart body ends before its closing boundary');
    }
  }

  /** Where a boundary may begin that ends in the next chunk; else the end of the buffer, so that nothing need be copied. */
  #beginOfBoundary(): number {
    const { length } = this.#buffer;
    let at = this.#buffer.indexOf(CARRIAGE_RETURN, Math.max(0, length - this.#delimiter.length + 1));
    while (at >= 0 && this.#buffer.compare(this.#delimiter, 0, length - at, at) !== 0)
      at = this.#buffer.indexOf(CARRIAGE_RETURN, at + 1);
    return at < 0 ? length : at;
  }

  async skipToBoundary(mostBytes: number): Promise<void> {
    let skipped = 0;
    for (let next = await this.nextOfBody(); !next.done; next = await this.nextOfBody()) {
      skipped += next.value.length;
      if (skipped > mostBytes) throw new MultipartError(`no boundary in the first ${mostBytes} bytes`);
    }
  }

  /** After a boundary: true before a part, false after the closing one, whose epilogue is skipped. */
  async boundaryBeginsPart(): Promise<boolean> {
    while (this.#buffer.length < 2 && (await this.#fill()));
    if (this.#buffer.subarray(0, 2).toString('latin1') === '--') {
      this.#buffer = NOTHING;
      while (await this.#fill()) this.#buffer = NOTHING;
      return false;
    }
    const padding = await this.#readThrough(CRLF, 128, 'white space after a boundary');
    if (!/^[ \t]*$/.test(padding.toString('latin1')))
      throw new MultipartError('something other than white space follows a boundary');
    this.#atBoundary = false;
    return true;
  }

  /** The header lines, without the empty line that ends them; empty where the part has none. */
  async readHeaderBlock(mostBytes: number): Promise<Buffer> {
    while (this.#buffer.length < 2 && (await this.#fill()));
    if (!this.#buffer.subarray(0, 2).equals(CRLF))
      return this.#readThrough(HEADER_END, mostBytes, "a part's headers");
    // Neither headers nor body: this line end belongs to the next boundary.
    while (this.#buffer.length < this.#delimiter.length && (await this.#fill()));
    if (!this.#buffer.subarray(0, this.#delimiter.length).equals(this.#delimiter))
      this.#buffer = this.#buffer.subarray(2);
    return NOTHING;
  }

  async #readThrough(end: Buffer, mostBytes: number, what: string): Promise<Buffer> {
    for (;;) {
      const found = this.#buffer.indexOf(end);
      if (found > mostBytes || (found < 0 && this.#buffer.length > mostBytes)) {
        throw new MultipartError(`${what} take more than ${mostBytes} bytes`, 413);
      }
      if (found >= 0) {
        const bytes = this.#buffer.subarray(0, found);
        this.#buffer = this.#buffer.subarray(found + end.length);
        return bytes;
      }
      if (!(await this.#fill()))
        throw new MultipartError('the multipart body ends before its closing boundary');
    }
  }
}
