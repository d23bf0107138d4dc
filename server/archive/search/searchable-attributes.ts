import { indexedAttribute } from '../../../storage/index/attributes.ts';
import { onlyOne } from '../../../storage/index/only-one.ts';
import { indexNextPiece, noteIndexingError } from '../../../storage/index/searchable/index-in-background.ts';
import {
  addSearchableAttribute,
  listSearchableAttributes,
  markForRemoval,
  type NewSearchableAttribute,
  type SearchableAttribute,
} from '../../../storage/index/searchable/searchable-attributes.ts';
import { dictionaryEntry, tagOf } from '../../dicom/dictionary.ts';
import { blockFree, isCreatorTag, isPrivateTag } from '../../dicom/private-elements.ts';
import { findVrTraits } from '../../dicom/value-representations.ts';
import { InvalidRequestError, NotFoundError } from '../archive-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { findValues } from './searchable-values.ts';

export type { SearchableAttribute } from '../../../storage/index/searchable/searchable-attributes.ts';

/** What an administrator says of an attribute that is to be searchable. */
export interface WantedAttribute {
  /** Keyword or tag, or several joined by dots where it lies in sequences. */
  attribute: string;
  level: SearchableAttribute['level'];
  /** The name under which a private attribute's block is reserved. */
  privateCreator?: string | undefined;
  /** For private attributes, which the dictionary does not have. */
  vr?: string | undefined;
}

/** How the values of each VR match (see storage/index/search/match.ts); others cannot be searched. */
const KIND_OF_VR: Readonly<Record<string, NewSearchableAttribute['kind']>> = {
  AE: 'code',
  AS: 'code',
  AT: 'code',
  CS: 'code',
  DA: 'date',
  DS: 'number',
  DT: 'moment',
  FD: 'number',
  FL: 'number',
  IS: 'number',
  LO: 'text',
  LT: 'text',
  PN: 'name',
  SH: 'code',
  SL: 'number',
  SS: 'number',
  ST: 'text',
  SV: 'number',
  TM: 'time',
  UC: 'text',
  UI: 'uid',
  UL: 'number',
  UR: 'code',
  US: 'number',
  UT: 'text',
  UV: 'number',
};

const DEEPEST_PATH = 8;
const LONGEST_CREATOR = 64;

/** All searchable attributes that were added, also those still being indexed or removed. */
export function listAddedAttributes(parts: ArchiveParts): Promise<SearchableAttribute[]> {
  return listSearchableAttributes(parts.pool);
}

/** Throws a `NotFoundError` where there is none of that number. */
export async function addedAttributeOf(parts: ArchiveParts, pk: number): Promise<SearchableAttribute> {
  const found = (await listSearchableAttributes(parts.pool)).find((one) => one.pk === pk);
  if (!found) throw new NotFoundError('There is no searchable attribute of that number.');
  return found;
}

/**
 * Makes an attribute searchable: new instances are indexed by it at once, those there are in the background. Throws an
 * `InvalidRequestError`, or an error of code CONFLICT where it is searchable already.
 */
export function addAttribute(parts: ArchiveParts, wanted: WantedAttribute): Promise<SearchableAttribute> {
  return addSearchableAttribute(parts.pool, checked(wanted));
}

/** Ends the searching by an attribute at once; its values go in the background. Throws a `NotFoundError`. */
export async function removeAttribute(parts: ArchiveParts, pk: number): Promise<void> {
  if (!(await markForRemoval(parts.pool, pk)))
    throw new NotFoundError('There is no searchable attribute of that number.');
}

function checked({ attribute, level, privateCreator = '', vr }: WantedAttribute): NewSearchableAttribute {
  const names = attribute.split('.');
  const [first = '', ...rest] = names.map(tagOrRefuse);
  if (names.length > DEEPEST_PATH)
    throw new InvalidRequestError(`attribute: more than ${DEEPEST_PATH - 1} sequences.`);
  const path: [string, ...string[]] = [first, ...rest];
  const last = path.at(-1) ?? first;
  const isPrivate = path.some(isPrivateTag);
  const creator = privateCreator.trim();
  if (isPrivate && (creator === '' || creator.length > LONGEST_CREATOR || creator.includes('\\')))
    throw new InvalidRequestError(
      `privateCreator: a private attribute needs the name that its block is reserved under, ${LONGEST_CREATOR} characters at most.`,
    );
  if (!isPrivate && creator !== '')
    throw new InvalidRequestError('privateCreator: only private attributes have one.');
  if (indexedAttribute(path.join('.')))
    throw new InvalidRequestError(`attribute: ${attribute} is searchable already, in every archive.`);
  const ofVr = vrOrRefuse(last, vr);
  return {
    path: [blockFree(first), ...rest.map(blockFree)],
    privateCreator: creator,
    keyword: names.join('.'),
    level,
    ...ofVr,
  };
}

function tagOrRefuse(name: string): string {
  const tag = tagOf(name);
  if (tag === undefined)
    throw new InvalidRequestError(
      `attribute: ${JSON.stringify(name.slice(0, 64))} is neither a keyword nor a tag.`,
    );
  if (/^(0000|0002|FFFE|....0000)/.test(tag) || isCreatorTag(tag))
    throw new InvalidRequestError(`attribute: ${tag} says nothing of an object that could be searched.`);
  return tag;
}

function vrOrRefuse(tag: string, given: string | undefined): Pick<NewSearchableAttribute, 'vr' | 'kind'> {
  const known = dictionaryEntry(tag);
  const vr = given ?? known?.vrs[0];
  if (vr === undefined)
    throw new InvalidRequestError(`vr: the dictionary does not have ${tag}; say which VR it has.`);
  if (known && !known.vrs.some((one) => one === vr))
    throw new InvalidRequestError(`vr: ${tag} is of VR ${known.vrs.join(' or ')}.`);
  const kind = findVrTraits(vr) && KIND_OF_VR[vr];
  if (!kind)
    throw new InvalidRequestError(
      `vr: attributes of VR ${JSON.stringify(vr.slice(0, 8))} cannot be searched; those of ${Object.keys(KIND_OF_VR).join(', ')} can.`,
    );
  return { vr, kind };
}

/** Which work only one process does at a time; see only-one.ts. */
const INDEXING_WORK = 7_224_007;

/**
 * Does what is to be indexed in the background until nothing is left or `signal` says to stop; false where another process is at
 * it. Begins where whoever did it before left off.
 */
export async function indexInBackground(parts: ArchiveParts, signal: AbortSignal): Promise<boolean> {
  return onlyOne(parts.pool, INDEXING_WORK, async () => {
    try {
      while (!signal.aborted && (await indexNextPiece(parts.pool, findValues)));
    } catch (error) {
      // Without the values of patients that PostgreSQL may repeat.
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
      await noteIndexingError(parts.pool, `indexing stopped${code} and begins again by itself`);
      throw error;
    }
  });
}
