import { decodeGb, decodeLatin1, decodeUtf8, upperHalf } from '../read/byte-decoders.ts';
import { type CharacterSetId, characterSetTerm } from './character-set-terms.ts';
import { Iso2022Decoder, type Iso2022Delimiters, lowerCharacter } from './iso-2022.ts';

/** What decoding found wrong; the caller turns it into a warning that names the tag. */
export type TextProblem = 'undeclared-utf8' | 'undeclared-latin1' | 'invalid-utf8' | 'unknown-escape';

/** Decodes the text of one data set or item. */
export interface TextDecoding {
  /**
   * `delimiters` says which bytes end a code extension: `person-name` for PN, `backslash` for other VRs with several
   * values, `none` for text that is never split.
   */
  decode(bytes: Uint8Array, start: number, end: number, delimiters: Iso2022Delimiters): string;
}

/** The default repertoire, and what a declared one of a single byte per character comes to. */
const onlyAscii = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80 || byte === 0x1b) return false;
  }
  return true;
};

/**
 * Text decoding by the values of Specific Character Set (PS3.3 C.12.1.1.2); no values mean the default repertoire.
 * `onTerm` hears of values that are misspelt or unknown, `onProblem` of bytes that the declared sets don't explain.
 */
export function textDecoding(
  characterSets: string[],
  onTerm: (problem: 'misspelt' | 'unknown' | 'not-combinable', value: string) => void,
  onProblem: (problem: TextProblem) => void,
): TextDecoding {
  const ids: CharacterSetId[] = [];
  for (const value of characterSets) {
    const term = characterSetTerm(value);
    if (!term) onTerm('unknown', value);
    else if (!term.exact) onTerm('misspelt', value);
    ids.push(term?.id ?? 'ascii');
  }
  const alone = ids.find((id) => id === 'utf8' || id === 'gb18030' || id === 'gbk');
  // PS3.3 C.12.1.1.2: these three don't take part in code extensions
  if (alone !== undefined && ids.length > 1) onTerm('not-combinable', characterSets.join('\\'));
  return new CharacterSetDecoding(alone === undefined ? ids : [alone], onProblem);
}

class CharacterSetDecoding implements TextDecoding {
  private readonly id: CharacterSetId;
  private readonly iso2022: Iso2022Decoder;
  private readonly codeExtensions: boolean;
  private readonly onProblem: (problem: TextProblem) => void;

  constructor(ids: CharacterSetId[], onProblem: (problem: TextProblem) => void) {
    this.id = ids[0] ?? 'ascii';
    this.iso2022 = new Iso2022Decoder(ids);
    this.codeExtensions = ids.length > 1 || ['jisx0208', 'jisx0212', 'ksx1001', 'gb2312'].includes(this.id);
    this.onProblem = onProblem;
  }

  decode(bytes: Uint8Array, start: number, end: number, delimiters: Iso2022Delimiters): string {
    if (this.id !== 'jisx0201' && onlyAscii(bytes, start, end)) return decodeLatin1(bytes, start, end);
    const part = bytes.subarray(start, end);
    if (this.id === 'utf8') return this.decodeUtf8(part);
    if (this.id === 'gb18030' || this.id === 'gbk') return decodeGb(this.id, part);
    // an escape sequence under a single-byte set is a code extension that wasn't declared
    if (this.codeExtensions || part.includes(0x1b)) {
      return this.iso2022.decode(part, delimiters, () => this.onProblem('unknown-escape'));
    }
    if (this.id === 'ascii') return this.decodeUndeclared(part);
    return decodeSingleByte(this.id, part, delimiters);
  }

  private decodeUtf8(bytes: Uint8Array): string {
    const text = decodeUtf8(bytes);
    if (text !== undefined) return text;
    this.onProblem('invalid-utf8');
    return decodeLatin1(bytes, 0, bytes.length);
  }

  /** Bytes beyond ASCII although only ASCII was declared: UTF-8 if that is what they are, else Latin-1. */
  private decodeUndeclared(bytes: Uint8Array): string {
    const text = decodeUtf8(bytes);
    this.onProblem(text === undefined ? 'undeclared-latin1' : 'undeclared-utf8');
    return text ?? decodeLatin1(bytes, 0, bytes.length);
  }
}

function decodeSingleByte(id: CharacterSetId, bytes: Uint8Array, delimiters: Iso2022Delimiters): string {
  if (id === 'latin1') return decodeLatin1(bytes, 0, bytes.length);
  const half = upperHalf(id);
  let text = '';
  for (const byte of bytes) {
    if (byte >= 0x80) text += half[byte - 0x80];
    else if (byte === 0x5c && delimiters !== 'none') text += '\\';
    else text += lowerCharacter(id, byte);
  }
  return text;
}
