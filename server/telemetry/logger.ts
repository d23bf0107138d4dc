import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/**
 * JSON lines on standard error. Law 7: an event's name and fields; UIDs and numbers, never what a patient could be known by,
 * never a token.
 */
export function createLogger(
  level: string,
  destination: DestinationStream | undefined = pino.destination({ fd: 2, sync: true }),
): Logger {
  return pino(
    { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event' },
    destination,
  );
}
