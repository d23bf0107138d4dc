import { randomUUID } from 'node:crypto';

/** PS3.5 9.1: components of digits without leading zeros, separated by periods, 64 characters at most. */
export function isValidUid(s: string): boolean {
  return s.length <= 64 && /^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/.test(s);
}

/** What an archive can keep although PS3.5 9.1 forbids it: digits and periods, 1 to 64 of them, in any order. */
export function isStorableUid(s: string): boolean {
  return /^[0-9.]{1,64}$/.test(s) && /\d/.test(s);
}

/** A new UID derived from a random UUID (PS3.5 B.2). */
export function makeUid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;
}
