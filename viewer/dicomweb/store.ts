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

function failuresOf(answer: JsonDataSet): Failure[] {
  return items(answer, tags.FailedSOPSequence).map((item) => ({
    sopInstanceUID: text(item, tags.ReferencedSOPInstanceUID),
    failureReason: number(item, tags.FailureReason),
    explanation: text(item, tags.ErrorComment) ?? text(item, '00741048') ?? commentWithin(item),
  }));
}

/** Error Comment (0000,0902) inside the Failed Attributes Sequence (0074,1048). */
function commentWithin(item: JsonDataSet): string | undefined {
  const comments = items(item, '00741048')
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

/**
 * Matches a Store Instances Response (PS3.18 Annex I.2) to the files of the request: by SOP Instance UID where a file
 * names one, else in the order sent, because the response knows no file names.
 */
export function readStoreResponse(files: readonly FileToStore[], answer: JsonDataSet): StoreOutcome[] {
  const storedUIDs = items(answer, tags.ReferencedSOPSequence).map((item) =>
    text(item, tags.ReferencedSOPInstanceUID),
  );
  const failures = failuresOf(answer);
  const outcomes = new Map<FileToStore, StoreOutcome>();
  for (const file of files) {
    const uid = file.sopInstanceUID;
    const failureIndex = uid === undefined ? -1 : failures.findIndex((entry) => entry.sopInstanceUID === uid);
    const storedIndex = uid === undefined ? -1 : storedUIDs.indexOf(uid);
    if (storedIndex !== -1) {
      storedUIDs.splice(storedIndex, 1);
      outcomes.set(file, { name: file.name, stored: true });
    } else if (failureIndex !== -1) {
      outcomes.set(file, failed(file.name, failures.splice(failureIndex, 1)[0]));
    }
  }
  const unmatched = files.filter((file) => !outcomes.has(file));
  for (const file of unmatched) {
    if (failures.length === 0 && storedUIDs.length > 0) {
      storedUIDs.shift();
      outcomes.set(file, { name: file.name, stored: true });
    } else {
      outcomes.set(file, failed(file.name, failures.shift()));
    }
  }
  return files.map((file) => outcomes.get(file) ?? failed(file.name, undefined));
}

function isDataSet(body: unknown): body is JsonDataSet {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

/**
 * STOW-RS Store Instances (PS3.18 10.5) of one batch. Never rejects, except when aborted: a request that fails as a
 * whole is the outcome of each of its files. `onProgress` is told the bytes sent.
 */
export async function storeFiles(
  files: readonly FileToStore[],
  options: { signal?: AbortSignal; onProgress?: (bytesSent: number) => void } = {},
): Promise<StoreOutcome[]> {
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
    if (
      instance.status === 409 &&
      isDataSet(instance.response) &&
      instance.response[tags.FailedSOPSequence]
    ) {
      return readStoreResponse(files, instance.response);
    }
    const translated = translateError(error);
    const explanation = translated instanceof Error ? translated.message : String(translated);
    return files.map((file) => ({ name: file.name, stored: false, explanation }));
  }
}
