/** A UID that no other has: 2.25 and a random number of 128 bits (PS3.5 B.2; version 4 of RFC 9562). */
export function newTrackingUID(): string {
  // Not randomUUID: plain HTTP, as inside many hospitals, has only getRandomValues.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `2.25.${bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n)}`;
}
