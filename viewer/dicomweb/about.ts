import { RequestError, readJson, toRequestError } from './request-error.ts';

/** What the archive tells before anybody is signed in. */
export interface About {
  /** Whether the viewer is to say that it is not certified for diagnostic use. */
  readonly notDiagnosticNotice: boolean;
}

/** @throws RequestError */
export async function fetchAbout(): Promise<About> {
  let response: Response;
  try {
    response = await fetch('/api/about', { credentials: 'same-origin' });
  } catch (cause) {
    throw new RequestError(0, 'No answer', { cause });
  }
  const body = await readJson(response);
  if (!response.ok) throw toRequestError(response.status, body, false);
  // Only a clear no takes the notice away.
  return { notDiagnosticNotice: (body as Partial<About> | undefined)?.notDiagnosticNotice !== false };
}
