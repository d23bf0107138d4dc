import type { Context } from 'koa';
import { z } from 'zod';
import type { AuditLog } from '../audit/audit-log.ts';
import { HttpError } from '../http/http-errors.ts';
import type { ApiRoute } from './api-route.ts';

const MOST_EVENTS = 1000;

const instant = z.iso.datetime({ offset: true, message: 'a date and time such as 2026-01-31T00:00:00Z' });
const querySchema = z.object({
  from: instant.optional(),
  to: instant.optional(),
  actor: z.string().optional(),
  study: z.string().optional(),
  transaction: z.string().optional(),
  before: z
    .string()
    .regex(/^\d{1,18}$/, 'the id of an event')
    .optional(),
  limit: z.coerce.number().int().min(1).max(MOST_EVENTS).default(100),
});

const eventSchema = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  actor: z.string().nullable(),
  roles: z.array(z.string()),
  address: z.string().nullable(),
  transaction: z.string(),
  method: z.string(),
  status: z.number(),
  studyInstanceUID: z.string().nullable(),
  seriesInstanceUID: z.string().nullable(),
  sopInstanceUID: z.string().nullable(),
  resource: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()).nullable(),
  requestId: z.string().nullable(),
});

/** What was done in this archive, for those who watch over it. */
export function auditRoutes(log: AuditLog): ApiRoute[] {
  return [
    {
      section: 'API',
      permission: 'audit:read',
      method: 'GET',
      template: '/audit',
      transaction: 'List audit events',
      query: querySchema,
      response: z.array(eventSchema),
      status: 200,
      handle: async (context) => {
        const { from, to, study, ...rest } = readQuery(context);
        context.body = await log.find({
          ...rest,
          from: from === undefined ? undefined : new Date(from),
          to: to === undefined ? undefined : new Date(to),
          studyInstanceUID: study,
        });
      },
    },
  ];
}

function readQuery(context: Context): z.output<typeof querySchema> {
  const parsed = querySchema.safeParse(context.query);
  if (parsed.success) return parsed.data;
  throw new HttpError(
    400,
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  );
}
