/** Lower case, without accents: `Läppchen` is found by `lapp`. */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss');
}

const isWordStart = (text: string, at: number): boolean =>
  at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '');

/** Where one text is in another. */
function placesOf(word: string, text: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) places.push(at);
  return places;
}

/** The score of one word of the query: 0 where its letters are not all there, in order. */
function wordScore(word: string, text: string): number {
  const within = placesOf(word, text);
  if (within.some((at) => isWordStart(text, at) && isWordStart(text, at + word.length + 1)))
    return 150 + word.length;
  if (within.some((at) => isWordStart(text, at))) return 100 + word.length;
  if (within.length > 0) return 50 + word.length;
  let score = 0;
  let next = 0;
  for (const character of word) {
    const found = text.indexOf(character, next);
    if (found < 0) return 0;
    score += isWordStart(text, found) ? 8 : found === next ? 3 : 1;
    next = found + 1;
  }
  // Letters strewn over a text are no match: on average each must lie at the start of a word or beside the one before.
  return score >= word.length * 2.5 ? score : 0;
}

/**
 * How well a text fits what is typed; 0 where it does not. Every word typed must be in it: as it is, best as a
 * whole word, then at the start of one; or as letters in order, most of them at the start of words or beside
 * each other (`fh` for Flip horizontally).
 */
export function fuzzyScore(query: string, text: string): number {
  const words = fold(query).split(/\s+/).filter(Boolean);
  const folded = fold(text);
  let score = 1;
  for (const word of words) {
    const one = wordScore(word, folded);
    if (one === 0) return 0;
    score += one;
  }
  // Of two that fit alike the shorter one is nearer to what was typed.
  return score + 1 / (1 + folded.length);
}
