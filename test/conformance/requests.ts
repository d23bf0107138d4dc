import http from 'node:http';
import { multipartBody } from './multipart.ts';

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
  text: string;
}

/** A server whose DICOMweb root is /dicom-web: ours, or a peer. */
export interface Served {
  url: string;
}

export interface RequestOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
}

/** Sends exactly this path: `fetch` would tidy up `..` and the like. */
export function request(url: string, path: string, options: RequestOptions = {}): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = http.request(
      { hostname, port, path, method: options.method ?? 'GET', headers: options.headers ?? {}, agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const body = Buffer.concat(chunks);
          const { statusCode: status = 0, headers } = incoming;
          resolve({ status, headers, body, text: body.toString('utf8') });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

/** DICOM JSON, as far as tests look into it. */
export type Json = Record<
  string,
  { vr: string; Value?: never[]; BulkDataURI?: string; InlineBinary?: string }
>;

export interface StoreAnswer extends Answer {
  json: Json;
  /** (0008,1199), (0008,1198) and (0008,119A). */
  referenced: Json[];
  failed: Json[];
  other: Json[];
}

export function valuesOf(json: Json | undefined, tag: string): unknown[] {
  return json?.[tag]?.Value ?? [];
}

export function firstOf(json: Json | undefined, tag: string): unknown {
  return valuesOf(json, tag)[0];
}

/** POSTs `body` to the Store transaction of all studies or, with `study`, of one. */
export async function post(
  server: Served,
  body: Uint8Array | string,
  headers: Record<string, string>,
  study?: string,
): Promise<StoreAnswer> {
  const path = `/dicom-web/studies${study === undefined ? '' : `/${study}`}`;
  const answer = await request(server.url, path, { method: 'POST', headers, body });
  const isJson = /^application\/(dicom\+)?json/.test(answer.headers['content-type'] ?? '');
  const json: Json = isJson ? JSON.parse(answer.text) : {};
  const sequence = (tag: string) => valuesOf(json, tag) as Json[];
  return {
    ...answer,
    json,
    referenced: sequence('00081199'),
    failed: sequence('00081198'),
    other: sequence('0008119A'),
  };
}

export const STORE_TYPE = 'multipart/related; type="application/dicom"; boundary=XX';

/** Stores instances in one request, in parts. */
export function store(
  server: Served,
  instances: readonly Uint8Array[],
  study?: string,
): Promise<StoreAnswer> {
  return post(server, multipartBody(instances), { 'Content-Type': STORE_TYPE }, study);
}

/** Stores, and throws unless all was stored, with warnings or without. */
export async function storeAll(server: Served, instances: readonly Uint8Array[]): Promise<void> {
  const { status, text, failed, other } = await store(server, instances);
  const hasFailed = failed.length > 0 || other.length > 0;
  if (status !== 200 && (status !== 202 || hasFailed)) throw new Error(`${status}: ${text}`);
}

export async function search(server: Served, path: string): Promise<Json[]> {
  const answer = await request(server.url, `/dicom-web${path}`);
  if (answer.status === 204) return [];
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text);
}

export function get(server: Served, path: string, accept?: string): Promise<Answer> {
  return request(server.url, `/dicom-web${path}`, {
    headers: accept === undefined ? {} : { Accept: accept },
  });
}
