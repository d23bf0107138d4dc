import { type SentRequest, sendAll } from './client.ts';

const boundary = 'B0UNDARY';
const partHead = Buffer.from(`\r\n--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
const end = Buffer.from(`\r\n--${boundary}--\r\n`);

/** PS3.18 10.5: one request that stores `instances`. */
function storeRequest(root: string, instances: readonly Buffer[]): SentRequest {
  const body = Buffer.concat([...instances.flatMap((bytes) => [partHead, bytes]), end]);
  return {
    method: 'POST',
    url: `${root}/studies`,
    headers: {
      'Content-Type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      Accept: 'application/dicom+json',
      'Content-Length': String(body.length),
    },
    body,
  };
}

/**
 * Stores `instances`, `perRequest` in each request, over four connections. The bodies are made before the clock runs.
 * @returns instances a second
 */
export async function store(root: string, instances: readonly Buffer[], perRequest: number): Promise<number> {
  const requests: SentRequest[] = [];
  for (let at = 0; at < instances.length; at += perRequest)
    requests.push(storeRequest(root, instances.slice(at, at + perRequest)));
  return (await sendAll(requests)) * (instances.length / requests.length);
}

/** Stores what `make` makes for 1 to `count`, some at a time, so that it need not be in memory at once. */
export async function fill(
  roots: readonly string[],
  count: number,
  make: (number: number) => Buffer | readonly Buffer[],
): Promise<void> {
  const atOnce = 200;
  let waiting: Buffer[] = [];
  for (let number = 1; number <= count; number++) {
    waiting.push(...[make(number)].flat());
    if (waiting.length < atOnce && number < count) continue;
    for (const root of roots) await store(root, waiting, 20);
    waiting = [];
  }
}
