import http from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly bytes: number;
}

export interface SentRequest {
  readonly method?: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** One request; the answer's body is counted, not kept. */
function send(agent: http.Agent, { method = 'GET', url, headers, body }: SentRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = http.request(url, { method, agent, headers }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes }));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/**
 * Sends each of `requests` once, over as many connections that stay open as `connections` says, and answers how many a second were
 * answered. An answer that is not 200 throws.
 */
export async function sendAll(requests: readonly SentRequest[], connections = 4): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const queue = requests.values();
  const begin = performance.now();
  const one = async () => {
    for (const request of queue) {
      const { status } = await send(agent, request);
      if (status !== 200) throw new Error(`${request.url} was answered ${status}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, one));
    return (requests.length * 1000) / (performance.now() - begin);
  } finally {
    agent.destroy();
  }
}

/** Sends `requests` in turns for so many seconds; how many a second were answered. What wrk does, where there is no wrk. */
export async function sendFor(
  requests: readonly SentRequest[],
  seconds: number,
  connections = 4,
): Promise<{ requestsPerSecond: number; latenciesMs: readonly number[] }> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const latenciesMs: number[] = [];
  const begin = performance.now();
  const one = async (first: number) => {
    for (let at = first; performance.now() - begin < seconds * 1000; at += connections) {
      const request = requests[at % requests.length];
      if (!request) return;
      const sent = performance.now();
      const { status } = await send(agent, request);
      if (status >= 400) throw new Error(`${request.url} was answered ${status}`);
      latenciesMs.push(performance.now() - sent);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, (_, i) => one(i)));
    return { requestsPerSecond: (latenciesMs.length * 1000) / (performance.now() - begin), latenciesMs };
  } finally {
    agent.destroy();
  }
}
