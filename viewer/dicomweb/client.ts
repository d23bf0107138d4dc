import { api } from 'dicomweb-client';
import { toRequestError } from './request-error.ts';
import { dicomWebRoot } from './root.ts';

interface FailedRequest {
  readonly status?: unknown;
  readonly response?: unknown;
}

/** What dicomweb-client threw, as a RequestError. */
export function translateError(error: unknown): unknown {
  const { status, response } = (typeof error === 'object' && error !== null ? error : {}) as FailedRequest;
  if (typeof status !== 'number') return error;
  let body = response;
  if (typeof response === 'string') {
    try {
      body = JSON.parse(response);
    } catch {
      body = undefined;
    }
  }
  return toRequestError(status, body);
}

/**
 * A client for one call. `onRequest` is given the request, whose headers can be read when the call is done; `signal`
 * aborts it.
 */
export function dicomWebClient(
  options: { onRequest?: (request: XMLHttpRequest) => void; signal?: AbortSignal } = {},
): api.DICOMwebClient {
  const url = new URL(dicomWebRoot, window.location.origin).href;
  // The client takes hooks of exactly two parameters.
  const watch = (request: XMLHttpRequest, _metadata: unknown): XMLHttpRequest => {
    options.onRequest?.(request);
    options.signal?.addEventListener('abort', () => request.abort(), { once: true });
    return request;
  };
  return new api.DICOMwebClient({ url, verbose: false, singlepart: false, requestHooks: [watch] });
}
