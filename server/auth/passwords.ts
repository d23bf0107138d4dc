import { hash, verify } from '@node-rs/argon2';

/** OWASP's second choice for argon2id: 19 MiB, two passes, one lane. */
const ARGON2ID = {
  // 2 is argon2id; the package's names for it are a const enum, which modules on their own cannot read.
  algorithm: 2,
  memoryCost: 19 * 1024,
  timeCost: 2,
  parallelism: 1,
} as const;

const LONGEST_PASSWORD = 1024;
export const SHORTEST_PASSWORD = 12;

export function hashPassword(password: string): Promise<string> {
  return hash(password, ARGON2ID);
}

/** Compared where there is no account, so that a wrong name takes as long as a wrong password. */
const NOBODY =
  '$argon2id$v=19$m=19456,t=2,p=1$c29tZXRoaW5nZml4ZWQ$4jv3sTTX0zBKzUSHnJ5eJmq8vUuCbQx0Hn4GkHrUJmE';

export async function verifyPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  if (password.length > LONGEST_PASSWORD) return false;
  const matches = await verify(passwordHash ?? NOBODY, password);
  return matches && passwordHash !== undefined;
}
