import { savePreference } from '../dicomweb/preferences.ts';
import { RequestError } from '../dicomweb/request-error.ts';

/** Why what was set is known to this page only: the archive won't keep it, or does not answer. */
export type SavingProblem = 'refused' | 'unreachable';

/** So long nothing more must have been set: a slider that is drawn is saved once. */
const quietMs = 500;
const firstRetryMs = 2_000;
const longestRetryMs = 60_000;
/** So many tries without an answer are told. */
const triesUntilTold = 3;

const pending = new Map<string, unknown>();
let timer: ReturnType<typeof setTimeout> | undefined;
let saving: Promise<void> | undefined;
let tries = 0;
let onProblem: (problem: SavingProblem) => void = () => {};

function schedule(delayMs: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void saveNow(), delayMs);
}

/** Saves a preference when nothing has been set for a moment, and tries again while the archive does not answer. */
export function saveSoon(name: string, value: unknown): void {
  pending.set(name, value);
  schedule(quietMs);
}

/** Saves what is waiting. Resolves when that is done, or has to be tried again later. */
export function saveNow(): Promise<void> {
  clearTimeout(timer);
  saving ??= saveAll().finally(() => {
    saving = undefined;
  });
  return saving;
}

async function saveAll(): Promise<void> {
  for (let next = firstPending(); next; next = firstPending()) {
    const [name, value] = next;
    try {
      await savePreference(name, value);
      tries = 0;
    } catch (error) {
      if (isPassing(error)) {
        tries += 1;
        if (tries === triesUntilTold) onProblem('unreachable');
        schedule(Math.min(longestRetryMs, firstRetryMs * 2 ** (tries - 1)));
        return;
      }
      onProblem('refused');
    }
    // What was set meanwhile is saved next.
    if (pending.get(name) === value) pending.delete(name);
  }
}

const firstPending = () => pending.entries().next().value;

/** No answer, a fault of the server, too many requests: another try may do. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof RequestError)) return false;
  return error.status === 0 || error.status === 429 || error.status >= 500;
}

/** Forgets what waits: it is of somebody who has gone. */
export function forgetUnsaved(): void {
  clearTimeout(timer);
  pending.clear();
  tries = 0;
}

/** Sends what waits when the page goes, and tells `listener` of what can't be kept. Returns how to stop that. */
export function startSaving(listener: (problem: SavingProblem) => void): () => void {
  const sendLast = () => {
    for (const [name, value] of pending) void savePreference(name, value, true).catch(() => {});
    pending.clear();
  };
  onProblem = listener;
  window.addEventListener('pagehide', sendLast);
  return () => {
    onProblem = () => {};
    window.removeEventListener('pagehide', sendLast);
  };
}
