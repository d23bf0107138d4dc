import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, in base64url. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a token: it has too many bits for a slow hash to be needed. */
export function digestOf(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}

/** A password to be typed once: letters and digits that are not taken for each other, 5 bits each, 100 in all. */
export function makePassword(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
  const letters = [...randomBytes(20)].map((byte) => alphabet[byte % 32]).join('');
  return letters.replace(/(.{5})(?=.)/g, '$1-');
}
