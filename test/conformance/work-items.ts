import WebSocket from 'ws';
import { testUid } from '../support/make-instance.ts';
import type { TestServer } from '../support/start-server.ts';
import { type Answer, type Json, request } from './requests.ts';

type Element = { vr: string; Value?: unknown[] };
export type JsonDataSet = Record<string, Element>;

export const JSON_TYPE = 'application/dicom+json';
export const GLOBAL = '1.2.840.10008.5.1.4.34.5';
export const FILTERED = '1.2.840.10008.5.1.4.34.5.1';

export const el = (vr: string, ...values: unknown[]): Element =>
  values.length > 0 ? { vr, Value: values } : { vr };

export const code = (value: string, scheme = '99TEST'): JsonDataSet => ({
  '00080100': el('SH', value),
  '00080102': el('SH', scheme),
  '00080104': el('LO', `Meaning of ${value}`),
});

/** A data set that meets the N-CREATE column of PS3.4 Table CC.2.5-3; `undefined` leaves an attribute out. */
export function workItem(changes: Record<string, Element | undefined> = {}): JsonDataSet {
  const whole: Record<string, Element | undefined> = {
    '00081080': el('LO'),
    '00081084': el('SQ'),
    '00081195': el('UI'),
    '00100010': el('PN', { Alphabetic: 'Doe^Jane' }),
    '00100020': el('LO', 'WORK-1'),
    '00100021': el('LO'),
    '00100024': el('SQ'),
    '00100030': el('DA', '19700131'),
    '00100040': el('CS', 'F'),
    '00101002': el('SQ'),
    '00380010': el('LO'),
    '00380014': el('SQ'),
    '00400400': el('LT'),
    '00404005': el('DT', '20260301101500'),
    '00404018': el('SQ', code('CTSCAN')),
    '00404021': el('SQ'),
    '00404025': el('SQ'),
    '00404026': el('SQ'),
    '00404027': el('SQ'),
    '00404041': el('CS', 'READY'),
    '0040A370': el('SQ'),
    '00741000': el('CS', 'SCHEDULED'),
    '00741002': el('SQ'),
    '00741200': el('CS', 'MEDIUM'),
    '00741202': el('LO', 'CT worklist'),
    '00741204': el('LO', 'CT of the chest'),
    '00741210': el('SQ'),
    '00741216': el('SQ'),
    ...changes,
  };
  return Object.fromEntries(
    Object.entries(whole).flatMap(([tag, element]) => (element ? [[tag, element] as const] : [])),
  );
}

/** What must be there before a work item can be COMPLETED (Final State "P"). */
export const PERFORMED: JsonDataSet = {
  '00741216': el('SQ', {
    '00404028': el('SQ', code('CT1')),
    '00404050': el('DT', '20260301101700'),
    '00404051': el('DT', '20260301102200'),
    '00404019': el('SQ', code('CTSCAN')),
    '00404033': el('SQ'),
  }),
};
/** … or CANCELED (Final State "X"); the time is filled in by the server. */
export const DISCONTINUED: JsonDataSet = {
  '00741002': el('SQ', { '0074100E': el('SQ', code('110501', 'DCM')) }),
};

/** Sends JSON to a path below `/dicom-web`. */
export function send(
  server: TestServer,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return request(server.url, `/dicom-web${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': JSON_TYPE }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

/** Creates a work item; answers its UID. */
export async function create(
  server: TestServer,
  changes: Record<string, Element | undefined> = {},
  uid = testUid(),
): Promise<string> {
  const answer = await send(server, 'POST', `/workitems?workitem=${uid}`, workItem(changes));
  if (answer.status !== 201) throw new Error(`${answer.status}: ${answer.text}`);
  return uid;
}

export async function retrieve(server: TestServer, uid: string): Promise<Json> {
  const answer = await send(server, 'GET', `/workitems/${uid}`);
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text);
}

export function changeState(
  server: TestServer,
  uid: string,
  state: string,
  transaction: string | undefined,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const action = {
    '00741000': el('CS', state),
    ...(transaction === undefined ? {} : { '00081195': el('UI', transaction) }),
  };
  return send(server, 'PUT', `/workitems/${uid}/state`, action, headers);
}

export function update(
  server: TestServer,
  uid: string,
  changes: JsonDataSet,
  transaction?: string,
): Promise<Answer> {
  const query = transaction === undefined ? '' : `?transaction-uid=${transaction}`;
  return send(server, 'POST', `/workitems/${uid}${query}`, changes);
}

/** Claims the work item; answers the Transaction UID. */
export async function claim(server: TestServer, uid: string): Promise<string> {
  const transaction = testUid();
  const answer = await changeState(server, uid, 'IN PROGRESS', transaction);
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return transaction;
}

/** A subscriber's WebSocket, and what has come on it. */
export interface Channel {
  events: Json[];
  /** Resolves once `count` events have come in all. */
  until(count: number): Promise<Json[]>;
  /** Why it was closed, once it is. */
  closed: Promise<number>;
  close(): void;
}

/** Opens the channel of `aeTitle`; rejects with the status where it is refused. */
export function openChannel(
  server: Pick<TestServer, 'url'>,
  aeTitle: string,
  headers: Record<string, string> = {},
): Promise<Channel> {
  const url = `${server.url.replace(/^http/, 'ws')}/dicom-web/ws/subscribers/${encodeURIComponent(aeTitle)}`;
  const webSocket = new WebSocket(url, { headers });
  const events: Json[] = [];
  const waiting = new Set<() => void>();
  webSocket.on('message', (data, isBinary) => {
    if (isBinary) throw new Error('events are text');
    events.push(JSON.parse(String(data)));
    for (const one of waiting) one();
  });
  const closed = new Promise<number>((resolve) => webSocket.once('close', resolve));
  const until = (count: number) =>
    new Promise<Json[]>((resolve) => {
      const look = () => {
        if (events.length < count) return;
        waiting.delete(look);
        resolve(events);
      };
      waiting.add(look);
      look();
    });
  return new Promise((resolve, reject) => {
    webSocket.once('open', () => resolve({ events, until, closed, close: () => webSocket.terminate() }));
    webSocket.once('unexpected-response', (_, response) => {
      reject(new Error(String(response.statusCode)));
      webSocket.terminate();
    });
    webSocket.on('error', reject);
  });
}
