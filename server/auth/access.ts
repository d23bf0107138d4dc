import { randomUUID } from 'node:crypto';
import {
  type Account,
  type AccountOutcome,
  deleteAccount,
  findAccount,
  insertAccount,
  insertFirstAccount,
  listAccounts,
  noteSignInTry,
  takeBackSignInTry,
  updateAccount,
} from '../../storage/index/access/accounts.ts';
import {
  type ApiKey,
  apiKeyHolder,
  deleteSession,
  type Holder,
  insertApiKey,
  insertSession,
  listApiKeys,
  revokeApiKey,
  sessionHolder,
} from '../../storage/index/access/credentials.ts';
import type { Pool } from '../../storage/index/pool.ts';
import { AccountError, TooManyTriesError, WrongCredentialsError } from './auth-errors.ts';
import { hashPassword, SHORTEST_PASSWORD, verifyPassword } from './passwords.ts';
import { permissionsOf, ROLES } from './permissions.ts';
import type { Principal } from './principal.ts';
import { digestOf, makePassword, makeToken } from './tokens.ts';

export type { Account } from '../../storage/index/access/accounts.ts';
export type { ApiKey } from '../../storage/index/access/credentials.ts';

const MINUTE_MS = 60_000;
/** A session ends so long after it began, and so long after its last use. */
const SESSION_MS = 12 * 60 * MINUTE_MS;
const IDLE_MS = 2 * 60 * MINUTE_MS;
const FAILURE_WINDOW_MS = 15 * MINUTE_MS;
const FAILURES_OF_A_NAME = 10;
/** A whole hospital may sign in from behind one address; this is against trying many names. */
const FAILURES_OF_AN_ADDRESS = 1000;
export const API_KEY_PREFIX = 'isk_';
const FIRST_USERNAME = 'admin';
const ADMINISTRATOR = 'administrator';

/** Accounts, sessions and API keys (ISOCENTER_AUTH=local). All its state is in the index, so any process can answer. */
export class Access {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Makes the first administrator where there is no account at all; answers the password, which is shown nowhere else. */
  async ensureAdministrator(): Promise<{ username: string; password: string } | undefined> {
    const password = makePassword();
    const account = {
      username: FIRST_USERNAME,
      passwordHash: await hashPassword(password),
      roles: [ADMINISTRATOR],
    };
    return (await insertFirstAccount(this.#pool, account))
      ? { username: FIRST_USERNAME, password }
      : undefined;
  }

  /** Answers the token of a new session. Throws a `WrongCredentialsError`, or a `TooManyTriesError` whatever the password. */
  async signIn(
    username: string,
    password: string,
    address: string,
  ): Promise<{ token: string; principal: Principal; expiresAt: Date }> {
    const since = new Date(Date.now() - FAILURE_WINDOW_MS);
    const name = `name:${username.toLowerCase().slice(0, 200)}`;
    // Before the password is looked at: many guesses at once are to be counted like one after the other.
    const tryId = randomUUID();
    const subjects = [name, `address:${address}`];
    const [ofName = 0, ofAddress = 0] = await noteSignInTry(this.#pool, { tryId, subjects, since });
    if (ofName > FAILURES_OF_A_NAME || ofAddress > FAILURES_OF_AN_ADDRESS) {
      await takeBackSignInTry(this.#pool, tryId);
      throw new TooManyTriesError();
    }
    const account = await findAccount(this.#pool, username);
    if (!(await verifyPassword(account?.passwordHash, password)) || !account || account.disabled) {
      throw new WrongCredentialsError();
    }
    await takeBackSignInTry(this.#pool, tryId, name);
    const token = makeToken();
    const expiresAt = new Date(Date.now() + SESSION_MS);
    await insertSession(this.#pool, {
      tokenDigest: digestOf(token),
      accountPk: account.accountPk,
      expiresAt,
    });
    return { token, principal: principalOf(account, 'session'), expiresAt };
  }

  async signOut(token: string): Promise<void> {
    await deleteSession(this.#pool, digestOf(token));
  }

  async bySession(token: string): Promise<Principal | undefined> {
    const holder = await sessionHolder(this.#pool, digestOf(token), new Date(Date.now() - IDLE_MS));
    return holder && principalOf(holder, 'session');
  }

  async byApiKey(key: string): Promise<Principal | undefined> {
    if (!key.startsWith(API_KEY_PREFIX)) return undefined;
    const holder = await apiKeyHolder(this.#pool, digestOf(key));
    return holder && principalOf(holder, 'api-key');
  }

  /** Answers the key, which is shown this once, and its number, by which it is revoked. */
  async makeApiKey(username: string, label: string): Promise<{ number: string; key: string }> {
    const account = await findAccount(this.#pool, username);
    if (!account) throw noSuchAccount(username);
    const key = `${API_KEY_PREFIX}${makeToken()}`;
    const number = await insertApiKey(this.#pool, {
      keyDigest: digestOf(key),
      label,
      accountPk: account.accountPk,
    });
    return { number, key };
  }

  listApiKeys(username?: string): Promise<ApiKey[]> {
    return listApiKeys(this.#pool, username);
  }

  /** Throws where there is no such key in force; where `username` is given, of that account. */
  async revokeApiKey(number: string, username?: string): Promise<void> {
    const found = /^\d{1,18}$/.test(number) && (await revokeApiKey(this.#pool, number, username));
    if (!found) throw new AccountError('NOT_FOUND', 'There is no such API key in force.');
  }

  listAccounts(): Promise<Account[]> {
    return listAccounts(this.#pool);
  }

  /** Answers the password where none was given: it is shown this once. */
  async addAccount(account: {
    username: string;
    password?: string | undefined;
    roles: readonly string[];
  }): Promise<string | undefined> {
    if (!/^[\w.@-]{1,64}$/.test(account.username)) {
      throw new AccountError(
        'INVALID_REQUEST',
        'A user name has 1 to 64 letters, digits, dots, hyphens, underscores or @.',
      );
    }
    checkRoles(account.roles);
    if (account.password !== undefined) checkPassword(account.password);
    const password = account.password ?? makePassword();
    const made = await insertAccount(this.#pool, { ...account, passwordHash: await hashPassword(password) });
    if (!made) throw new AccountError('CONFLICT', `There is a user ${account.username} already.`);
    return account.password === undefined ? password : undefined;
  }

  /** Sets `password`, or a random one, which is answered; ends all sessions of the account. */
  async setPassword(username: string, password?: string): Promise<string | undefined> {
    const chosen = password ?? makePassword();
    await this.changeAccount(username, { password: chosen });
    return password === undefined ? chosen : undefined;
  }

  /** Changes what is given, all or nothing; ends all sessions of the account. The last administrator who may sign in stays one. */
  async changeAccount(
    username: string,
    change: {
      password?: string | undefined;
      roles?: readonly string[] | undefined;
      disabled?: boolean | undefined;
    },
  ): Promise<void> {
    const { password, roles, disabled } = change;
    if (password !== undefined) checkPassword(password);
    if (roles) checkRoles(roles);
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    const outcome = await updateAccount(
      this.#pool,
      username,
      { passwordHash, roles, disabled },
      ADMINISTRATOR,
    );
    checkChanged(outcome, username);
  }

  /** The last administrator who may sign in stays. */
  async removeAccount(username: string): Promise<void> {
    checkChanged(await deleteAccount(this.#pool, username, ADMINISTRATOR), username);
  }
}

function checkChanged(outcome: AccountOutcome, username: string): void {
  if (outcome === 'unknown') throw noSuchAccount(username);
  if (outcome === 'last-of-role')
    throw new AccountError(
      'CONFLICT',
      'Nobody else could administer Isocenter; make another administrator first.',
    );
}

function principalOf({ username, roles }: Holder, by: Principal['by']): Principal {
  return { username, roles, permissions: permissionsOf(roles), by };
}

function noSuchAccount(username: string): AccountError {
  return new AccountError('NOT_FOUND', `There is no user ${username.slice(0, 64)}.`);
}

function checkRoles(roles: readonly string[]): void {
  const wrong = roles.find((role) => !ROLES.includes(role));
  if (roles.length === 0 || wrong !== undefined) {
    throw new AccountError('INVALID_REQUEST', `The roles are ${ROLES.join(', ')}; at least one is needed.`);
  }
}

function checkPassword(password: string): void {
  if (password.length < SHORTEST_PASSWORD) {
    throw new AccountError('INVALID_REQUEST', `A password has at least ${SHORTEST_PASSWORD} characters.`);
  }
}
