import type { Pool } from '../../../storage/index/pool.ts';
import {
  eventsAfter,
  listenForEvents,
  noteSentUpTo,
  sentUpTo,
} from '../../../storage/index/work-items/work-item-events.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { stringifyDataSet } from '../../dicom/models/data-set-json.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { scpStatusReport } from './events.ts';
import { element } from './work-item.ts';

/** Where a subscriber's event reports go: a channel of whatever protocol. */
export interface EventSink {
  /** Resolves once `report`, DICOM JSON text, has left; until then no other is given. Rejects where the channel is broken. */
  send(report: string): Promise<void>;
  /** Called when the server goes down. */
  close(): void;
}

interface FeedParts {
  pool: Pool;
  logger: Logger;
}

/** Should a notice be lost, events are found this late. */
const LOOK_EVERY_MS = 5000;
const LISTEN_AGAIN_AFTER_MS = 1000;
/** What a channel holds in memory while its peer is slow; one report may be as large as a work item. */
const READ_AT_ONCE = { atMost: 100, characters: 256 * 1024 };
/** Message ID (0000,0110) is a US. */
const HIGHEST_MESSAGE_ID = 65_535;

/**
 * Brings event reports to the channels that subscribers have opened with this process, whichever process caused them: in order,
 * and again from where the last channel of that subscriber stopped. One a process.
 */
export class WorkItemEventFeed {
  readonly #parts: FeedParts;
  readonly #channels = new Map<string, Set<Channel>>();
  #listening: Promise<{ stop(): Promise<void> } | undefined> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  /** Channels that are open. */
  get size(): number {
    return [...this.#channels.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Those of one subscriber. */
  sizeOf(aeTitle: string): number {
    return this.#channels.get(aeTitle)?.size ?? 0;
  }

  /** Sends what `aeTitle` is told from now on, and what it was told while it had no channel. Answers how to end it. */
  async open(aeTitle: string, sink: EventSink): Promise<{ end(): void }> {
    const channel = new Channel(this.#parts, aeTitle, sink, await sentUpTo(this.#parts.pool, aeTitle));
    if (this.#isClosed) {
      await channel.sayGoodbye();
      return { end: () => channel.end() };
    }
    const channels = this.#channels.get(aeTitle) ?? new Set();
    this.#channels.set(aeTitle, channels.add(channel));
    this.#listen();
    channel.look();
    return {
      end: () => {
        channel.end();
        channels.delete(channel);
        if (channels.size === 0 && this.#channels.get(aeTitle) === channels) this.#channels.delete(aeTitle);
        if (this.#channels.size === 0) void this.#stopListening();
      },
    };
  }

  /** Tells all channels that the server goes down, and ends them. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const channels = [...this.#channels.values()].flatMap((some) => [...some]);
    await Promise.all(channels.map((channel) => channel.sayGoodbye()));
    this.#channels.clear();
    await this.#stopListening();
  }

  #listen(): void {
    this.#timer ??= setInterval(() => this.#lookEverywhere(), LOOK_EVERY_MS).unref();
    this.#listening ??= listenForEvents(
      this.#parts.pool,
      (aeTitle) => {
        for (const channel of this.#channels.get(aeTitle) ?? []) channel.look();
      },
      () => this.#listenAgain(),
    ).then(
      (listening) => {
        // What came while nobody listened yet.
        this.#lookEverywhere();
        return listening;
      },
      (error: unknown) => {
        this.#parts.logger.warn({ err: error }, 'work_item_events_not_listened_to');
        this.#listenAgain();
        return undefined;
      },
    );
  }

  #listenAgain(): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      this.#listening = undefined;
      if (this.#channels.size === 0) return;
      this.#listen();
      this.#lookEverywhere();
    }, LISTEN_AGAIN_AFTER_MS).unref();
  }

  #lookEverywhere(): void {
    for (const channels of this.#channels.values()) for (const channel of channels) channel.look();
  }

  async #stopListening(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#again);
    this.#timer = undefined;
    const listening = this.#listening;
    this.#listening = undefined;
    await (await listening)?.stop().catch(() => undefined);
  }
}

/** One open channel, which has sent up to some event. */
class Channel {
  readonly #parts: FeedParts;
  readonly #aeTitle: string;
  readonly #sink: EventSink;
  #sentUpTo: string;
  #messageID = 0;
  #isOver = false;
  #hasNews = false;
  #sending: Promise<void> | undefined;

  constructor(parts: FeedParts, aeTitle: string, sink: EventSink, from: string) {
    this.#parts = parts;
    this.#aeTitle = aeTitle;
    this.#sink = sink;
    this.#sentUpTo = from;
  }

  /** There may be news. Never more than one reading at once; what comes meanwhile is read after it. */
  look(): void {
    this.#hasNews = true;
    this.#sending ??= this.#sendNews().finally(() => {
      this.#sending = undefined;
      // Said after the last look, before this.
      if (this.#hasNews && !this.#isOver) this.look();
    });
  }

  end(): void {
    this.#isOver = true;
  }

  async sayGoodbye(): Promise<void> {
    this.#isOver = true;
    await this.#sending;
    await this.#send(scpStatusReport('GOING DOWN')).catch(() => undefined);
    this.#sink.close();
  }

  async #sendNews(): Promise<void> {
    try {
      while (this.#hasNews && !this.#isOver) {
        this.#hasNews = false;
        await this.#sendBatch();
      }
    } catch (error) {
      // Looked at again with the next news, or soon; a broken sink ends the channel by itself.
      this.#hasNews = false;
      this.#parts.logger.debug({ err: error, aeTitle: this.#aeTitle }, 'work_item_events_not_sent');
    }
  }

  async #sendBatch(): Promise<void> {
    const { pool } = this.#parts;
    const { events, isAll } = await eventsAfter(pool, this.#aeTitle, this.#sentUpTo, READ_AT_ONCE);
    const before = this.#sentUpTo;
    try {
      for (const { eventPk, report } of events) {
        if (this.#isOver) return;
        await this.#send(report as DataSet);
        this.#sentUpTo = eventPk;
      }
    } finally {
      if (this.#sentUpTo !== before) await noteSentUpTo(pool, this.#aeTitle, this.#sentUpTo);
    }
    if (!isAll) this.#hasNews = true;
  }

  async #send(report: DataSet): Promise<void> {
    this.#messageID = (this.#messageID % HIGHEST_MESSAGE_ID) + 1;
    await this.#sink.send(stringifyDataSet({ ...report, '00000110': element('US', this.#messageID) }));
  }
}
