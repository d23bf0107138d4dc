import type { DataSet } from './data-set.ts';

/** PS3.5 7.8: private elements lie in odd groups, in blocks that a private creator reserves. */

/** True for the tag of a private element (gggg,bbee), false for that of a creator. */
export function isPrivateTag(tag: string): boolean {
  return /^[0-9A-F]{3}[13579BDF](?:[1-9A-F][0-9A-F])[0-9A-F]{2}$/.test(tag);
}

/** True for the tag of a private creator (gggg,00bb). */
export function isCreatorTag(tag: string): boolean {
  return /^[0-9A-F]{3}[13579BDF]00[1-9A-F][0-9A-F]$/.test(tag);
}

/** (gggg,bbee) -> (gggg,00bb). */
export function creatorTagOf(tag: string): string {
  return `${tag.slice(0, 4)}00${tag.slice(4, 6)}`;
}

/** A private tag as if its block were 10, whichever it is; others as they are. */
export function blockFree(tag: string): string {
  return isPrivateTag(tag) ? `${tag.slice(0, 4)}10${tag.slice(6)}` : tag;
}

/** Where `creator` has its block, the tag in `dataSet` that `tag` stands for; undefined where it has none. */
export function tagIn(dataSet: DataSet, tag: string, creator: string): string | undefined {
  if (!isPrivateTag(tag)) return tag;
  const group = tag.slice(0, 4);
  for (const [candidate, element] of Object.entries(dataSet)) {
    if (!candidate.startsWith(group) || !isCreatorTag(candidate)) continue;
    const [name] = element.Value ?? [];
    if (typeof name === 'string' && name.trim() === creator)
      return `${group}${candidate.slice(6)}${tag.slice(6)}`;
  }
  return undefined;
}
