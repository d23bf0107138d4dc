import { LRUCache } from 'lru-cache';
import {
  isCertainlyNotCommitted,
  isConnectionFault,
  isContentionFault,
  OutcomeUnknownError,
} from '../index-errors.ts';
import { inTransaction, type Pool } from '../pool.ts';
import { indexStored } from '../searchable/index-stored.ts';
import type { FindValues } from '../searchable/searchable-values.ts';
import { seriesKey } from './distinct-records.ts';
import { insertAtOnce } from './insert-at-once.ts';
import { insertInstances } from './insert-instances.ts';

import type { InsertOutcome, InstanceRecord } from './instance-record.ts';
import type { ReadRecord } from './rebuild-study.ts';

const MOST_RECORDS = 64;
const MOST_METADATA_CHARACTERS = 8 * 1024 * 1024;
/** About five seconds in all: as long as a restart of PostgreSQL takes. */
const TRIES = 9;
/** So many series are remembered as being there. */
const MOST_SERIES = 10_000;

/** Of what says nothing new: it agrees with its study's patient. */
const STORED: InsertOutcome = { kind: 'stored', patientMismatch: false, replaced: false };

interface Waiting {
  record: InstanceRecord;
  resolve: (outcome: InsertOutcome) => void;
  reject: (error: unknown) => void;
  /** A try ended without an answer: the record may be there. */
  isUncertain: boolean;
}

/**
 * Groups the records of all requests in flight into few transactions: while one is running, those that arrive wait
 * together for the next. An outcome is given only after the commit.
 */
export class InsertQueue {
  readonly #pool: Pool;
  readonly #waiting: Waiting[] = [];
  readonly #findValues: FindValues;
  readonly #readRecord: ReadRecord;
  readonly #onFault: (error: unknown) => void;
  #running: Promise<void> | undefined;
  /** As far as this process knows: then one statement alone stores nothing. */
  #hasSearchableAttributes = false;
  /** Series that were there when this process stored into them last: a guess, that the statement looks after. */
  readonly #series = new LRUCache<string, true>({ max: MOST_SERIES });

  /**
   * `findValues` reads what an instance says of the attributes that an administrator made searchable, `readRecord` what it says of
   * its study and series. `onFault` hears why one statement could not store a group, which is then stored record by record.
   */
  constructor(
    pool: Pool,
    findValues: FindValues,
    readRecord: ReadRecord,
    onFault: (error: unknown) => void = () => undefined,
  ) {
    this.#onFault = onFault;
    this.#pool = pool;
    this.#findValues = findValues;
    this.#readRecord = readRecord;
  }

  /**
   * Resolves once the record is durable, or found to be a duplicate. Rejects with what `isCertainlyNotCommitted` only where no try
   * can have stored it.
   */
  insert(record: InstanceRecord): Promise<InsertOutcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, resolve, reject, isUncertain: false });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits any more. */
  async drain(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Requests that arrive in the same turn of the event loop belong into the first group.
    await new Promise(setImmediate);
    for (let group = this.#take(); group.length > 0; group = this.#take()) await this.#insertGroup(group);
    this.#running = undefined;
  }

  #take(): Waiting[] {
    let characters = 0;
    let count = 0;
    for (const { record } of this.#waiting) {
      characters += record.metadata.length;
      if (count > 0 && (count >= MOST_RECORDS || characters > MOST_METADATA_CHARACTERS)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #insertGroup(group: readonly Waiting[]): Promise<void> {
    const stored = await this.#insertAtOnce(group);
    for (const { resolve } of stored) resolve(STORED);
    const rest = group.filter((waiting) => !stored.has(waiting));
    if (rest.length > 0) await this.#insertRest(rest);
    for (const { record } of group) this.#series.set(seriesKey(record), true);
  }

  /** Those that one statement stored. Where it fails none was, or whoever tries again finds them. */
  async #insertAtOnce(group: readonly Waiting[]): Promise<Set<Waiting>> {
    if (this.#hasSearchableAttributes) return new Set();
    try {
      const records = group.map(({ record }) => record);
      const stored = await insertAtOnce(this.#pool, records, {
        indexesSearchable: false,
        makesRows: this.#mayBeNew(records),
      });
      return new Set(group.filter(({ record }) => stored.has(record)));
    } catch (error) {
      this.#onFault(error);
      noteFault(group, error);
      return new Set();
    }
  }

  #mayBeNew(records: readonly InstanceRecord[]): boolean {
    return records.some((record) => !this.#series.has(seriesKey(record)));
  }

  async #insertRest(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#insertWithRetries(group);
      group.forEach(({ resolve, reject, isUncertain }, i) => {
        const outcome = outcomes[i];
        if (!outcome) reject(new Error('a record got no outcome'));
        else resolve(outcome.kind === 'stored' && isUncertain ? { ...outcome, isUncertain } : outcome);
      });
    } catch (error) {
      const [only] = group;
      if (group.length === 1 || isConnectionFault(error)) {
        for (const { reject, isUncertain } of group)
          reject(isUncertain ? new OutcomeUnknownError({ cause: error }) : error);
      } else if (only) {
        // Law 5: one bad record never fails its neighbours, so find out which it is.
        for (const waiting of group) await this.#insertRest([waiting]);
      }
    }
  }

  async #insertWithRetries(group: readonly Waiting[]): Promise<(InsertOutcome | undefined)[]> {
    const records = group.map(({ record }) => record);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await inTransaction(this.#pool, async (client) => {
          const atOnce = this.#hasSearchableAttributes
            ? await insertAtOnce(client, records, {
                indexesSearchable: true,
                makesRows: this.#mayBeNew(records),
              })
            : new Set<InstanceRecord>();
          const others = records.filter((record) => !atOnce.has(record));
          const outcomes = others.length > 0 ? await insertInstances(client, others, this.#readRecord) : [];
          this.#hasSearchableAttributes = await indexStored(client, records, this.#findValues);
          const outcomeOf = new Map(others.map((record, i) => [record, outcomes[i]]));
          return records.map((record) => (atOnce.has(record) ? STORED : outcomeOf.get(record)));
        });
      } catch (error) {
        noteFault(group, error);
        const again = isContentionFault(error) || isConnectionFault(error);
        if (!again || attempt >= TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20 * 2 ** attempt * (0.5 + Math.random())));
      }
    }
  }
}

function noteFault(group: readonly Waiting[], error: unknown): void {
  if (isCertainlyNotCommitted(error) || isContentionFault(error)) return;
  for (const waiting of group) waiting.isUncertain = true;
}
