import type { StoreOutcome } from './store.ts';

/** What was dropped: the files, and the entries that can't be read (gone since, or not permitted), each as a failure. */
export interface Drop {
  readonly files: readonly File[];
  readonly unreadable: readonly StoreOutcome[];
}

/**
 * All files of a drop, folders walked to any depth. The entries must be taken before the event handler returns. Never
 * rejects: what can't be read is named, and the rest is taken.
 */
export async function filesOfDrop(transfer: DataTransfer): Promise<Drop> {
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  if (entries.length === 0) return { files: [...transfer.files], unreadable: [] };
  const files: File[] = [];
  const unreadable: StoreOutcome[] = [];
  for (const entry of entries) await collect(entry, files, unreadable);
  return { files, unreadable };
}

async function collect(entry: FileSystemEntry, files: File[], unreadable: StoreOutcome[]): Promise<void> {
  try {
    if (entry.isFile) {
      files.push(
        await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
      );
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    // readEntries gives at most 100 at a time in Chromium; an empty answer ends the folder.
    for (;;) {
      const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (batch.length === 0) return;
      for (const child of batch) await collect(child, files, unreadable);
    }
  } catch (error) {
    const name = entry.fullPath.replace(/^\//, '');
    unreadable.push({ name, stored: false, explanation: String(error) });
  }
}
