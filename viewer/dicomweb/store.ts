import { dicomWebClient, translateError } from './client.ts';
import { items, type JsonDataSet, number, text } from './data-set.ts';
import { RequestError } from './request-error.ts';
import { tags } from './tags.ts';

/** One file to store; the UID is the one its File Meta Information names, where it has any. */
export interface FileToStore {
  readonly name: string;
  readonly bytes: ArrayBuffer;
  readonly sopInstanceUID?: string;
}

/** What became of one file. */
export interface StoreOutcome {
  readonly name: string;
  readonly stored: boolean;
  /** Failure Reason (0008,1197), where the server gave one. */
  readonly failureReason?: number;
  /** The server's own words, or those of the failed request. */
  readonly explanation?: string;
}

interface Failure {
  readonly sopInstanceUID: string | undefined;
  readonly failureReason: number | undefined;
  readonly explanation: string | undefined;
}

/** PS3.18 I.2.2: failures named by UID, and those that can't be named (Other Failures Sequence). */
function failuresOf(answer: JsonDataSet): Failure[] {
  const failedItems = [
    ...items(answer, tags.FailedSOPSequence),
    ...items(answer, tags.OtherFailuresSequence),
  ];
  return failedItems.map((item) => ({
    sopInstanceUID: text(item, tags.ReferencedSOPInstanceUID),
    failureReason: number(item, tags.FailureReason),
    explanation: text(item, tags.ErrorComment) ?? commentWithin(item),
  }));
}

/** Error Comment (0000,0902) inside the Failed Attributes Sequence (0074,1048). */
function commentWithin(item: JsonDataSet): string | undefined {
  const comments = items(item, tags.FailedAttributesSequence)
    .map((nested) => text(nested, tags.ErrorComment))
    .filter((comment) => comment !== undefined);
  return comments.length > 0 ? comments.join('; ') : undefined;
}

function failed(name: string, failure: Failure | undefined): StoreOutcome {
  return {
    name,
    stored: false,
    ...(failure?.failureReason !== undefined ? { failureReason: failure.failureReason } : {}),
    ...(failure?.explanation !== undefined ? { explanation: failure.explanation } : {}),
  };
}

/** The only one of `list` that fulfils `test`; undefined when there is none or several. */
function only<T>(list: readonly T[], test: (entry: T) => boolean): T | undefined {
  const found = list.filter(test);
  return found.length === 1 ? found[0] : undefined;
}

/** Whether failures differ only in what can't be told apart by a reader. */
function areAlike(failures: readonly Failure[]): boolean {
  const [first] = failures;
  return failures.every(
    (failure) => failure.failureReason === first?.failureReason && failure.explanation === first?.explanation,
  );
}

/**
 * Matches a Store Instances Response (PS3.18 Annex I.2) to the files of the request, in their order. The response knows
 * no file names, and its UIDs are those of the data sets, not of the File Meta Information: where more than one reading
 * is possible, the outcome of a file is undefined. Nothing is told by order.
 */
export function readStoreResponse(
  files: readonly FileToStore[],
  answer: JsonDataSet,
): (StoreOutcome | undefined)[] {
  const stored = items(answer, tags.ReferencedSOPSequence).map((item) =>
    text(item, tags.ReferencedSOPInstanceUID),
  );
  const failures = failuresOf(answer);
  if (files.length === 1) {
    const isStored = stored.length === 1 && failures.length === 0;
    return files.map(({ name }) => (isStored ? { name, stored: true } : failed(name, failures[0])));
  }
  if (stored.length + failures.length !== files.length) return files.map(() => undefined);
  if (failures.length === 0) return files.map(({ name }) => ({ name, stored: true }));
  return matchByUID(files, stored, failures);
}

function matchByUID(
  files: readonly FileToStore[],
  stored: readonly (string | undefined)[],
  failures: readonly Failure[],
): (StoreOutcome | undefined)[] {
  const unmatchedFailures = new Set(failures);
  const outcomes = files.map((file): StoreOutcome | undefined => {
    const { name, sopInstanceUID: uid } = file;
    if (uid === undefined || !only(files, (other) => other.sopInstanceUID === uid)) return undefined;
    const failure = only(failures, (entry) => entry.sopInstanceUID === uid);
    const isStored = only(stored, (entry) => entry === uid) !== undefined;
    if (isStored === (failure !== undefined)) return undefined;
    if (failure) unmatchedFailures.delete(failure);
    return failure ? failed(name, failure) : { name, stored: true };
  });
  const unmatched = files.filter((_, index) => outcomes[index] === undefined);
  if (unmatched.length === 0) return outcomes;
  // A file that names a UID which the answer does not: its data set may bear the UID of any other file.
  if (unmatched.some((file) => file.sopInstanceUID !== undefined)) {
    return stored.length > 0 || !areAlike(failures)
      ? files.map(() => undefined)
      : files.map(({ name }) => failed(name, failures[0]));
  }
  const rest = [...unmatchedFailures];
  const haveAllFailed = rest.length === unmatched.length && areAlike(rest);
  return outcomes.map((outcome, index) =>
    outcome || !haveAllFailed ? outcome : failed(files[index]?.name ?? '', rest[0]),
  );
}

function isDataSet(body: unknown): body is JsonDataSet {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

interface StoreOptions {
  readonly signal?: AbortSignal;
  /** Told the bytes sent so far. */
  readonly onProgress?: (bytesSent: number) => void;
}

/** One request. A request that fails as a whole is the outcome of each of its files. */
async function sendOnce(
  files: readonly FileToStore[],
  options: StoreOptions,
): Promise<(StoreOutcome | undefined)[]> {
  const instance = new XMLHttpRequest();
  instance.upload.addEventListener('progress', (event) => options.onProgress?.(event.loaded));
  const client = dicomWebClient(options.signal ? { signal: options.signal } : {});
  try {
    const datasets = files.map((file) => file.bytes);
    const request = { instance, responseType: 'json' };
    const answer: unknown = await client.storeInstances({ datasets, request });
    if (isDataSet(answer)) return readStoreResponse(files, answer);
    throw new RequestError(200, 'The answer is no Store Instances Response');
  } catch (error) {
    options.signal?.throwIfAborted();
    // PS3.18 10.5.3.1: 409 comes with the response document too.
    const { status, response } = instance;
    if (status === 409 && isDataSet(response) && failuresOf(response).length > 0) {
      return readStoreResponse(files, response);
    }
    const translated = translateError(error);
    const explanation = translated instanceof Error ? translated.message : String(translated);
    return files.map((file) => ({ name: file.name, stored: false, explanation }));
  }
}

/**
 * STOW-RS Store Instances (PS3.18 10.5) of one batch. Files of which the answer does not tell what became are sent again,
 * one to a request: what was stored before is answered as stored. Never rejects, except when aborted.
 */
export async function storeFiles(
  files: readonly FileToStore[],
  options: StoreOptions = {},
): Promise<StoreOutcome[]> {
  const outcomes = await sendOnce(files, options);
  const known: StoreOutcome[] = [];
  for (const [index, file] of files.entries()) {
    const again = options.signal ? { signal: options.signal } : {};
    const outcome = outcomes[index] ?? (await sendOnce([file], again))[0];
    known.push(outcome ?? failed(file.name, undefined));
  }
  return known;
}
