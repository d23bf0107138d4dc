import type { ValueRepresentation } from './data-set.ts';
import { dictionaryLines } from './dictionary-data.ts';

/** An attribute of PS3.6. */
export interface DictionaryEntry {
  /** Eight hexadecimal digits in upper case; "xx" where two digits repeat (50xx, 60xx, 7Fxx, 002031xx). */
  tag: string;
  /** As PS3.6 has it: alternatives in their order there, as for (0028,0106): `['US', 'SS']`. */
  vrs: ValueRepresentation[];
  /** Value Multiplicity, as `1`, `1-n`, `2-2n`. */
  vm: string;
  /** Empty for the few retired attributes that have none. */
  keyword: string;
}

const byTag = new Map<string, DictionaryEntry>();
const byKeyword = new Map<string, DictionaryEntry>();

for (const line of dictionaryLines.split('\n')) {
  if (line === '') continue;
  const [tag = '', vr = '', vm = '', keyword = ''] = line.split(' ');
  const entry = { tag, vrs: vr.split('/') as ValueRepresentation[], vm, keyword };
  byTag.set(tag, entry);
  if (keyword !== '') byKeyword.set(keyword, entry);
}

/**
 * The entry of a tag (eight hexadecimal digits, upper case), also of repeating groups; `undefined` for private and
 * unknown tags.
 */
export function dictionaryEntry(tag: string): DictionaryEntry | undefined {
  const entry = byTag.get(tag);
  if (entry) return entry;
  if (!/^(50|60|7F)[0-9A-F][02468ACE]/.test(tag)) {
    return tag.startsWith('002031') ? byTag.get('002031xx') : undefined;
  }
  return byTag.get(`${tag.slice(0, 2)}xx${tag.slice(4)}`);
}

/** The VR of a tag; of several the first (US of "US or SS"); `undefined` for private and unknown tags. */
export function vrOf(tag: string): ValueRepresentation | undefined {
  return dictionaryEntry(tag)?.vrs[0];
}

/** The keyword of a tag, `undefined` for private and unknown ones. In repeating groups every group has the same. */
export function keywordOf(tag: string): string | undefined {
  return dictionaryEntry(tag)?.keyword || undefined;
}

/** The Value Multiplicity of a tag, as `1` or `1-n`. */
export function vmOf(tag: string): string | undefined {
  return dictionaryEntry(tag)?.vm;
}

/**
 * The tag (eight hexadecimal digits, upper case) of a keyword, or of a tag as DICOMweb clients write it (hexadecimal
 * in either case). A keyword of a repeating group means its first group (`OverlayData` is 60003000). `undefined` for
 * anything else.
 */
export function tagOf(keywordOrTag: string): string | undefined {
  const entry = byKeyword.get(keywordOrTag);
  if (entry) return entry.tag.replace('xx', '00');
  return /^[0-9A-Fa-f]{8}$/.test(keywordOrTag) ? keywordOrTag.toUpperCase() : undefined;
}
