import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** By connection: the answers that wait until those before them are sent. */
const waiting = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * To be called for each request before it is handled. When a connection closes Node tells only the answer whose turn it is: those that
 * wait behind it (pipelining, RFC 9112 9.3.2) would never end, nor give back what they hold. They are told here, as Node tells the other.
 */
export function endWithConnection({ socket }: IncomingMessage, response: ServerResponse): void {
  if (response.socket) return;
  const behind = waiting.get(socket) ?? waitingOn(socket);
  behind.add(response);
  response.once('socket', () => behind.delete(response));
}

function waitingOn(socket: Socket): Set<ServerResponse> {
  const behind = new Set<ServerResponse>();
  waiting.set(socket, behind);
  // One listener for all answers of the connection.
  socket.once('close', () => {
    for (const response of behind) closeUnsent(response);
  });
  return behind;
}

/** Gives it a connection that has closed: nothing is sent, its `close` follows, and whoever looks sees that nobody is there. */
function closeUnsent(response: ServerResponse): void {
  const gone = new Socket().destroy();
  response.assignSocket(gone);
}
