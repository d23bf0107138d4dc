import { createHash } from 'node:crypto';
import { retrieveInstance, type StoredReference, storeInstances } from './dicomweb-requests.ts';
import { makeInstance, testUid } from './make-instance.ts';
import type { RealServer } from './real-server.ts';

/** Mixed requests of many clients, each to any of several servers, as a load balancer spreads them; and what has come of them. */

/** A server that requests go to, until it is taken out. */
export interface Target {
  name: string;
  server: RealServer;
  /** It is being killed: what is on it may fail, and nothing new goes to it. */
  isOut: boolean;
  answered: number;
}

/** One instance that was sent, and what became of it. */
export interface SentInstance extends StoredReference {
  modality: string;
  digest: string;
  pixels: { value: number; bytes: number };
  state: 'sent' | 'stored' | 'deleting' | 'deleted';
  readers: number;
}

const MODALITIES = ['CT', 'MR', 'US'];
/**
 * A connection of its own for each request. A server closes one that was idle for long, and a request may already be on its way there
 * (RFC 9112 9.3.1), after a pause of the machine above all: nobody could tell that from a request that the server lost.
 */
const OWN_CONNECTION = { Connection: 'close' };
const RETRIEVED_METADATA = { Accept: 'application/dicom+json' };

/** A study that several clients store to, and delete from, at the same time. */
interface SharedStudy {
  study: string;
  series: readonly string[];
}

function sharedStudy(): SharedStudy {
  return { study: testUid(), series: MODALITIES.map(() => testUid()) };
}

export class BalancedLoad {
  readonly targets: Target[] = [];
  /** By SOP Instance UID. */
  readonly sent = new Map<string, SentInstance>();
  /** What failed though its server ran, and what was answered wrongly. */
  readonly violations: string[] = [];
  /** Requests that failed because they were on a server that was killed. */
  excused = 0;
  readonly #shared = Array.from({ length: 4 }, sharedStudy);
  #isOver = false;
  #running: Promise<void>[] = [];

  get answered(): number {
    return this.targets.reduce((sum, { answered }) => sum + answered, 0);
  }

  add(name: string, server: RealServer): Target {
    const target: Target = { name, server, isOut: false, answered: 0 };
    this.targets.push(target);
    return target;
  }

  /** `clients` of each kind: those that store, that read, and one in all that deletes. */
  start(clients: number): void {
    this.#isOver = false;
    const loop = async (work: () => Promise<void>) => {
      while (!this.#isOver) await work();
    };
    this.#running = [
      ...Array.from({ length: clients }, () => loop(() => this.#store())),
      ...Array.from({ length: clients }, () => loop(() => this.#read())),
      loop(() => this.#readStudy()),
      loop(() => this.#delete()),
    ];
  }

  /** Ends when every request under way has its answer. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  withState(state: SentInstance['state']): SentInstance[] {
    return [...this.sent.values()].filter((each) => each.state === state);
  }

  /** Sends a request to a server that runs. Undefined where it failed: noted, or excused as its server was killed meanwhile. */
  async #ask<T>(what: string, work: (url: string) => Promise<T>): Promise<T | undefined> {
    const running = this.targets.filter(({ isOut }) => !isOut);
    const target = oneOf(running);
    const { server } = target;
    const asked = performance.now();
    try {
      const result = await work(target.server.url);
      target.answered += 1;
      return result;
    } catch (error) {
      if (target.isOut) this.excused += 1;
      else {
        const after = `${Math.round(performance.now() - asked)} ms after it was asked`;
        const since = server === target.server ? '' : ', by a process since killed';
        this.violations.push(`${what} on ${target.name}, ${after}${since}: ${messageOf(error)}`);
      }
      return undefined;
    }
  }

  /** As `#ask`; what a killed server left open is sent again, as modalities do, and then has to succeed. */
  async #insist<T>(what: string, work: (url: string) => Promise<T>): Promise<T | undefined> {
    for (;;) {
      const { excused } = this;
      const result = await this.#ask(what, work);
      if (result !== undefined || this.excused === excused) return result;
    }
  }

  async #store(): Promise<void> {
    const { study, series } = oneOf(this.#shared);
    const at = below(MODALITIES.length);
    const made = Array.from({ length: 1 + below(5) }, () =>
      newInstance({ study, series: series[at] ?? '', instance: testUid() }, MODALITIES[at] ?? ''),
    );
    for (const { sent } of made) this.sent.set(sent.instance, sent);
    const bytes = made.map((each) => each.bytes);
    const stored = await this.#insist('store', (url) => storeInstances(url, bytes, OWN_CONNECTION));
    if (!stored) return;
    for (const { sent } of made) {
      if (stored.includes(sent.instance)) sent.state = 'stored';
      else this.violations.push(`${sent.instance} was not stored`);
    }
  }

  async #delete(): Promise<void> {
    const idle = this.withState('stored').filter(({ readers }) => readers === 0);
    if (idle.length < 20) return pause();
    const sent = oneOf(idle);
    sent.state = 'deleting';
    const status = await this.#insist('delete', async (url) => {
      const response = await fetch(addressOf(url, sent), { method: 'DELETE', headers: OWN_CONNECTION });
      await response.arrayBuffer();
      // Sent again, it may find that it was done.
      if (![204, 404, 410].includes(response.status)) throw new Error(`status ${response.status}`);
      return response.status;
    });
    if (status === undefined) return;
    sent.state = 'deleted';
    await this.#ask('metadata of what was deleted', async (url) => {
      const { status: then } = await answerOf(`${addressOf(url, sent)}/metadata`, RETRIEVED_METADATA);
      if (then !== 404 && then !== 410) throw new Error(`status ${then}`);
    });
    await pause();
  }

  async #read(): Promise<void> {
    const stored = this.withState('stored');
    if (stored.length === 0) return pause();
    const sent = oneOf(stored);
    sent.readers += 1;
    const [what, read] = oneOf(Object.entries(READS));
    await this.#ask(`${what} of ${sent.instance}`, (url) => read(url, sent));
    sent.readers -= 1;
  }

  /** The whole of a study of its own, which nobody else changes. */
  async #readStudy(): Promise<void> {
    const [study, series] = [testUid(), testUid()];
    const made = Array.from({ length: 3 }, () => newInstance({ study, series, instance: testUid() }, 'OT'));
    const bytes = made.map((each) => each.bytes);
    if (!(await this.#insist('store', (url) => storeInstances(url, bytes, OWN_CONNECTION)))) return;
    for (let i = 0; i < 3; i += 1) {
      await this.#ask('whole study', async (url) => {
        const accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
        const { status, body } = await answerOf(`${url}/dicom-web/studies/${study}`, { Accept: accept });
        if (status !== 200) throw new Error(`status ${status}`);
        if (!bytes.every((one) => body.includes(Buffer.from(one))))
          throw new Error('not all instances are in it');
      });
    }
    for (const { sent } of made) this.sent.set(sent.instance, { ...sent, state: 'stored' });
  }
}

/** Each throws where the answer is not right. */
const READS: Readonly<Record<string, (url: string, sent: SentInstance) => Promise<void>>> = {
  instance: async (url, sent) => {
    if (digestOf(await retrieveInstance(url, sent, OWN_CONNECTION)) !== sent.digest)
      throw new Error('other bytes');
  },
  metadata: async (url, sent) => {
    const { status, body } = await answerOf(`${addressOf(url, sent)}/metadata`, RETRIEVED_METADATA);
    if (status !== 200 || !body.includes(sent.instance)) throw new Error(`status ${status}`);
  },
  frame: async (url, sent) => {
    const accept = 'application/octet-stream; transfer-syntax=*';
    const { status, body } = await answerOf(`${addressOf(url, sent)}/frames/1`, { Accept: accept });
    if (status !== 200) throw new Error(`status ${status}`);
    const { bytes, value } = sent.pixels;
    if (!body.equals(Buffer.alloc(bytes, value))) throw new Error('other pixels');
  },
  rendered: async (url, sent) => {
    const { status, body } = await answerOf(`${addressOf(url, sent)}/rendered`, { Accept: 'image/jpeg' });
    if (status !== 200 || body.readUInt16BE(0) !== 0xffd8) throw new Error(`status ${status}`);
  },
  search: async (url, sent) => {
    const path = `studies/${sent.study}/instances?SOPInstanceUID=${sent.instance}`;
    const { status, body } = await answerOf(`${url}/dicom-web/${path}`, {});
    if (status !== 200 || JSON.parse(body.toString()).length !== 1) throw new Error(`status ${status}`);
  },
};

function newInstance(
  reference: StoredReference,
  modality: string,
): { sent: SentInstance; bytes: Uint8Array } {
  const side = 2 ** (5 + below(5));
  const value = below(256);
  const bytes = makeInstance({
    attributes: {
      StudyInstanceUID: reference.study,
      SeriesInstanceUID: reference.series,
      SOPInstanceUID: reference.instance,
      PatientID: reference.study,
      Modality: modality,
    },
    image: { rows: side, columns: side, pixelBytes: Buffer.alloc(side * side, value) },
  });
  const pixels = { value, bytes: side * side };
  const sent: SentInstance = {
    ...reference,
    modality,
    pixels,
    digest: digestOf(bytes),
    state: 'sent',
    readers: 0,
  };
  return { sent, bytes };
}

export async function answerOf(
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: Buffer }> {
  const response = await fetch(url, { headers: { ...OWN_CONNECTION, ...headers } });
  return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
}

function addressOf(url: string, { study, series, instance }: StoredReference): string {
  return `${url}/dicom-web/studies/${study}/series/${series}/instances/${instance}`;
}

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

function below(limit: number): number {
  return Math.floor(Math.random() * limit);
}

function oneOf<T>(list: readonly T[]): T {
  if (list.length === 0) throw new Error('nothing to choose from');
  return list[below(list.length)] as T;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
