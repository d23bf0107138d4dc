import { IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

interface Upgrade {
  socket: Duplex;
  /** What the client sent already of the new protocol. */
  head: Buffer;
}

/** Long enough for an answer to arrive. */
const LINGER_MS = 5000;

const waiting = new WeakMap<IncomingMessage, Upgrade>();
const ASKED = Symbol('asked');

/**
 * A request, for `createServer`. As soon as a server takes upgrades, Node hands it those to any protocol, without their bodies; but
 * many clients ask for h2c with whatever they send, and are to get a plain answer (RFC 9110 7.8). So only WebSocket counts.
 */
export class UpgradableRequest extends IncomingMessage {
  declare [ASKED]: boolean | null | undefined;

  get upgrade(): boolean | null {
    if (!this[ASKED]) return this[ASKED] ?? null;
    return this.method === 'GET' && /^websocket$/i.test(this.headers.upgrade ?? '');
  }

  set upgrade(asked: boolean | null) {
    this[ASKED] = asked;
  }
}

/**
 * Gives requests for a WebSocket to `handle` like any other: whoever takes no upgrade answers them in HTTP, and the connection ends.
 * Answers how to end all that were upgraded.
 */
export function takeUpgrades(
  server: Server,
  handle: (request: IncomingMessage, response: ServerResponse) => unknown,
): { destroyAll(): void } {
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    // Who takes the socket over listens by itself; meanwhile a reset must not end the process.
    socket.on('error', () => undefined);
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    try {
      response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
    } catch {
      // An answer is still being sent on it; Node, which gave the connection away, would not bring that to its end.
      socket.destroy();
      return;
    }
    waiting.set(request, { socket, head });
    response.once('finish', () => {
      socket.end();
      // Nobody reads it any more, so that the other side's end would not be seen.
      setTimeout(() => socket.destroy(), LINGER_MS).unref();
    });
    handle(request, response);
  });
  return {
    destroyAll: () => {
      for (const socket of upgraded) socket.destroy();
    },
  };
}

/** True where the request can be upgraded. */
export function isUpgradable(request: IncomingMessage): boolean {
  return waiting.has(request);
}

/** Takes the connection: nothing of `response` is sent any more. Undefined where there is nothing to upgrade. */
export function takeConnection(request: IncomingMessage, response: ServerResponse): Upgrade | undefined {
  const upgrade = waiting.get(request);
  if (!upgrade) return undefined;
  waiting.delete(request);
  response.detachSocket(upgrade.socket as Parameters<ServerResponse['detachSocket']>[0]);
  return upgrade;
}
