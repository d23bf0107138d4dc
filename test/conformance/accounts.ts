import { ROLES } from '../../server/auth/permissions.ts';
import type { TestServer } from '../support/start-server.ts';
import { type Answer, request, type Served } from './requests.ts';

export const PASSWORD = 'correct horse battery';

/** An account for each role, with the role's name and `PASSWORD`. */
export async function addAccountOfEachRole({ services }: TestServer): Promise<void> {
  for (const role of ROLES)
    await services.access.addAccount({ username: role, password: PASSWORD, roles: [role] });
}

export function signIn(server: Served, username: string, password = PASSWORD): Promise<Answer> {
  return request(server.url, '/api/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
}

/** The Cookie header of a new session. */
export async function sessionOf(server: Served, username: string): Promise<{ Cookie: string }> {
  const answer = await signIn(server, username);
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return { Cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '' };
}
