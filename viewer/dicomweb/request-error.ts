/** A request that the server answered with an error, or did not answer (status 0). */
export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RequestError';
    this.status = status;
  }
}

type Listener = () => void;
const signedOutListeners = new Set<Listener>();

/** Calls `listener` whenever any request is answered 401; returns how to stop that. */
export function onSignedOut(listener: Listener): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

/** Every failed request passes here: tells the listeners of 401, and reads problem+json (RFC 9457). */
export function toRequestError(status: number, body: unknown, reportSignOut = true): RequestError {
  if (status === 401 && reportSignOut) for (const listener of signedOutListeners) listener();
  const problem = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const words = [problem.title, problem.detail].filter((word) => typeof word === 'string' && word !== '');
  return new RequestError(status, words.join(': ') || (status === 0 ? 'No answer' : `HTTP ${status}`));
}

/** Reads a JSON body; undefined when there is none or it is not JSON. */
export async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}
