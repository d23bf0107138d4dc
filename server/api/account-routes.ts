import { z } from 'zod';
import type { Access, Account, ApiKey } from '../auth/access.ts';
import { ROLES } from '../auth/permissions.ts';
import { readJsonBody } from '../http/json-body.ts';
import type { ApiRoute } from './api-route.ts';

const roles = z.array(z.enum(ROLES as [string, ...string[]])).min(1);
const accountSchema = z.object({
  username: z.string(),
  roles: z.array(z.string()),
  disabled: z.boolean(),
  createdAt: z.iso.datetime(),
});
const newAccountSchema = z.strictObject({ username: z.string(), password: z.string().optional(), roles });
const changeSchema = z.strictObject({
  password: z.string().optional(),
  roles: roles.optional(),
  disabled: z.boolean().optional(),
});
const keySchema = z.object({
  number: z.string(),
  label: z.string(),
  username: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
});
const newKeySchema = z.strictObject({ label: z.string().min(1).max(200), username: z.string() });

/** Users and API keys, for administrators. */
export function accountRoutes(access: Access): ApiRoute[] {
  return [...userRoutes(access), ...apiKeyRoutes(access)];
}

const COMMON = { section: 'API', permission: 'admin:users' } as const;

function userRoutes(access: Access): ApiRoute[] {
  return [
    {
      ...COMMON,
      method: 'GET',
      template: '/users',
      transaction: 'List users',
      response: z.array(accountSchema),
      status: 200,
      handle: async (context) => {
        context.body = (await access.listAccounts()).map(accountView);
      },
    },
    {
      ...COMMON,
      method: 'POST',
      template: '/users',
      transaction: 'Add a user',
      request: newAccountSchema,
      response: z.object({ password: z.string().optional() }),
      status: 201,
      handle: async (context) => {
        const { username, password, roles: wanted } = await readJsonBody(context, newAccountSchema);
        context.body = { password: await access.addAccount({ username, password, roles: wanted }) };
        context.status = 201;
      },
    },
    {
      ...COMMON,
      method: 'PUT',
      template: '/users/{username}',
      transaction: 'Change a user',
      request: changeSchema,
      status: 204,
      handle: async (context, { username = '' }) => {
        await access.changeAccount(username, await readJsonBody(context, changeSchema));
        context.status = 204;
      },
    },
    {
      ...COMMON,
      method: 'DELETE',
      template: '/users/{username}',
      transaction: 'Remove a user',
      status: 204,
      handle: async (context, { username = '' }) => {
        await access.removeAccount(username);
        context.status = 204;
      },
    },
  ];
}

function apiKeyRoutes(access: Access): ApiRoute[] {
  return [
    {
      ...COMMON,
      method: 'GET',
      template: '/api-keys',
      transaction: 'List API keys',
      response: z.array(keySchema),
      status: 200,
      handle: async (context) => {
        context.body = (await access.listApiKeys()).map(keyView);
      },
    },
    {
      ...COMMON,
      method: 'POST',
      template: '/api-keys',
      transaction: 'Make an API key',
      request: newKeySchema,
      response: z.object({ number: z.string(), key: z.string() }),
      status: 201,
      handle: async (context) => {
        const { label, username } = await readJsonBody(context, newKeySchema);
        context.body = await access.makeApiKey(username, label);
        context.status = 201;
      },
    },
    {
      ...COMMON,
      method: 'DELETE',
      template: '/api-keys/{number}',
      transaction: 'Revoke an API key',
      status: 204,
      handle: async (context, { number = '' }) => {
        await access.revokeApiKey(number);
        context.status = 204;
      },
    },
  ];
}

function accountView({ username, roles: held, disabled, createdAt }: Account) {
  return { username, roles: held, disabled, createdAt };
}

function keyView({ apiKeyPk, label, username, createdAt, lastUsedAt, revokedAt }: ApiKey) {
  return { number: apiKeyPk, label, username, createdAt, lastUsedAt, revokedAt };
}
