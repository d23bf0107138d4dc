import { userInfo } from 'node:os';
import type { AuditEvent } from '../audit/audit-log.ts';
import { openServices, type Services } from '../compose.ts';
import { readSettings, SettingsError } from '../config/settings.ts';
import { createLogger } from '../telemetry/logger.ts';

/** The command line's own words: standard output is its answer, standard error its troubles. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Tells a person what went wrong: settings and expected faults without a stack. */
export function explain(error: unknown): void {
  complain(textOf(error));
}

function textOf(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const expected = 'code' in error && typeof error.code === 'string';
  return expected ? `${error.message} (${error.code})` : (error.stack ?? error.message);
}

/** Runs `work` with the services that the settings name, also while a server runs on the same data; logs only troubles. */
export async function withServices<T>(work: (services: Services) => Promise<T>): Promise<T> {
  const settings = readSettings();
  const services = await openServices(
    settings,
    createLogger(settings.logLevel === 'info' ? 'warn' : settings.logLevel),
  );
  // Ctrl-C must not leave the embedded PostgreSQL behind; what was answered as stored is stored.
  const stop = () => {
    void services.stop().finally(() => process.exit(130));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(services);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await services.stop();
  }
}

/** Says in the audit trail what a command did: whoever has a shell on the machine leaves a trace as everybody else does. */
export function auditCommand(
  { audit }: Services,
  transaction: string,
  done: Partial<Pick<AuditEvent, 'studyInstanceUID' | 'resource' | 'detail'>> = {},
): void {
  audit.record({
    at: new Date(),
    actor: `shell:${userInfo().username}`,
    roles: [],
    address: null,
    transaction,
    method: 'COMMAND',
    status: 200,
    studyInstanceUID: null,
    seriesInstanceUID: null,
    sopInstanceUID: null,
    resource: null,
    detail: null,
    requestId: null,
    ...done,
  });
}
