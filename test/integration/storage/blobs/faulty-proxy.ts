import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy before a real server that breaks what it is told to break. */
export interface FaultyProxy {
  endpoint: string;
  /** What happens to the bytes from now on. */
  fault: Fault;
  /** How many connections were made. */
  connections: number;
  close(): Promise<void>;
}

export type Fault =
  | { kind: 'none' }
  /** The next `times` requests (by their first bytes) that match are cut off before they reach the server. */
  | { kind: 'cut-request'; pattern: RegExp; times: number }
  /** The request reaches the server; the answer to it is thrown away and the connection cut. */
  | { kind: 'lose-answer'; pattern: RegExp; times: number }
  /** Nothing goes through any more, and nothing is said. */
  | { kind: 'silence' }
  /** The connection is cut after so many bytes of answer. */
  | { kind: 'cut-answer'; afterBytes: number };

export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const url = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => {
    proxy.connections += 1;
    const outgoing = connect(Number(url.port), url.hostname);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        incoming.destroy();
        outgoing.destroy();
      });
    }
    join(proxy, incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultyProxy = {
    endpoint: `http://127.0.0.1:${portOf(server)}`,
    fault: { kind: 'none' },
    connections: 0,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

function join(proxy: FaultyProxy, incoming: Socket, outgoing: Socket): void {
  let isAnswerLost = false;
  let answered = 0;
  incoming.on('data', (chunk) => {
    const { fault } = proxy;
    if (fault.kind === 'silence') return;
    if ((fault.kind === 'cut-request' || fault.kind === 'lose-answer') && fault.times > 0) {
      if (fault.pattern.test(chunk.toString('latin1', 0, 500))) {
        fault.times -= 1;
        if (fault.kind === 'cut-request') {
          incoming.destroy();
          return;
        }
        isAnswerLost = true;
      }
    }
    outgoing.write(chunk);
  });
  outgoing.on('data', (chunk) => {
    const { fault } = proxy;
    if (fault.kind === 'silence') return;
    // "100 Continue" isn't the answer yet.
    if (isAnswerLost && !chunk.toString('latin1', 0, 20).startsWith('HTTP/1.1 100')) {
      incoming.destroy();
      return;
    }
    answered += chunk.length;
    if (fault.kind === 'cut-answer' && answered > fault.afterBytes) {
      incoming.destroy();
      return;
    }
    // The reader's pace is the server's.
    if (!incoming.write(chunk)) {
      outgoing.pause();
      incoming.once('drain', () => outgoing.resume());
    }
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}
