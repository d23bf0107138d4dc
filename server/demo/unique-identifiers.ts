import { createHash } from 'node:crypto';

/**
 * A UID derived from names: the same names give the same UID, so that storing the demonstration twice adds nothing.
 * It is a UUID under 2.25 (PS3.5 B.2), of version 8, RFC 9562 5.8, whose bits come from SHA-256.
 */
export function deriveUid(...names: (string | number)[]): string {
  const bytes = createHash('sha256').update(names.join('\u0000')).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString('hex')}`).toString(10)}`;
}
