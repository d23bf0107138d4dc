/**
 * Text as case- and accent-insensitive matching compares it: compatibility-decomposed, without combining marks, in lower
 * case, single spaces. "Müller" and "MULLER" fold alike; so do half- and full-width kana.
 */
export function foldText(text: string): string {
  return (
    text
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toLowerCase()
      .replaceAll('ß', 'ss')
      .replaceAll('ø', 'o')
      .replaceAll('æ', 'ae')
      .replaceAll('œ', 'oe')
      .replaceAll('ł', 'l')
      .replaceAll('đ', 'd')
      .replaceAll('ı', 'i')
      // Where a word ends, which a wildcard moves.
      .replaceAll('ς', 'σ')
      .replace(/[\s\0]+/g, ' ')
      .trim()
  );
}

/** One component group of a person's name, folded; components without outer spaces, empty ones at the end left out. */
export function foldNameGroup(group: string): string {
  return group
    .split('^')
    .map(foldText)
    .join('^')
    .replace(/[\^ ]+$/, '');
}
