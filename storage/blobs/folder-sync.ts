import { closeSync, fsync, openSync } from 'node:fs';

interface Waiting {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Brings the entries of folders to the disk, one sync for all who ask while another is under way: an entry made before `sync` was
 * called is durable when its promise resolves.
 */
export class FolderSync {
  /** Those who wait for the next sync of a folder, while one runs. */
  readonly #next = new Map<string, Waiting[]>();

  /** Rejects with the file system's error. */
  sync(folder: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const next = this.#next.get(folder);
      if (next) {
        next.push({ resolve, reject });
        return;
      }
      this.#next.set(folder, []);
      this.#run(folder, [{ resolve, reject }]);
    });
  }

  #run(folder: string, group: readonly Waiting[]): void {
    syncFolder(folder, (error) => {
      const next = this.#next.get(folder) ?? [];
      if (next.length > 0) {
        this.#next.set(folder, []);
        this.#run(folder, next);
      } else this.#next.delete(folder);
      for (const { resolve, reject } of group) error ? reject(error) : resolve();
    });
  }
}

/** Opened anew each time: a folder that was removed and made again is another one. */
function syncFolder(folder: string, done: (error: unknown) => void): void {
  let descriptor: number;
  try {
    descriptor = openSync(folder, 'r');
  } catch (error) {
    done(error);
    return;
  }
  fsync(descriptor, (error) => {
    closeSync(descriptor);
    done(error);
  });
}
