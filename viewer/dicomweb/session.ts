import { begin, takeBegun } from './begun.ts';
import { RequestError, readJson, toRequestError } from './request-error.ts';

export interface Session {
  readonly user: { readonly username: string; readonly roles: readonly string[] };
  readonly permissions: readonly string[];
  /** `off` when the server runs without sign-in. */
  readonly authentication?: string;
}

const sessionUrl = '/api/session';

function parseSession(body: unknown): Session {
  const session = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const user = (typeof session.user === 'object' && session.user !== null ? session.user : {}) as Record<
    string,
    unknown
  >;
  if (typeof user.username !== 'string') throw new RequestError(200, 'The answer holds no session');
  const listOfText = (list: unknown): string[] =>
    Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : [];
  return {
    user: { username: user.username, roles: listOfText(user.roles) },
    permissions: listOfText(session.permissions),
    ...(typeof session.authentication === 'string' ? { authentication: session.authentication } : {}),
  };
}

async function request(init: RequestInit): Promise<Response> {
  try {
    return await fetch(sessionUrl, { credentials: 'same-origin', ...init });
  } catch (cause) {
    throw new RequestError(0, 'No answer', { cause });
  }
}

async function askForSession(): Promise<Session | undefined> {
  const response = await request({});
  if (response.status === 401) return undefined;
  const body = await readJson(response);
  if (!response.ok) throw toRequestError(response.status, body);
  return parseSession(body);
}

/** The session of the cookie, or undefined when nobody is signed in. */
export async function fetchSession(): Promise<Session | undefined> {
  return takeBegun(sessionUrl, askForSession);
}

/** The same, asked for ahead of need. */
export function beginSession(): Promise<Session | undefined> {
  return begin(sessionUrl, askForSession);
}

/** Signs in. @throws RequestError with status 401 when name or password is wrong, 429 after too many tries. */
export async function signIn(username: string, password: string): Promise<Session> {
  const response = await request({
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  const body = await readJson(response);
  // 401 here means wrong credentials; it is not the end of a session.
  if (!response.ok) throw toRequestError(response.status, body, false);
  return parseSession(body);
}

export async function signOut(): Promise<void> {
  const response = await request({ method: 'DELETE' });
  if (!response.ok && response.status !== 401)
    throw toRequestError(response.status, await readJson(response));
}
