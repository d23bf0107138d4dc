import { decodeDoubleByte, upperHalf } from '../read/byte-decoders.ts';
import type { CharacterSetId } from './character-set-terms.ts';

/** Where code elements fall back to their initial state (PS3.5 6.1.2.5.3), besides line ends, form feeds and tabs. */
export type Iso2022Delimiters = 'none' | 'backslash' | 'person-name';

/** PS3.3 Tables C.12-3 and C.12-4: what follows ESC, and the set it puts into G0 or G1. */
const escapes: [string, 'g0' | 'g1', CharacterSetId][] = [
  ['(B', 'g0', 'ascii'],
  ['(J', 'g0', 'jisx0201'],
  [')I', 'g1', 'jisx0201'],
  ['-A', 'g1', 'latin1'],
  ['-B', 'g1', 'latin2'],
  ['-C', 'g1', 'latin3'],
  ['-D', 'g1', 'latin4'],
  ['-L', 'g1', 'cyrillic'],
  ['-G', 'g1', 'arabic'],
  ['-F', 'g1', 'greek'],
  ['-H', 'g1', 'hebrew'],
  ['-M', 'g1', 'latin5'],
  ['-b', 'g1', 'latin9'],
  ['-T', 'g1', 'thai'],
  ['$B', 'g0', 'jisx0208'],
  // the older JIS C 6226, which Japanese software still writes now and then
  ['$@', 'g0', 'jisx0208'],
  ['$(B', 'g0', 'jisx0208'],
  ['$(D', 'g0', 'jisx0212'],
  ['$)C', 'g1', 'ksx1001'],
  ['$)A', 'g1', 'gb2312'],
];

type DoubleByteSet = Parameters<typeof decodeDoubleByte>[0];

function isDoubleByte(id: CharacterSetId): id is DoubleByteSet {
  return id === 'jisx0208' || id === 'jisx0212' || id === 'ksx1001' || id === 'gb2312';
}

const ESC = 0x1b;

/** Text with code extensions, decoded one graphic character set after the other. */
export class Iso2022Decoder {
  private readonly initialG0: CharacterSetId;
  private readonly initialG1: CharacterSetId;

  /** `ids`: the values of Specific Character Set, at least one. */
  constructor(ids: CharacterSetId[]) {
    const first = ids[0] ?? 'ascii';
    this.initialG0 = first === 'jisx0201' ? 'jisx0201' : 'ascii';
    // Real files leave out the designation of the only G1 set there is: `\ISO 2022 IR 149` without ESC $ ) C.
    const g1Sets = ids.filter((id) => id !== 'ascii' && id !== 'jisx0208' && id !== 'jisx0212');
    this.initialG1 =
      first === 'ascii' || first === 'jisx0208' || first === 'jisx0212' ? (g1Sets[0] ?? 'ascii') : first;
  }

  /** Escape sequences that no table knows stay in the text, less the ESC itself; `onUnknown` hears of each. */
  decode(bytes: Uint8Array, delimiters: Iso2022Delimiters, onUnknown: () => void): string {
    let text = '';
    let g0 = this.initialG0;
    let g1 = this.initialG1;
    let i = 0;
    while (i < bytes.length) {
      const byte = bytes[i] as number;
      if (byte === ESC) {
        const found = escapeAt(bytes, i + 1);
        if (found === undefined) onUnknown();
        else if (found[1] === 'g0') g0 = found[2];
        else g1 = found[2];
        i += 1 + (found?.[0].length ?? 0);
        continue;
      }
      if (byte < 0x21 || byte === 0x7f) {
        // Control characters and space are in no graphic set. PS3.5 6.1.2.5.3: back to the initial sets at line ends.
        if (byte === 0x0a || byte === 0x0d || byte === 0x0c || byte === 0x09) {
          g0 = this.initialG0;
          g1 = this.initialG1;
        }
        text += String.fromCharCode(byte);
        i++;
        continue;
      }
      const high = byte >= 0x80;
      const set = high ? g1 : g0;
      if (isDoubleByte(set)) {
        const end = runEnd(bytes, i, high);
        text += decodeDoubleByte(set, bytes, i, end);
        i = end;
        continue;
      }
      if (isDelimiter(byte, delimiters)) {
        g0 = this.initialG0;
        g1 = this.initialG1;
        text += String.fromCharCode(byte);
      } else {
        text += high ? (upperHalf(set)[byte - 0x80] as string) : lowerCharacter(set, byte);
      }
      i++;
    }
    return text;
  }
}

function escapeAt(bytes: Uint8Array, at: number) {
  return escapes.find(([sequence]) => {
    for (let i = 0; i < sequence.length; i++) if (bytes[at + i] !== sequence.charCodeAt(i)) return false;
    return true;
  });
}

/** End of the run of bytes of the same half, from `start`: pairs of graphic characters of one double-byte set. */
function runEnd(bytes: Uint8Array, start: number, high: boolean): number {
  let end = start;
  while (end < bytes.length) {
    const byte = bytes[end] as number;
    if (byte >= 0x80 !== high || (!high && (byte < 0x21 || byte > 0x7e))) break;
    end++;
  }
  return end;
}

function isDelimiter(byte: number, delimiters: Iso2022Delimiters): boolean {
  if (delimiters === 'none') return false;
  if (byte === 0x5c) return true;
  return delimiters === 'person-name' && (byte === 0x5e || byte === 0x3d);
}

/** ISO-IR 14, the Roman set of JIS X 0201, has a yen sign and an overline where ASCII has backslash and tilde. */
export function lowerCharacter(set: CharacterSetId, byte: number): string {
  if (set === 'jisx0201' && byte === 0x5c) return '¥';
  if (set === 'jisx0201' && byte === 0x7e) return '‾';
  return String.fromCharCode(byte);
}
