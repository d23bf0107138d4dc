import {
  type AuditEvent,
  type AuditFilter,
  findAuditEvents,
  insertAuditEvents,
  type StoredAuditEvent,
} from '../../storage/index/audit-events.ts';
import type { Pool } from '../../storage/index/pool.ts';
import type { Logger } from '../telemetry/logger.ts';

export type { AuditEvent } from '../../storage/index/audit-events.ts';

/** Who acts, and from where; without what and how it ended. */
export type AuditSource = Pick<AuditEvent, 'actor' | 'roles' | 'address' | 'requestId'>;

/** How long an event may wait for others to be written with. A process that is killed loses no more than that. */
const GATHERED_FOR_MS = 200;
const MOST_AT_ONCE = 500;
/** Where the database is away longer than this many events, the oldest are given to the log instead. */
const MOST_WAITING = 20_000;
/** Requests whose clients have left may go on for so long when the server stops. */
const EXPECTED_FOR_MS = 10_000;

/**
 * Writes audit events in the background, many with one statement. What changes the archive for good writes its event itself, in its
 * own transaction (see `deleteInstances`).
 */
export class AuditLog {
  readonly #pool: Pool;
  readonly #logger: Logger;
  #waiting: AuditEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #expected = 0;
  #onNoneExpected: () => void = () => undefined;
  #isDrained = false;

  constructor(pool: Pool, logger: Logger) {
    this.#pool = pool;
    this.#logger = logger;
  }

  /** Announces an event; what is answered is to be called once, with it or, where it came to none, with nothing. */
  expect(): (event?: AuditEvent) => void {
    this.#expected += 1;
    return (event) => {
      this.#expected -= 1;
      if (event) this.record(event);
      if (this.#expected === 0) this.#onNoneExpected();
    };
  }

  record(event: AuditEvent): void {
    if (this.#isDrained) {
      this.#logger.error({ event }, 'audit_event_not_kept');
      return;
    }
    this.#waiting.push(event);
    if (this.#waiting.length > MOST_WAITING)
      this.#logger.error({ event: this.#waiting.shift() }, 'audit_event_not_kept');
    this.#timer ??= setTimeout(() => this.#write(), GATHERED_FOR_MS);
  }

  /** The newest events that `filter` lets through, newest first; those that wait to be written are written first. */
  async find(filter: AuditFilter): Promise<StoredAuditEvent[]> {
    this.#write();
    await this.#writing;
    return findAuditEvents(this.#pool, filter);
  }

  /** Ends when all that was recorded, and what is expected and comes within seconds, is written or given to the log; so is what comes later. */
  async drain(): Promise<void> {
    await this.#noneExpected();
    do {
      this.#write();
      await this.#writing;
    } while (this.#waiting.length > 0 && this.#timer === undefined);
    clearTimeout(this.#timer);
    this.#isDrained = true;
    for (const event of this.#waiting.splice(0)) this.#logger.error({ event }, 'audit_event_not_kept');
  }

  async #noneExpected(): Promise<void> {
    if (this.#expected === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, EXPECTED_FOR_MS);
      this.#onNoneExpected = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(async () => {
      const events = this.#waiting.splice(0, MOST_AT_ONCE);
      try {
        await insertAuditEvents(this.#pool, events);
        if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#write(), 0);
      } catch (error) {
        this.#logger.error({ err: error, events: events.length }, 'audit_events_wait');
        this.#waiting.unshift(...events);
        this.#timer ??= setTimeout(() => this.#write(), 10 * GATHERED_FOR_MS);
      }
    });
  }
}
