import type { Context } from 'koa';
import type { AuditEvent, AuditLog, AuditSource } from '../audit/audit-log.ts';
import { principalOf } from './authenticate.ts';

interface Noted {
  /** Who a request without credentials says to be, that of a sign-in. */
  actor?: string;
  studyInstanceUID?: string | undefined;
  detail?: Readonly<Record<string, unknown>>;
}

/** Adds to the audit event of this request what its URL does not say. */
export function noteForAudit(context: Context, noted: Noted): void {
  context.state.auditNote = { ...(context.state.auditNote as Noted | undefined), ...noted };
}

/** For those whose transaction writes its audit event itself: says that it did. */
export function auditedItself(context: Context): void {
  context.state.isAudited = true;
}

export function auditSourceOf(context: Context): AuditSource {
  const principal = principalOf(context);
  return {
    actor: principal?.username ?? null,
    roles: principal?.roles ?? [],
    address: context.ip || null,
    requestId: String(context.state.requestId ?? '') || null,
  };
}

const MOST_PARAMETERS = 20;
const LONGEST_PARAMETER = 64;

/** Names without values: what was asked for may be a patient's name. */
function parametersOf(context: Context): Readonly<Record<string, unknown>> | null {
  if (context.querystring === '') return null;
  const names = namesIn(context).map((name) => name.slice(0, LONGEST_PARAMETER));
  return names.length > 0 ? { parameters: names.slice(0, MOST_PARAMETERS) } : null;
}

function namesIn(context: Context): string[] {
  const { querystring } = context;
  if (/[%+]/.test(querystring)) return Object.keys(context.query);
  const names = querystring.split('&').map((pair) => pair.split('=', 1)[0] ?? '');
  return [...new Set(names)].filter((name) => name !== '');
}

/**
 * Records every request that a route answered, once the answer has ended; where the client left before, once its handler has, which
 * may have stored or deleted for nobody. Those of nobody (401) are not: whoever reaches the port could fill the table with them;
 * sign-ins are counted and throttled by themselves.
 */
export function auditRequests(
  log: AuditLog,
): (
  context: Context,
  route: { method: string; transaction: string },
  parameters: Readonly<Record<string, string>>,
  handled: Promise<void>,
) => void {
  return (context, { transaction }, { study, series, instance }, handled) => {
    // Koa remembers the address once it is asked for; when the connection is gone there is none to be had.
    void context.ip;
    const recordOnce = log.expect();
    const record = () => recordOnce(event());
    const event = (): AuditEvent | undefined => {
      const noted = (context.state.auditNote ?? {}) as Noted;
      const { actor: username, roles, address, requestId } = auditSourceOf(context);
      const actor = username ?? noted.actor ?? null;
      if (actor === null || context.state.isAudited) return undefined;
      return {
        at: new Date(),
        actor,
        roles,
        address,
        requestId,
        transaction,
        method: context.method,
        status: context.res.statusCode,
        studyInstanceUID: uid(study) ?? noted.studyInstanceUID ?? null,
        seriesInstanceUID: uid(series),
        sopInstanceUID: uid(instance),
        resource: study === undefined ? context.path.slice(0, 200) : null,
        detail: noted.detail ?? parametersOf(context),
      };
    };
    const closed = () => {
      // Of what becomes a WebSocket nothing more is said in HTTP.
      if (context.res.writableFinished || context.res.statusCode === 101) return record();
      // A failure becomes a status only after the handler.
      const later = () => void setImmediate(record);
      handled.then(later, later);
    };
    // Who left while we found out who it is gets no answer that could still end.
    if (context.res.closed) closed();
    else context.res.once('close', closed);
  };
}

function uid(text: string | undefined): string | null {
  return text !== undefined && /^[\d.]{1,64}$/.test(text) ? text : null;
}
