import { mediaStorageDirectory, part10HeadBytes, readPart10Head } from './part10-head.ts';
import { type FileToStore, type StoreOutcome, storeFiles } from './store.ts';

/** Bounds of one request and of the work in flight. */
export const uploadLimits = {
  filesPerBatch: 20,
  bytesPerBatch: 32 * 1024 * 1024,
  batchesInFlight: 2,
} as const;

export interface UploadProgress {
  readonly filesTotal: number;
  readonly filesDone: number;
  readonly bytesTotal: number;
  readonly bytesSent: number;
  readonly stored: number;
  /** DICOMDIR files, left out because they are no instances. */
  readonly directoriesSkipped: number;
  readonly failures: readonly StoreOutcome[];
}

/** Groups files, in order, so that no group exceeds the limits; a file larger than the limit is a group of its own. */
export function makeBatches<T extends { readonly size: number }>(
  files: readonly T[],
  limits = uploadLimits,
): T[][] {
  const batches: T[][] = [];
  let batch: T[] = [];
  let bytes = 0;
  for (const file of files) {
    const isFull = batch.length >= limits.filesPerBatch || bytes + file.size > limits.bytesPerBatch;
    if (batch.length > 0 && isFull) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** The path of a file inside the chosen folder, or its name. */
function displayName(file: File): string {
  return file.webkitRelativePath || file.name;
}

async function readBatch(
  batch: readonly File[],
): Promise<{ files: FileToStore[]; directories: number; unreadable: StoreOutcome[] }> {
  const files: FileToStore[] = [];
  const unreadable: StoreOutcome[] = [];
  let directories = 0;
  for (const file of batch) {
    try {
      const bytes = await file.arrayBuffer();
      const head = readPart10Head(new Uint8Array(bytes, 0, Math.min(bytes.byteLength, part10HeadBytes)));
      if (head.mediaStorageSOPClassUID === mediaStorageDirectory || file.name.toUpperCase() === 'DICOMDIR') {
        directories += 1;
        continue;
      }
      const uid = head.mediaStorageSOPInstanceUID;
      files.push({ name: displayName(file), bytes, ...(uid ? { sopInstanceUID: uid } : {}) });
    } catch (error) {
      unreadable.push({ name: displayName(file), stored: false, explanation: String(error) });
    }
  }
  return { files, directories, unreadable };
}

/**
 * Stores files in bounded batches, so that memory does not grow with their number. Reports after every step; resolves
 * when all is done or `signal` is aborted.
 */
export async function uploadFiles(
  files: readonly File[],
  options: {
    signal: AbortSignal;
    onProgress: (progress: UploadProgress) => void;
    /** Files that could not even be opened; they are reported with the others. */
    unreadable?: readonly StoreOutcome[];
  },
): Promise<UploadProgress> {
  const batches = makeBatches(files);
  const bytesInFlight = new Map<number, number>();
  const { unreadable: unopened = [] } = options;
  let progress: UploadProgress = {
    filesTotal: files.length + unopened.length,
    filesDone: unopened.length,
    bytesTotal: files.reduce((sum, file) => sum + file.size, 0),
    bytesSent: 0,
    stored: 0,
    directoriesSkipped: 0,
    failures: unopened,
  };
  let bytesOfFinished = 0;
  const report = (change: Partial<UploadProgress>) => {
    const inFlight = [...bytesInFlight.values()].reduce((sum, bytes) => sum + bytes, 0);
    const bytesSent = Math.min(progress.bytesTotal, bytesOfFinished + inFlight);
    progress = { ...progress, ...change, bytesSent };
    options.onProgress(progress);
  };
  const sendBatch = async (batch: readonly File[], index: number): Promise<void> => {
    const { files: toStore, directories, unreadable } = await readBatch(batch);
    const onProgress = (bytesSent: number) => {
      bytesInFlight.set(index, bytesSent);
      report({});
    };
    const outcomes =
      toStore.length > 0 ? await storeFiles(toStore, { signal: options.signal, onProgress }) : [];
    bytesInFlight.delete(index);
    bytesOfFinished += batch.reduce((sum, file) => sum + file.size, 0);
    report({
      filesDone: progress.filesDone + batch.length,
      stored: progress.stored + outcomes.filter((outcome) => outcome.stored).length,
      directoriesSkipped: progress.directoriesSkipped + directories,
      failures: [...progress.failures, ...unreadable, ...outcomes.filter((outcome) => !outcome.stored)],
    });
  };
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < batches.length && !options.signal.aborted; index = next++) {
      await sendBatch(batches[index] ?? [], index);
    }
  };
  report({});
  try {
    await Promise.all(Array.from({ length: uploadLimits.batchesInFlight }, worker));
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
  return progress;
}
