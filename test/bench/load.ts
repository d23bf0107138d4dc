import http from 'node:http';

export interface Answer {
  status: number;
  bytes: number;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });

/** One request; the answer's body is counted, not kept. */
export function request(
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: Buffer,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = http.request(url, { method, agent, headers }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, bytes }));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Runs `work` for 0 to `count` - 1, `concurrency` at a time; answers how many a second. An answer of 400 or more throws. */
export async function ratePerSecond(
  count: number,
  concurrency: number,
  work: (i: number) => Promise<Answer>,
): Promise<number> {
  let next = 0;
  const started = performance.now();
  const one = async () => {
    while (next < count) {
      const i = next;
      next += 1;
      const { status } = await work(i);
      if (status >= 400) throw new Error(`the server answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, one));
  return (count * 1000) / (performance.now() - started);
}

export function closeConnections(): void {
  agent.destroy();
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
