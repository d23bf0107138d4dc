import { z } from 'zod';
import { principalOf } from '../auth/authenticate.ts';
import type { Preferences } from '../auth/preferences.ts';
import { readJsonBody } from '../http/json-body.ts';
import type { ApiRoute } from './api-route.ts';

const valueSchema = z.unknown();
const COMMON = { section: 'API', permission: 'session' } as const;

/** What the one signed in has set in the viewer: any JSON of at most 64 KiB, by name. */
export function preferenceRoutes(preferences: Preferences): ApiRoute[] {
  return [
    {
      ...COMMON,
      method: 'GET',
      template: '/preferences',
      transaction: 'List own preferences',
      response: z.record(z.string(), valueSchema),
      status: 200,
      handle: async (context) => {
        const list = await preferences.list(principalOf(context));
        context.body = Object.fromEntries(list.map(({ name, value }) => [name, value]));
      },
    },
    {
      ...COMMON,
      method: 'PUT',
      template: '/preferences/{name}',
      transaction: 'Set an own preference',
      request: valueSchema,
      status: 204,
      handle: async (context, { name = '' }) => {
        await preferences.set(principalOf(context), name, await readJsonBody(context, valueSchema));
        context.status = 204;
      },
    },
    {
      ...COMMON,
      method: 'DELETE',
      template: '/preferences/{name}',
      transaction: 'Remove an own preference',
      status: 204,
      handle: async (context, { name = '' }) => {
        await preferences.remove(principalOf(context), name);
        context.status = 204;
      },
    },
  ];
}
