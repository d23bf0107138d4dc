import { doubleMetaphone } from 'double-metaphone';

/** Of a longer word only the beginning counts. */
const LONGEST_BEGINNING = 12;
const MOST_WORDS = 16;
/** Shorter words have codes that half of all names share. */
const SHORTEST_SPOKEN_WORD = 3;
/** Set before how a word sounds, and before how else it may, so that none is taken for the beginning of a word. */
const SOUNDS = '~';
const MAY_SOUND = '≈';

/** The words of folded component groups, whatever parts them: components, spaces, commas, hyphens, full stops. O'Brien is one. */
export function wordsOf(groups: readonly string[]): string[] {
  const words = groups.flatMap((group) => group.replace(/['’`]/g, '').split(/[\^\s,;.~≈=()"*?-]+/));
  return [...new Set(words.filter((word) => word !== ''))].slice(0, MOST_WORDS);
}

/** How a word sounds, and how else it may: double metaphone of words of Latin letters; undefined for other scripts. */
function soundsOf(word: string): [string, string] | undefined {
  const letters = word.replace(/[^a-z]/g, '');
  if (letters.length < SHORTEST_SPOKEN_WORD || letters.length < word.length / 2) return undefined;
  const [sound, other] = doubleMetaphone(letters);
  return sound === '' ? undefined : [sound, other];
}

function beginningOf(word: string): string {
  return [...word].slice(0, LONGEST_BEGINNING).join('');
}

/**
 * What fuzzy matching finds a name by (PS3.4 C.2.2.2.1.1): every beginning of each word, and how it sounds. `groups` are folded
 * component groups (see fold-text.ts).
 */
export function nameTokens(groups: readonly string[]): string[] {
  const tokens = new Set<string>();
  for (const word of wordsOf(groups)) {
    const characters = [...word].slice(0, LONGEST_BEGINNING);
    for (let length = 1; length <= characters.length; length += 1)
      tokens.add(characters.slice(0, length).join(''));
    const [sound, other] = soundsOf(word) ?? [];
    if (sound) tokens.add(SOUNDS + sound);
    if (other && other !== sound) tokens.add(MAY_SOUND + other);
  }
  return [...tokens];
}

/**
 * For each word asked for, the tokens of which a name must have one: it begins so, or it sounds so. That both may sound alike, in
 * some other language each, is not enough.
 */
export function wantedTokens(groups: readonly string[]): string[][] {
  return wordsOf(groups).map((word) => {
    const [sound, other] = soundsOf(word) ?? [];
    const tokens = [beginningOf(word)];
    if (sound) tokens.push(SOUNDS + sound, MAY_SOUND + sound);
    if (other && other !== sound) tokens.push(SOUNDS + other);
    return tokens;
  });
}
