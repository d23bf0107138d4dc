import type { CharacterSetId } from '../characters/character-set-terms.ts';

/** The labels under which the Encoding Standard knows the upper halves of single-byte sets. */
const labels: Partial<Record<CharacterSetId, string>> = {
  latin2: 'iso-8859-2',
  latin3: 'iso-8859-3',
  latin4: 'iso-8859-4',
  cyrillic: 'iso-8859-5',
  arabic: 'iso-8859-6',
  greek: 'iso-8859-7',
  hebrew: 'iso-8859-8',
  latin9: 'iso-8859-15',
  thai: 'windows-874',
};

/** ISO 8859-9 is ISO 8859-1 with six letters replaced ("iso-8859-9" itself means windows-1254 to TextDecoder). */
const latin5Letters: Record<number, string> = {
  208: 'Ğ',
  221: 'İ',
  222: 'Ş',
  240: 'ğ',
  253: 'ı',
  254: 'ş',
};

const upperHalves = new Map<CharacterSetId, string[]>();

/** What the bytes 0x80 to 0xFF mean in a single-byte set, in order; U+FFFD where nothing is assigned. */
export function upperHalf(id: CharacterSetId): string[] {
  let half = upperHalves.get(id);
  if (!half) {
    half = Array.from({ length: 128 }, (_, i) => upperCharacter(id, 0x80 + i));
    upperHalves.set(id, half);
  }
  return half;
}

function upperCharacter(id: CharacterSetId, byte: number): string {
  const label = labels[id];
  if (label !== undefined && byte >= 0xa0) return new TextDecoder(label).decode(Uint8Array.of(byte));
  if (id === 'jisx0201') {
    // PS3.3 Table C.12-2: G1 of ISO-IR 13, half-width katakana
    return byte >= 0xa1 && byte <= 0xdf ? String.fromCharCode(0xff61 + byte - 0xa1) : '\ufffd';
  }
  if (id === 'ascii' && byte >= 0x80) return '\ufffd';
  if (id === 'latin5') return latin5Letters[byte] ?? String.fromCharCode(byte);
  return String.fromCharCode(byte);
}

const textDecoders = new Map<string, TextDecoder>();

function textDecoder(label: string): TextDecoder {
  let decoder = textDecoders.get(label);
  if (!decoder) {
    decoder = new TextDecoder(label, { ignoreBOM: true });
    textDecoders.set(label, decoder);
  }
  return decoder;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `undefined` when the bytes are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** GB18030 or GBK, whose second bytes may look like a backslash. */
export function decodeGb(id: 'gb18030' | 'gbk', bytes: Uint8Array): string {
  return textDecoder(id).decode(bytes);
}

export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/** Multi-byte sets as ISO 2022 shifts to them; the bytes come in pairs, with or without their high bits. */
export function decodeDoubleByte(
  id: 'jisx0208' | 'jisx0212' | 'ksx1001' | 'gb2312',
  bytes: Uint8Array,
  start: number,
  end: number,
): string {
  const high: number[] = [];
  for (let i = start; i < end; i++) {
    // EUC-JP marks each character of JIS X 0212 with 0x8F
    if (id === 'jisx0212' && (i - start) % 2 === 0) high.push(0x8f);
    high.push((bytes[i] as number) | 0x80);
  }
  const label = id === 'ksx1001' ? 'euc-kr' : id === 'gb2312' ? 'gbk' : 'euc-jp';
  return textDecoder(label).decode(Uint8Array.from(high));
}
