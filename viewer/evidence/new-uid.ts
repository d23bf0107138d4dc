/** Sixteen bytes as a UID under 2.25: the decimal number that they are, big endian (PS3.5 B.2). */
export function uidOfBytes(bytes: Uint8Array): string {
  return `2.25.${bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n)}`;
}

/** A new UID, made of a random UUID (version 4). */
export function newUID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return uidOfBytes(bytes);
}

/**
 * The same UID for the same text always: for what has none of its own but must be known again. Four FNV-1a hashes of 32 bits;
 * no secret depends on it.
 */
export function uidOfText(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const uid = new Uint8Array(16);
  for (let part = 0; part < 4; part++) {
    let hash = (0x811c9dc5 ^ Math.imul(part + 1, 0x9e3779b1)) >>> 0;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    new DataView(uid.buffer).setUint32(part * 4, hash);
  }
  uid[6] = ((uid[6] ?? 0) & 0x0f) | 0x80;
  uid[8] = ((uid[8] ?? 0) & 0x3f) | 0x80;
  return uidOfBytes(uid);
}
