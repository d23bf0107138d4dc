/** Something that does one task at a time, off the main thread. */
export interface PoolWorker<Task, Answer> {
  run(task: Task): Promise<Answer>;
  /** Ends it, whatever it is doing; the next run starts a new one. */
  end(): void;
}

/** Hands tasks to workers as these become free, first come, first served. A worker that does not answer in time is ended. */
export class WorkerPool<Task, Answer> {
  readonly #idle: PoolWorker<Task, Answer>[];
  readonly #waiting: ((worker: PoolWorker<Task, Answer>) => void)[] = [];
  readonly #timeoutMs: number;
  readonly #makeTimeoutError: () => Error;

  constructor(
    workers: readonly PoolWorker<Task, Answer>[],
    timeoutMs: number,
    makeTimeoutError: () => Error,
  ) {
    this.#idle = [...workers];
    this.#timeoutMs = timeoutMs;
    this.#makeTimeoutError = makeTimeoutError;
  }

  /** Rejects with what the worker rejects with, or with the time-out error; waiting for a worker does not count. */
  async run(task: Task): Promise<Answer> {
    const worker = this.#idle.pop() ?? (await this.#nextFree());
    try {
      return await this.#runInTime(worker, task);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(worker);
      else this.#idle.push(worker);
    }
  }

  #nextFree(): Promise<PoolWorker<Task, Answer>> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #runInTime(worker: PoolWorker<Task, Answer>, task: Task): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        // It would keep its core busy, and every later task waiting.
        worker.end();
        reject(this.#makeTimeoutError());
      }, this.#timeoutMs);
      worker
        .run(task)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }
}
