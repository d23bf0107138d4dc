import type { Context } from 'koa';
import { type WebSocket, WebSocketServer } from 'ws';
import { HttpError } from './http-errors.ts';
import { isUpgradable, takeConnection } from './upgrade.ts';

export type { WebSocket } from 'ws';

/** A peer that answers no ping for so long has gone. */
const PING_EVERY_MS = 30_000;
/** For protocols in which only the server speaks. */
const LARGEST_MESSAGE_BYTES = 1024;

const server = new WebSocketServer({
  noServer: true,
  maxPayload: LARGEST_MESSAGE_BYTES,
  perMessageDeflate: false,
  clientTracking: false,
});

/** Throws a 426 where the request is none that can become a WebSocket (RFC 6455 4.2.1). */
export function assertWebSocket(context: Context): void {
  const isRight =
    isUpgradable(context.req) &&
    context.get('Sec-WebSocket-Version') === '13' &&
    /^[+/0-9A-Za-z]{22}==$/.test(context.get('Sec-WebSocket-Key'));
  if (isRight) return;
  throw new HttpError(426, 'This resource is a WebSocket (RFC 6455), version 13.', {
    headers: { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13' },
  });
}

/** Makes the request's connection a WebSocket, and keeps watch that the peer is there. */
export function acceptWebSocket(context: Context): Promise<WebSocket> {
  const connection = takeConnection(context.req, context.res);
  if (!connection) throw new HttpError(426, 'This resource is a WebSocket (RFC 6455).');
  const { socket, head } = connection;
  // Nothing is left for Koa to answer; but what waits for the end of the answer (logs, metrics) is to learn of it.
  context.respond = false;
  return new Promise((resolve, reject) => {
    const failed = () => {
      reject(new HttpError(400, 'The WebSocket was not completed.'));
      context.res.emit('close');
    };
    if (!socket.readable || !socket.writable) return failed();
    // Whoever is refused now, or has gone, is not told of.
    socket.once('close', failed);
    server.handleUpgrade(context.req, socket, head, (webSocket) => {
      socket.off('close', failed);
      context.status = 101;
      context.res.emit('close');
      watch(webSocket);
      resolve(webSocket);
    });
  });
}

function watch(webSocket: WebSocket): void {
  let isAnswering = true;
  webSocket.on('pong', () => {
    isAnswering = true;
  });
  // A frame that breaks the protocol or the limit closes it; there is nobody to tell.
  webSocket.on('error', () => undefined);
  const timer = setInterval(() => {
    if (!isAnswering) return webSocket.terminate();
    isAnswering = false;
    webSocket.ping();
  }, PING_EVERY_MS).unref();
  webSocket.once('close', () => clearInterval(timer));
}

/** Resolves once `text` has been handed to the network: who awaits it never lets more than one message pile up. */
export function sendText(webSocket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    webSocket.send(text, (error) => (error ? reject(error) : resolve()));
  });
}
