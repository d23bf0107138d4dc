import { noteAnswer } from './connection.ts';
import { RequestError, readJson, toRequestError } from './request-error.ts';

/** One request to the archive with the session of the page. @throws RequestError where there is no answer (status 0), or a refusal. */
export async function sendRequest(url: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init });
  } catch (cause) {
    // What was called off by ourselves is no failure of the archive.
    if (init.signal?.aborted) throw cause;
    noteAnswer(false);
    throw new RequestError(0, 'No answer', { cause });
  }
  noteAnswer(true);
  if (!response.ok) throw toRequestError(response.status, await readJson(response));
  return response;
}
