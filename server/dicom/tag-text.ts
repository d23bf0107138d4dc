const known = new Map<number, string>();
const knownAtMost = 20_000;

/** Eight hexadecimal digits in upper case, for a tag as group * 65536 + element. */
export function tagText(tag: number): string {
  const text = known.get(tag);
  if (text !== undefined) return text;
  const made = tag.toString(16).toUpperCase().padStart(8, '0');
  if (known.size < knownAtMost) known.set(tag, made);
  return made;
}

/** `(0010,0010)`, as people write tags. */
export function tagInWords(tag: number): string {
  const text = tagText(tag);
  return `(${text.slice(0, 4)},${text.slice(4)})`;
}
