import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FileBlobStore } from '../../../../storage/blobs/file-blob-store.ts';
import { S3BlobStore } from '../../../../storage/blobs/s3-blob-store.ts';
import type { S3Options } from '../../../../storage/blobs/s3-client.ts';

export type StoreConfig = { kind: 'file'; directory: string } | ({ kind: 's3' } & S3Options);

const MIB = 1024 * 1024;
const path = fileURLToPath(import.meta.url);

/** By how many MiB the resident memory of a process grows, at its peak, while it puts and gets a blob of `sizeMib`. */
export async function growthOfPut(config: StoreConfig, sizeMib: number): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    'tsx',
    path,
    JSON.stringify(config),
    String(sizeMib),
  ]);
  return Number(stdout);
}

async function measure(config: StoreConfig, sizeMib: number): Promise<number> {
  const store = config.kind === 'file' ? new FileBlobStore(config) : new S3BlobStore(config);
  const small = (async function* () {
    yield Buffer.alloc(1000);
  })();
  await store.put('memory/warm-up', small);
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 5);
  await store.put('memory/large', chunks(sizeMib));
  let read = 0;
  for await (const chunk of await store.get('memory/large')) read += chunk.length;
  clearInterval(timer);
  if (read !== sizeMib * MIB) throw new Error(`read ${read} bytes`);
  await store.delete('memory/large');
  return (peak - before) / MIB;
}

async function* chunks(sizeMib: number): AsyncGenerator<Uint8Array> {
  // Fresh memory each time, as from a socket.
  for (let i = 0; i < sizeMib * 16; i += 1) yield Buffer.alloc(MIB / 16, i);
}

if (process.argv[1] === path) {
  const [, , config = '', sizeMib = ''] = process.argv;
  process.stdout.write(String(await measure(JSON.parse(config), Number(sizeMib))));
  process.exit(0);
}
