import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from './running.ts';

/** Writes files and syncs each one: what durable storing costs at least. On the file system where the archives have their data. */
export interface PlainLoop {
  /** Each of `files` into a file of its own, `atOnce` at a time. @returns files a second */
  write(files: readonly Uint8Array[], atOnce: number): Promise<number>;
  /** All of `blocks` into one file. @returns bytes a second */
  writeOne(blocks: Iterable<Uint8Array>): Promise<number>;
  stop(): Promise<void>;
}

export async function startPlainLoop(): Promise<PlainLoop> {
  const { folder, remove } = await makeFolder('plain-loop-bench-');
  let lastFile = 0;
  const nextPath = () => {
    lastFile += 1;
    return join(folder, String(lastFile));
  };
  return {
    write: async (files, atOnce) => {
      const queue = files.values();
      const begin = performance.now();
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          for (const bytes of queue) await writeDurably(nextPath(), [bytes]);
        }),
      );
      return (files.length * 1000) / (performance.now() - begin);
    },
    writeOne: async (blocks) => {
      const path = nextPath();
      const begin = performance.now();
      const sizeBytes = await writeDurably(path, blocks);
      const rate = (sizeBytes * 1000) / (performance.now() - begin);
      await rm(path);
      return rate;
    },
    stop: remove,
  };
}

async function writeDurably(path: string, blocks: Iterable<Uint8Array>): Promise<number> {
  const file = await open(path, 'w');
  let sizeBytes = 0;
  try {
    for (const bytes of blocks) {
      for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
      sizeBytes += bytes.length;
    }
    await file.datasync();
  } finally {
    await file.close();
  }
  return sizeBytes;
}
