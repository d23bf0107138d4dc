import { findAccount } from '../../storage/index/access/accounts.ts';
import {
  type AccountPk,
  deletePreference,
  listPreferences,
  upsertPreference,
} from '../../storage/index/access/preferences.ts';
import type { Pool } from '../../storage/index/pool.ts';
import { AccountError, NotSignedInError } from './auth-errors.ts';
import type { Principal } from './principal.ts';

const MOST_PREFERENCES = 200;
const NAME = /^[A-Za-z][A-Za-z0-9.-]{0,63}$/;
/** Arrays and objects within each other: what is deeper can't be written as JSON again without care. */
const DEEPEST = 64;

/**
 * What each user has set, by name; any JSON. Bound to the account and removed with it; without accounts (ISOCENTER_AUTH=off) there is one
 * set for all. By design there is nothing of patients in it: what concerns a study is stored as DICOM.
 */
export class Preferences {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async list(principal: Principal | undefined): Promise<{ name: string; value: unknown }[]> {
    return listPreferences(this.#pool, await this.#accountOf(principal));
  }

  /** Throws an `AccountError` where name or value can't be kept, or the user has too many. */
  async set(principal: Principal | undefined, name: string, value: unknown): Promise<void> {
    checkName(name);
    if (!isAtMost(DEEPEST, value)) {
      throw new AccountError('INVALID_REQUEST', `A preference has at most ${DEEPEST} levels.`);
    }
    const accountPk = await this.#accountOf(principal);
    if (!(await upsertPreference(this.#pool, accountPk, { name, value }, MOST_PREFERENCES))) {
      throw new AccountError(
        'CONFLICT',
        `A user has at most ${MOST_PREFERENCES} preferences; remove others.`,
      );
    }
  }

  async remove(principal: Principal | undefined, name: string): Promise<void> {
    checkName(name);
    await deletePreference(this.#pool, await this.#accountOf(principal), name);
  }

  async #accountOf(principal: Principal | undefined): Promise<AccountPk> {
    if (principal?.by === 'off') return null;
    const account = principal && (await findAccount(this.#pool, principal.username));
    // Removed between the look at the credentials and this.
    if (!account) throw new NotSignedInError();
    return account.accountPk;
  }
}

function checkName(name: string): void {
  if (!NAME.test(name)) {
    throw new AccountError(
      'INVALID_REQUEST',
      'The name of a preference begins with a letter and has 1 to 64 letters, digits, dots and hyphens.',
    );
  }
}

function isAtMost(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isAtMost(levels - 1, inner));
}
