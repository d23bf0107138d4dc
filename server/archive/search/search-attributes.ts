import { type IndexedAttribute, indexedAttribute, type Level } from '../../../storage/index/attributes.ts';
import type { SearchableAttribute } from '../../../storage/index/searchable/searchable-attributes.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { blockFree, creatorTagOf, isPrivateTag } from '../../dicom/private-elements.ts';
import { InvalidSearchError } from '../archive-errors.ts';

/** Names of private creators by the tag that reserves their block: `00090010` -> `ACME 1.1`. */
export type PrivateCreators = Readonly<Record<string, string>>;

/** What searches can match on: the attributes that every archive has, and those that an administrator added. */
export interface SearchableBy {
  searchable: readonly SearchableAttribute[];
  privateCreators: PrivateCreators;
}

/** Tags of a keyword, a tag, or several joined by dots. */
export function pathOf(name: string): string {
  return name
    .split('.')
    .map((part) => tagOf(part) ?? part.toUpperCase())
    .join('.');
}

/** Finds the attribute that `name` means in a search for `level`. Throws an `InvalidSearchError` where it cannot be matched. */
export function attributeOf(
  name: string,
  level: Level,
  by: SearchableBy,
): IndexedAttribute | SearchableAttribute {
  const path = pathOf(name);
  // Clients ask studies for a Modality; what they mean is one of its series (PS3.3 C.7.2.1, ModalitiesInStudy).
  const indexed = indexedAttribute(level === 'study' && path === '00080060' ? 'ModalitiesInStudy' : path);
  if (indexed) return indexed;
  const added = addedAttribute(path, by);
  if (!added)
    throw new InvalidSearchError(
      `${name.slice(0, 100)} is not an attribute that can be searched; an administrator can make it one at /api/searchable-attributes`,
    );
  if (added.state !== 'ready')
    throw new InvalidSearchError(
      `${name.slice(0, 100)} cannot be searched yet: ${added.indexedInstances} of ${added.totalInstances} instances are indexed by it`,
    );
  return added;
}

/** The attribute of an administrator's choice that `path` means; undefined where there is none, or several of different creators. */
export function addedAttribute(
  path: string,
  { searchable, privateCreators }: SearchableBy,
): SearchableAttribute | undefined {
  const wanted = path.split('.').map(blockFree).join('.');
  const candidates = searchable.filter((one) => one.state !== 'removing' && one.path.join('.') === wanted);
  const privateTag = path.split('.').find(isPrivateTag);
  const creator = privateTag === undefined ? '' : privateCreators[creatorTagOf(privateTag)];
  // PS3.18 8.3.4.1: the creator comes with the query; where only one is known, it goes without saying.
  if (creator === undefined) return candidates.length === 1 ? candidates[0] : undefined;
  return candidates.find(({ privateCreator }) => privateCreator === creator.trim());
}
