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
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'event',
      serializers: { err: errorForLog },
    },
    destination,
  );
}

/** PostgreSQL Appendix A: class 22, data exceptions, and 23, constraints, quote values in their messages. */
const QUOTES_VALUES = /^2[23]...$/;

/** What is logged of an error. Other fields than these (PostgreSQL's `detail` and `where`, say) may hold what a patient is known by. */
function errorForLog(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error ? String(error.code) : undefined;
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    code,
    message: code !== undefined && QUOTES_VALUES.test(code) ? undefined : error.message,
    stack: frames?.join('\n'),
    cause: error.cause === undefined ? undefined : errorForLog(error.cause),
  };
}
