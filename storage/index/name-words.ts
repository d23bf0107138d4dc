import { doubleMetaphone } from 'double-metaphone';

/** Of a longer word only the beginning counts. */
const LONGEST_BEGINNING = 12;
const MOST_WORDS = 16;
/** Shorter words have codes that half of all names share. */
const SHORTEST_SPOKEN_WORD = 3;
/** Set before phonetic codes, so that none is taken for the beginning of a word; no folded word holds it. */
const SPOKEN = '~';

/** The words of folded component groups, whatever parts them: components, spaces, commas, hyphens, full stops. O'Brien is one. */
export function wordsOf(groups: readonly string[]): string[] {
  const words = groups.flatMap((group) => group.replace(/['’`]/g, '').split(/[\^\s,;.~=()"*?-]+/));
  return [...new Set(words.filter((word) => word !== ''))].slice(0, MOST_WORDS);
}

/** How a word sounds: double metaphone, of words of Latin letters; none for other scripts. */
function codesOf(word: string): string[] {
  const letters = word.replace(/[^a-z]/g, '');
  if (letters.length < SHORTEST_SPOKEN_WORD || letters.length < word.length / 2) return [];
  return [...new Set(doubleMetaphone(letters))].filter((code) => code !== '').map((code) => SPOKEN + code);
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
    for (const code of codesOf(word)) tokens.add(code);
  }
  return [...tokens];
}

/** For each word asked for, the tokens of which a name must have one: it begins so, or it sounds so. */
export function wantedTokens(groups: readonly string[]): string[][] {
  return wordsOf(groups).map((word) => [beginningOf(word), ...codesOf(word)]);
}
