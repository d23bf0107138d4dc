import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import type { Piscina } from 'piscina';
import { ImagingError } from './imaging-errors.ts';
import type { TaskOutcome } from './imaging-task.ts';
import type * as tasks from './imaging-worker.ts';
import type { DecodedFrame, PixelFormat } from './pixel-format.ts';
import type { TranscodedFrame, TranscodeOptions } from './transcode.ts';

export interface ImagingPoolOptions {
  /** Threads at most; they start when they are needed, and end when idle. */
  threads?: number;
  /** Frames that may wait for a thread, beside those being worked on. */
  maxWaiting?: number;
  /** Compressed and native bytes that waiting and running frames may hold together; one alone may always be larger. */
  maxHeldBytes?: number;
  /** How long one frame may take once its turn has come. */
  timeoutMs?: number;
  /** After so long without work a thread ends, and gives back what memory its codecs took. */
  idleMs?: number;
  /** JavaScript memory of a thread; codecs have their own. */
  heapMiB?: number;
  /** Told when a thread died. */
  onFault?: (error: Error) => void;
}

export interface RunOptions {
  /** Ends the frame's turn or its waiting: whoever asked for it has left. */
  signal?: AbortSignal | undefined;
  /** What the waiting frame's input takes, where `task.bytes` doesn't tell. */
  heldBytes?: number;
  /** The thread gets the memory of `task.bytes` itself, not a copy: nobody here reads or writes them any more. */
  handOver?: boolean;
}

type Tasks = typeof tasks;
export type TaskName = {
  [Name in keyof Tasks]: Tasks[Name] extends (input: never) => Promise<TaskOutcome<object>> ? Name : never;
}[keyof Tasks];
export type TaskInput<Name extends TaskName> = Parameters<Tasks[Name]>[0];
export type TaskResult<Name extends TaskName> =
  Awaited<ReturnType<Tasks[Name]>> extends TaskOutcome<infer Result> ? Result : never;

interface Waiting {
  heldBytes: number;
  begin(): void;
}

const MEBIBYTE = 1024 * 1024;

/**
 * Decodes, transcodes and renders in worker threads: what a codec does to its thread stays there. No thread starts before it is needed.
 */
export class ImagingPool {
  readonly #options: Required<ImagingPoolOptions>;
  readonly #waiting = new Set<Waiting>();
  #running = 0;
  #heldBytes = 0;
  #piscina: Promise<Piscina> | undefined;
  #stopped = false;

  constructor(options: ImagingPoolOptions = {}) {
    const threads = options.threads ?? Math.max(1, Math.min(4, availableParallelism()));
    this.#options = {
      maxWaiting: 64 * threads,
      maxHeldBytes: 512 * MEBIBYTE,
      timeoutMs: 60_000,
      idleMs: 20_000,
      heapMiB: 256,
      onFault: () => undefined,
      ...options,
      threads,
    };
  }

  /** Frames that are being worked on, or wait for their turn. */
  get busy(): number {
    return this.#running + this.#waiting.size;
  }

  /** Threads alive at present. */
  async threads(): Promise<number> {
    return (await this.#piscina)?.threads.length ?? 0;
  }

  /**
   * The samples of a frame; see `decodeFrame`. `bytes` are copied to the thread.
   * @throws ImagingError; or the signal's reason where it was aborted
   */
  decode(bytes: Uint8Array, format: PixelFormat, options?: RunOptions): Promise<DecodedFrame> {
    return this.run('decode', { bytes, format }, options);
  }

  /** A frame in another transfer syntax; see `transcodeFrame`. */
  transcode(
    bytes: Uint8Array,
    format: PixelFormat,
    transferSyntaxUID: string,
    options?: RunOptions & TranscodeOptions,
  ): Promise<TranscodedFrame> {
    const { signal, heldBytes, ...how } = options ?? {};
    return this.run(
      'transcode',
      { bytes, format, transferSyntaxUID, options: how },
      {
        signal,
        heldBytes: heldBytes ?? bytes.length,
      },
    );
  }

  /**
   * Runs the function `name` of imaging-worker.ts. A `task` that is a function is called when its turn has come: what waits then holds
   * no memory.
   */
  async run<Name extends TaskName>(
    name: Name,
    task: TaskInput<Name> | (() => Promise<TaskInput<Name>>),
    options: RunOptions = {},
  ): Promise<TaskResult<Name>> {
    const { signal } = options;
    signal?.throwIfAborted();
    const heldBytes = options.heldBytes ?? ('bytes' in task ? task.bytes.length : 0);
    await this.#turn(heldBytes, signal);
    try {
      const input = typeof task === 'function' ? await task() : task;
      const outcome = (await this.#runNow(name, input, options)) as TaskOutcome<TaskResult<Name>>;
      if (!outcome.ok) throw new ImagingError(outcome.code, outcome.message);
      return outcome.result;
    } finally {
      this.#done(heldBytes);
    }
  }

  /**
   * Runs `work` in the thread that asks, when it is its turn among what the threads work on: for what takes this thread less time than
   * to hand it over, its libraries' own threads doing the rest.
   */
  async runHere<Result>(
    work: () => Promise<Result>,
    { signal, heldBytes = 0 }: RunOptions = {},
  ): Promise<Result> {
    signal?.throwIfAborted();
    await this.#turn(heldBytes, signal);
    try {
      return await work();
    } finally {
      this.#done(heldBytes);
    }
  }

  /** Waits for a thread to be free. */
  #turn(heldBytes: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#stopped) throw new ImagingError('IMAGING_BUSY', 'The server is stopping.');
    const tooMuch = this.#heldBytes > 0 && this.#heldBytes + heldBytes > this.#options.maxHeldBytes;
    const isFull = this.#running >= this.#options.threads && this.#waiting.size >= this.#options.maxWaiting;
    if (tooMuch || isFull)
      throw new ImagingError('IMAGING_BUSY', 'Too many images are being worked on; try again soon.');
    this.#heldBytes += heldBytes;
    if (this.#running < this.#options.threads) {
      this.#running++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        heldBytes,
        begin: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
      };
      const leave = () => {
        this.#waiting.delete(entry);
        this.#heldBytes -= heldBytes;
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.add(entry);
    });
  }

  #done(heldBytes: number): void {
    this.#running--;
    this.#heldBytes -= heldBytes;
    for (const entry of this.#waiting) {
      if (this.#running >= this.#options.threads) return;
      this.#waiting.delete(entry);
      this.#running++;
      entry.begin();
    }
  }

  async #runNow(name: string, task: TaskInput<TaskName>, options: RunOptions): Promise<unknown> {
    const { signal, handOver } = options;
    this.#piscina ??= startThreads(this.#options);
    const piscina = await this.#piscina;
    const ending = new AbortController();
    const end = () => ending.abort();
    const tooLong = setTimeout(end, this.#options.timeoutMs);
    signal?.addEventListener('abort', end, { once: true });
    try {
      const transferList = handOver ? memoryOf(task.bytes) : [];
      return await piscina.run(task, { name, signal: ending.signal, transferList });
    } catch (error) {
      signal?.throwIfAborted();
      if (this.#stopped) throw new ImagingError('IMAGING_BUSY', 'The server is stopping.');
      if (ending.signal.aborted)
        throw new ImagingError('BROKEN_FRAME', 'The frame took too long to work on.', { cause: error });
      // The thread ran out of memory, or its codec brought it down: this frame's fault, and of no other.
      this.#options.onFault(error instanceof Error ? error : new Error(String(error)));
      throw new ImagingError('BROKEN_FRAME', 'The frame brought down the thread that worked on it.', {
        cause: error,
      });
    } finally {
      clearTimeout(tooLong);
      signal?.removeEventListener('abort', end);
    }
  }

  /** Ends all threads at once, and with them what their codecs took; what they work on is lost. New ones start when needed. */
  async endThreads(): Promise<void> {
    const piscina = await this.#piscina;
    await Promise.all((piscina?.threads ?? []).map((thread) => thread.terminate()));
  }

  /** Frames under way end with IMAGING_BUSY. May be called twice. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const piscina = await this.#piscina;
    await piscina?.destroy();
  }
}

/** What can be handed over: the whole of a buffer, not a part of one that others may have parts of. */
function memoryOf({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer[] {
  const isWhole = byteOffset === 0 && byteLength === buffer.byteLength;
  return isWhole && buffer instanceof ArrayBuffer ? [buffer] : [];
}

/** The library takes a moment to load, and threads some memory: not before the first frame. */
async function startThreads(options: Required<ImagingPoolOptions>): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  const isCheckout = import.meta.url.endsWith('.ts');
  const piscina = new Piscina({
    filename: new URL(isCheckout ? './imaging-worker.ts' : './imaging-worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: options.threads,
    idleTimeout: options.idleMs,
    resourceLimits: { maxOldGenerationSizeMb: options.heapMiB },
    ...(isCheckout ? { execArgv: ['--import', typescriptLoader()] } : {}),
  });
  // A thread that died while idle; the frame that it died of has its error already.
  piscina.on('error', (error: Error) => options.onFault(error));
  return piscina;
}

/**
 * From a checkout the threads read TypeScript, as the process does that started them. `--import tsx` does nothing in a thread, its
 * register function does.
 */
function typescriptLoader(): string {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx'));
  const api = new URL('./esm/api/index.mjs', tsx).href;
  const code = `import { register } from ${JSON.stringify(api)}; register();`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
