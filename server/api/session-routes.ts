import type { Context } from 'koa';
import { z } from 'zod';
import type { Access } from '../auth/access.ts';
import { noteForAudit } from '../auth/audit-requests.ts';
import { NotSignedInError } from '../auth/auth-errors.ts';
import { principalOf, SESSION_COOKIE } from '../auth/authenticate.ts';
import type { Principal } from '../auth/principal.ts';
import { readJsonBody } from '../http/json-body.ts';
import type { ApiRoute } from './api-route.ts';

const signInSchema = z.strictObject({
  username: z.string().min(1).max(200),
  password: z.string().min(1).max(1024),
});

const sessionSchema = z.object({
  authentication: z.enum(['local', 'off']),
  user: z.object({ username: z.string(), roles: z.array(z.string()) }),
  permissions: z.array(z.string()),
});

/** Signing in and out, and who is signed in. `access` is undefined with ISOCENTER_AUTH=off: nobody signs in. */
export function sessionRoutes(access: Access | undefined, servedByTls: boolean): ApiRoute[] {
  const section = 'API';
  return [
    {
      method: 'POST',
      template: '/session',
      transaction: 'Sign in',
      section,
      permission: 'public',
      request: signInSchema,
      response: sessionSchema,
      status: 200,
      handle: async (context) => {
        const { username, password } = await readJsonBody(context, signInSchema);
        if (!access) return answerSession(context, principalOf(context));
        noteForAudit(context, { actor: username });
        const { token, principal, expiresAt } = await access.signIn(username, password, context.ip);
        setCookie(context, token, servedByTls, expiresAt);
        answerSession(context, principal);
      },
    },
    {
      method: 'GET',
      template: '/session',
      transaction: 'Who is signed in',
      section,
      permission: 'public',
      response: sessionSchema,
      status: 200,
      handle: async (context) => answerSession(context, principalOf(context)),
    },
    {
      method: 'DELETE',
      template: '/session',
      transaction: 'Sign out',
      section,
      permission: 'public',
      status: 204,
      handle: async (context) => {
        const token = context.cookies.get(SESSION_COOKIE);
        if (access && token) await access.signOut(token);
        setCookie(context, '', servedByTls, new Date(0));
        context.status = 204;
      },
    },
  ];
}

function answerSession(context: Context, principal: Principal | undefined): void {
  if (!principal) throw new NotSignedInError();
  const { username, roles, permissions, by } = principal;
  context.body = {
    authentication: by === 'off' ? 'off' : 'local',
    user: { username, roles },
    permissions: [...permissions].sort(),
  };
}

function setCookie(context: Context, token: string, byTls: boolean, expires: Date): void {
  // Also where a trusted proxy says that the client came by TLS.
  const servedByTls = byTls || context.protocol === 'https';
  // Koa refuses a secure cookie over what it takes for plain HTTP; behind a TLS proxy it cannot know better.
  context.cookies.secure = servedByTls;
  context.cookies.set(SESSION_COOKIE, token, {
    httpOnly: true,
    sameSite: 'strict',
    secure: servedByTls,
    expires,
    overwrite: true,
    path: '/',
  });
}
