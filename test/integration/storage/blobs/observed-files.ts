import { setTimeout as sleep } from 'node:timers/promises';

/** One call of the file system. It `began`, and it `ended` well or with an error; a test may note more between. */
export interface FileEvent {
  call: string;
  /** The path, also of calls that are given a descriptor: the one it was opened with. */
  path: string;
  phase: 'began' | 'ended';
}

type Callback = (error: Error | null, ...results: unknown[]) => void;
// biome-ignore lint/suspicious/noExplicitAny: node's own signatures, passed through as they are
type AnyFunction = (...given: any[]) => any;

/** Syncs answer this much later than they are done: who doesn't wait for them is past by then. */
const SYNC_ANSWERS_AFTER_MS = 30;

/** What the file system was asked, in order. To be used with `vi.doMock` of node:fs and node:fs/promises. */
export const fileEvents: FileEvent[] = [];
/** The error code, if any, that a call is to fail with; asked before each. Nothing is done then. */
let faultOf: (call: string, path: string, flags: number) => string | undefined = () => undefined;
let flagsWithheld = 0;

const opened = new Map<number, { path: string; flags: number }>();

/** Forgets what was observed, and makes calls fail as `fault` says from now on; `withhold`: flags of open(2) that the system isn't given. */
export function observeAnew(fault: typeof faultOf = () => undefined, withhold = 0): void {
  fileEvents.length = 0;
  faultOf = fault;
  flagsWithheld = withhold;
}

/** The files and folders that are open. */
export function openPaths(): string[] {
  return [...opened.values()].map(({ path }) => path);
}

/** node:fs, observed where it writes, cuts, syncs and opens. */
export function observedFs(fs: typeof import('node:fs')): object {
  const observed = {
    ...fs,
    open: like(fs.open, (path: string, flags: number, mode: number, done: Callback) => {
      if (typeof flags !== 'number') return (fs.open as AnyFunction)(path, flags, mode, done);
      const note = (error: Error | null, descriptor: unknown) => {
        if (!error) opened.set(descriptor as number, { path, flags });
        done(error, descriptor);
      };
      return fs.open(path, flags & ~flagsWithheld, mode, note);
    }),
    openSync: (path: string, flags: number, mode?: number) => {
      const descriptor = fs.openSync(path, flags, mode);
      opened.set(descriptor, { path, flags: 0 });
      return descriptor;
    },
    closeSync: (descriptor: number) => {
      opened.delete(descriptor);
      fs.closeSync(descriptor);
    },
    write: ofDescriptor('write', fs.write, 0),
    ftruncate: ofDescriptor('ftruncate', fs.ftruncate, 0),
    fdatasync: ofDescriptor('fdatasync', fs.fdatasync, SYNC_ANSWERS_AFTER_MS),
    fsync: ofDescriptor('fsync', fs.fsync, SYNC_ANSWERS_AFTER_MS),
  };
  return { ...observed, default: observed };
}

/** node:fs/promises, observed where it renames: `path` is the new one. */
export function observedFsPromises(fs: typeof import('node:fs/promises')): object {
  const rename = async (from: string, to: string) => {
    fileEvents.push({ call: 'rename', path: to, phase: 'began' });
    await fs.rename(from, to);
    fileEvents.push({ call: 'rename', path: to, phase: 'ended' });
  };
  return { ...fs, rename, default: { ...fs, rename } };
}

function ofDescriptor(call: string, original: AnyFunction, answersAfterMs: number): AnyFunction {
  return like(original, (descriptor: number, ...given: unknown[]) => {
    const done = given.pop() as Callback;
    const { path = '', flags = 0 } = opened.get(descriptor) ?? {};
    fileEvents.push({ call, path, phase: 'began' });
    const answer: Callback = async (...results) => {
      if (answersAfterMs > 0) await sleep(answersAfterMs);
      fileEvents.push({ call, path, phase: 'ended' });
      done(...results);
    };
    const code = faultOf(call, path, flags);
    if (code === undefined) original(descriptor, ...given, answer);
    else setImmediate(() => answer(Object.assign(new Error(`${code}: as the test wants it`), { code })));
  });
}

/** With what `promisify` reads from the original. */
function like(original: AnyFunction, replacement: AnyFunction): AnyFunction {
  const symbols = Object.getOwnPropertySymbols(original);
  const all = Object.getOwnPropertyDescriptors(original) as PropertyDescriptorMap &
    Record<symbol, PropertyDescriptor>;
  for (const symbol of symbols) Object.defineProperty(replacement, symbol, all[symbol] ?? {});
  return replacement;
}
