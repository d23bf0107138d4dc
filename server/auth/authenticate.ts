import type { Context, Middleware } from 'koa';
import { type Access, API_KEY_PREFIX } from './access.ts';
import { ForbiddenError, NotSignedInError } from './auth-errors.ts';
import { PERMISSIONS, type Permission } from './permissions.ts';
import type { Principal } from './principal.ts';

export const SESSION_COOKIE = 'isocenter_session';

const LOCAL_USER: Principal = {
  username: 'local',
  roles: ['administrator'],
  permissions: new Set(PERMISSIONS),
  by: 'off',
};
const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Who sent the request; undefined where nobody has shown. */
export function principalOf(context: Context): Principal | undefined {
  return context.state.principal as Principal | undefined;
}

/**
 * Finds out who sent each request: by API key, else by session cookie. Wrong ones are a 401, not nobody. Pages of `origins` may act with
 * a session as our own do.
 */
export function authenticate(access: Access, origins: readonly string[]): Middleware {
  return async (context, next) => {
    context.state.principal =
      (await byAuthorization(access, context)) ?? (await byCookie(access, context, origins));
    return next();
  };
}

/** What changes something, sent by a page that is not ours and not of `origins`: a browser says where a request came from. */
function isFromElsewhere(context: Context, origins: readonly string[]): boolean {
  if (SAFE_METHODS.has(context.method) || origins.includes(context.get('Origin'))) return false;
  const site = context.get('Sec-Fetch-Site');
  if (site !== '') return site !== 'same-origin' && site !== 'none';
  const origin = context.get('Origin');
  return origin !== '' && origin !== `${context.protocol}://${context.host}`;
}

async function byAuthorization(access: Access, context: Context): Promise<Principal | undefined> {
  const header = context.get('Authorization');
  if (header === '') return undefined;
  const { key, username } = credentialsOf(header);
  const principal = key?.startsWith(API_KEY_PREFIX) ? await access.byApiKey(key) : undefined;
  if (!principal || (username !== undefined && username !== principal.username))
    throw new NotSignedInError(
      'The Authorization header holds no API key that is in force; it is sent as Bearer KEY or, with Basic, as the password of its user.',
    );
  return principal;
}

/**
 * An API key as a bearer token or, for the many tools of the field that know only Basic (RFC 7617), as the password of its user.
 * Passwords themselves are taken nowhere but where one signs in.
 */
function credentialsOf(header: string): { key?: string | undefined; username?: string } {
  const basic = /^Basic +([\w+/]+={0,2})$/i.exec(header)?.[1];
  if (basic === undefined) return { key: /^Bearer +(\S+)$/i.exec(header)?.[1] };
  const [username = '', key] = Buffer.from(basic, 'base64').toString('utf8').split(/:(.*)/s);
  return { key, username };
}

async function byCookie(
  access: Access,
  context: Context,
  origins: readonly string[],
): Promise<Principal | undefined> {
  const token = context.cookies.get(SESSION_COOKIE);
  if (!token) return undefined;
  // The cookie is SameSite=Strict; this is for browsers that do not know that, and for other hosts of the same site.
  if (isFromElsewhere(context, origins))
    throw new ForbiddenError('Another site may not act with your session.');
  return access.bySession(token);
}

/**
 * ISOCENTER_AUTH=off: whoever reaches the loopback address may do everything. Only under its own name: a page from elsewhere
 * that rebinds its host name to 127.0.0.1 still sends that name.
 */
export function authenticateNobody(origins: readonly string[]): Middleware {
  return (context, next) => {
    if (!LOOPBACK_HOST.test(context.get('Host')))
      throw new ForbiddenError('With ISOCENTER_AUTH=off the server answers to loopback names only.');
    if (isFromElsewhere(context, origins))
      throw new ForbiddenError('With ISOCENTER_AUTH=off pages of other sites may change nothing.');
    context.state.principal = LOCAL_USER;
    return next();
  };
}

/** Throws unless the sender of the request may do what `permission` names. */
export function authorize(context: Context, permission: string): void {
  if (permission === 'public') return;
  const principal = principalOf(context);
  if (!principal) throw new NotSignedInError();
  if (!principal.permissions.has(permission as Permission))
    throw new ForbiddenError(`Your roles do not include ${permission}.`);
}
