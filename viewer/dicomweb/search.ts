import { dicomWebClient, translateError } from './client.ts';
import type { JsonDataSet } from './data-set.ts';
import { dicomWebRoot } from './root.ts';
import { sendRequest } from './send-request.ts';

export interface SearchAnswer {
  readonly dataSets: readonly JsonDataSet[];
  /** How many match in all; undefined when the server does not say. */
  readonly total: number | undefined;
  /** False when `total` is a lower bound. */
  readonly totalIsExact: boolean;
}

function asDataSets(answer: unknown): JsonDataSet[] {
  return Array.isArray(answer) ? (answer as JsonDataSet[]) : [];
}

/** QIDO-RS Search for Studies (PS3.18 10.6). @throws RequestError */
export async function searchForStudies(
  query: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<SearchAnswer> {
  let sent: XMLHttpRequest | undefined;
  const onRequest = (request: XMLHttpRequest) => {
    sent = request;
  };
  try {
    const client = dicomWebClient({ onRequest, ...(signal ? { signal } : {}) });
    const dataSets = asDataSets(await client.searchForStudies({ queryParams: { ...query } }));
    const total = sent?.getResponseHeader('X-Total-Count');
    return {
      dataSets,
      total: total ? Number(total) : undefined,
      totalIsExact: sent?.getResponseHeader('X-Total-Count-Exact') !== 'false',
    };
  } catch (error) {
    throw translateError(error);
  }
}

/** How many studies match, however many: this takes its time in a large archive. @throws RequestError */
export async function countStudies(
  query: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<number> {
  const parameters = new URLSearchParams({ ...query, limit: '0' });
  const response = await sendRequest(`${dicomWebRoot}/studies?${parameters}`, {
    headers: { Accept: 'application/dicom+json', Prefer: 'count=exact' },
    ...(signal ? { signal } : {}),
  });
  return Number(response.headers.get('X-Total-Count') ?? 0);
}
