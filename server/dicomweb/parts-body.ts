import { Readable, type Writable } from 'node:stream';
import { memoryForShort } from '../archive/short-bytes.ts';
import { multipartEnd, type OutgoingPart, partHead } from '../http/multipart-writer.ts';

/** A part that may be short enough to be read into memory at one go. */
export interface StoredPart extends OutgoingPart {
  stored?: {
    sizeBytes: number;
    /** Fills `target`, which has that size, with what `body` would give. */
    readInto(target: Uint8Array): Promise<void>;
  };
}

interface Prepared {
  /** What is written first: the whole part, or what stands before its body. */
  bytes: Uint8Array;
  /** What else is written. */
  rest: AsyncGenerator<Uint8Array> | undefined;
  /** To be called when `bytes` is no longer needed. */
  giveBack(): void;
}

/** One part is written while the next is read. */
const MOST_IN_MEMORY = 2;

/**
 * The body of an answer in parts, to be piped. Short parts share memory that is used again, as streaming would need new memory for all
 * their bytes; while one is written the next is read.
 */
export class PartsBody extends Readable {
  readonly #boundary: string;
  readonly #parts: AsyncIterator<StoredPart>;
  readonly #connection: object;
  #isFirst = true;
  #prepared: Prepared | undefined;

  /** `connection`: what the body is to be written to, in the end. */
  constructor(boundary: string, parts: AsyncIterable<StoredPart>, connection: object) {
    super();
    this.#boundary = boundary;
    this.#parts = parts[Symbol.asyncIterator]();
    this.#connection = connection;
  }

  /** Reads the first part, so that what fails at once becomes an answer of its own. To be called before anything else. */
  async begin(): Promise<void> {
    this.#prepared = await this.#next(1);
  }

  override pipe<T extends NodeJS.WritableStream>(destination: T): T {
    this.#writeTo(destination as unknown as Writable).then(
      () => {
        if (!this.destroyed) destination.end();
      },
      (error: Error) => this.destroy(error),
    );
    return destination;
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#drop();
    // Not awaited: what is read ends in its own time.
    this.#parts.return?.().catch(() => undefined);
    callback(error);
  }

  async #writeTo(destination: Writable): Promise<void> {
    for (let part = this.#take(); part; part = this.#take()) {
      const written = write(destination, part.bytes).finally(part.giveBack);
      // Of both the first fault counts; the other is nobody's surprise.
      written.catch(() => undefined);
      if (part.rest) {
        try {
          await written;
          for await (const chunk of part.rest) await write(destination, chunk);
        } finally {
          // Where nothing of it was asked for it would not end by itself, nor close what it reads.
          part.rest.return(undefined).catch(() => undefined);
        }
      }
      this.#prepared = await this.#next(MOST_IN_MEMORY);
      if (this.destroyed) return this.#drop();
      await written;
    }
    await write(destination, Buffer.from(multipartEnd(this.#boundary, this.#isFirst), 'latin1'));
  }

  #take(): Prepared | undefined {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    return prepared;
  }

  #drop(): void {
    const prepared = this.#take();
    prepared?.giveBack();
    prepared?.rest?.return(undefined).catch(() => undefined);
  }

  async #next(mostInMemory: number): Promise<Prepared | undefined> {
    const { done, value: part } = await this.#parts.next();
    if (done) return undefined;
    const head = Buffer.from(partHead(this.#boundary, part.headers, this.#isFirst), 'latin1');
    this.#isFirst = false;
    const sizeBytes = head.length + (part.stored?.sizeBytes ?? 0);
    const held = part.stored && memoryForShort(sizeBytes, this.#connection, mostInMemory);
    if (part.stored && held) {
      head.copy(held.memory);
      try {
        await part.stored.readInto(held.memory.subarray(head.length));
      } catch (error) {
        held.giveBack();
        throw error;
      }
      return { bytes: held.memory, rest: undefined, giveBack: held.giveBack };
    }
    const body = iteratorOf(part.body);
    const first = await body.next();
    return {
      bytes: first.done ? head : Buffer.concat([head, first.value]),
      rest: first.done ? undefined : body,
      giveBack: () => undefined,
    };
  }
}

async function* iteratorOf(bytes: OutgoingPart['body']): AsyncGenerator<Uint8Array> {
  yield* bytes;
}

/** Resolves when the bytes are with the system; they may change then. Rejects, at the latest, when the destination closes. */
function write(destination: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(new Error('the client went away'));
    destination.once('close', onClose);
    destination.write(bytes, (error) => {
      destination.off('close', onClose);
      if (error) reject(error);
      else resolve();
    });
  });
}
