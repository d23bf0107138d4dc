import { begin, takeBegun } from './begun.ts';
import { RequestError, readJson, toRequestError } from './request-error.ts';

const preferencesUrl = '/api/preferences';
/** A browser carries at most 64 KiB beyond the end of a page. */
const mostKeptAlive = 60 * 1024;

async function request(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { credentials: 'same-origin', ...init });
  } catch (cause) {
    throw new RequestError(0, 'No answer', { cause });
  }
}

async function askForPreferences(): Promise<Record<string, unknown>> {
  const response = await request(preferencesUrl, {});
  const body = await readJson(response);
  if (!response.ok) throw toRequestError(response.status, body, false);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new RequestError(response.status, 'The answer holds no preferences');
  return body as Record<string, unknown>;
}

/** What the one signed in has set, by name. @throws RequestError; 401 is not reported: one asks before it is known who is there. */
export async function fetchPreferences(): Promise<Record<string, unknown>> {
  return takeBegun(preferencesUrl, askForPreferences);
}

/** The same, asked for ahead of need. */
export function beginPreferences(): void {
  begin(preferencesUrl, askForPreferences);
}

/**
 * Sets a preference, or removes it where the value is undefined. `isLast`: the page is about to go, and the request must outlive it.
 * @throws RequestError
 */
export async function savePreference(name: string, value: unknown, isLast = false): Promise<void> {
  const url = `${preferencesUrl}/${encodeURIComponent(name)}`;
  const body = value === undefined ? undefined : JSON.stringify(value);
  const keepalive = isLast && (body?.length ?? 0) < mostKeptAlive;
  const response = await request(
    url,
    body === undefined
      ? { method: 'DELETE', keepalive }
      : { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body, keepalive },
  );
  if (!response.ok) throw toRequestError(response.status, await readJson(response));
}
