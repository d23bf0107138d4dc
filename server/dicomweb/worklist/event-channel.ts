import type { Context } from 'koa';
import { ForbiddenError } from '../../auth/auth-errors.ts';
import { principalOf } from '../../auth/authenticate.ts';
import { HttpError } from '../../http/http-errors.ts';
import { acceptWebSocket, assertWebSocket, sendText, type WebSocket } from '../../http/web-socket.ts';
import type { DicomwebService } from '../service.ts';
import { aeTitleOf } from './names.ts';

const MOST_CHANNELS = 1000;
const MOST_CHANNELS_OF_ONE = 32;
/** Then the client opens another, and shows again who it is; what happens between waits for it. */
const LONGEST_MS = 60 * 60 * 1000;

/** RFC 6455 7.4.1. */
const NORMAL = 1000;
const GOING_AWAY = 1001;
const INTERNAL_ERROR = 1011;

/**
 * Open Notification Connection transaction (PS3.18 8.10.4): a WebSocket on which the event reports of one AE title's subscriptions
 * come as DICOM JSON (8.10.5). What the client sends is not read.
 */
export async function openEventChannel(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const feed = service.archive.workItemEvents;
  const aeTitle = aeTitleOf(parameters.aetitle ?? '', 'subscriber in the URL');
  assertWebSocket(context);
  checkOrigin(context, service);
  if (feed.size >= MOST_CHANNELS || feed.sizeOf(aeTitle) >= MOST_CHANNELS_OF_ONE)
    throw new HttpError(503, 'There are as many channels open as this server keeps.');
  const webSocket = await acceptWebSocket(context);
  try {
    const channel = await feed.open(aeTitle, {
      send: (report) => sendText(webSocket, report),
      close: () => webSocket.close(GOING_AWAY),
    });
    whenClosed(webSocket, () => channel.end());
  } catch (error) {
    service.archive.logger.error({ err: error, requestId: context.state.requestId }, 'event_channel_failed');
    webSocket.close(INTERNAL_ERROR);
    return;
  }
  const timer = setTimeout(() => webSocket.close(NORMAL), LONGEST_MS).unref();
  whenClosed(webSocket, () => clearTimeout(timer));
}

function whenClosed(webSocket: WebSocket, then: () => void): void {
  if (webSocket.readyState === webSocket.CLOSED) then();
  else webSocket.once('close', then);
}

/**
 * Browsers let any page open a WebSocket to anywhere, and send cookies along. So a page's origin must be ours, or one whose scripts
 * may read our answers; an API key, which no browser sends by itself, shows enough.
 */
function checkOrigin(context: Context, service: DicomwebService): void {
  const origin = context.get('Origin');
  if (origin === '' || principalOf(context)?.by === 'api-key') return;
  const own = [service.publicUrl, `http://${context.host}`].flatMap((url) =>
    url !== undefined && URL.canParse(url) ? [new URL(url).host] : [],
  );
  if (URL.canParse(origin) && own.includes(new URL(origin).host)) return;
  // Set before, where ISOCENTER_CORS_ORIGINS names it (see http/cross-origin.ts).
  if (context.response.get('Access-Control-Allow-Origin') === origin) return;
  throw new ForbiddenError('Pages of other sites may not listen with your session.');
}
