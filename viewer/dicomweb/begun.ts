/** Requests that were sent before the code that shows their answers was there, by a name each. */
const begun = new Map<string, Promise<unknown>>();

/** What nobody has asked for after so long, nobody will. */
const keptMs = 20_000;

/** Sends a request ahead of need; whoever asks for the same by `takeBegun` gets this answer, once. */
export function begin<T>(name: string, ask: () => Promise<T>): Promise<T> {
  const answer = ask();
  begun.set(name, answer);
  answer.catch(() => {});
  setTimeout(() => {
    if (begun.get(name) === answer) begun.delete(name);
  }, keptMs);
  return answer;
}

/** The answer of what was begun under that name, or of asking now: also where what was begun failed. */
export async function takeBegun<T>(name: string, ask: () => Promise<T>): Promise<T> {
  const answer = begun.get(name) as Promise<T> | undefined;
  begun.delete(name);
  return answer === undefined ? ask() : answer.catch(ask);
}

/** Nothing that was begun is handed out any more: the reader has left, or another has come. */
export function forgetBegun(): void {
  begun.clear();
}
