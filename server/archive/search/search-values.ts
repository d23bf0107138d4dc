import type { IndexedAttribute } from '../../../storage/index/attributes.ts';
import { toMoment } from '../../../storage/index/search/column-value.ts';
import type { Matching } from '../../../storage/index/search/matching.ts';
import type { SearchableAttribute } from '../../../storage/index/searchable/searchable-attributes.ts';
import { vmOf } from '../../dicom/dictionary.ts';
import { InvalidSearchError } from '../archive-errors.ts';

/** The kinds of matching that a search asks for as a whole (PS3.18 8.3.4.2, 8.3.4.5, 8.3.4.6). */
export interface MatchingOptions {
  fuzzyMatching: boolean;
  emptyValueMatching: boolean;
  multipleValueMatching: boolean;
}

type Attribute = IndexedAttribute | SearchableAttribute;

/** PS3.4 C.2.2.2.7: two quotation marks stand for no value. */
const NO_VALUE = '""';

/** PS3.4 C.2.2.2.3: no value, or nothing but asterisks. */
export function isUniversal(value: string): boolean {
  return /^\**$/.test(value.trim());
}

/**
 * The kind of matching that `value`, which is not universal, asks for (PS3.4 C.2.2.2.1 to C.2.2.2.8). Throws an
 * `InvalidSearchError` that names the attribute.
 */
export function matchingOf(attribute: Attribute, value: string, options: MatchingOptions): Matching {
  const text = value.trim();
  if (options.emptyValueMatching && text === NO_VALUE) return emptyMatching(attribute);
  switch (attribute.kind) {
    case 'uid':
      return { kind: 'any-of', values: listOf(text, /[,\\]/) };
    case 'date':
    case 'time':
      return rangeOf(attribute, text) ?? { kind: 'any-of', values: listOf(text, /[,\\]/) };
    case 'moment':
      return momentMatching(attribute, text);
    case 'integer':
    case 'number':
      return { kind: 'any-of', values: listOf(text, /\\/) };
    case 'codes':
      return textMatching(attribute, text, /[,\\]/, options);
    case 'name':
      if (options.fuzzyMatching) return { kind: 'fuzzy', names: listOf(text, /\\/) };
      return textMatching(attribute, text, /\\/, options);
    case 'code':
    case 'text':
      return textMatching(attribute, text, /\\/, options);
  }
}

/** What several values for one attribute come to, which PS3.18 8.3.4.1 does not foresee: a list, as far as they can be one. */
export function mergedMatching(attribute: Attribute, matchings: readonly Matching[]): Matching {
  const [first, ...rest] = matchings;
  if (!first) throw new Error('there is nothing to merge');
  return rest.reduce((merged, next): Matching => {
    if (merged.kind === 'fuzzy' && next.kind === 'fuzzy')
      return { kind: 'fuzzy', names: [...merged.names, ...next.names] };
    if ((merged.kind === 'any-of' || merged.kind === 'all-of') && next.kind === merged.kind)
      return { kind: merged.kind, values: [...merged.values, ...next.values] };
    throw new InvalidSearchError(
      `${attribute.keyword} is given more than once; only single values can be (PS3.18 8.3.4.1)`,
    );
  }, first);
}

function emptyMatching({ kind, keyword }: Attribute): Matching {
  if (['uid', 'integer', 'number'].includes(kind))
    throw new InvalidSearchError(`${keyword} has no empty value matching (PS3.4 C.2.2.2.7)`);
  return { kind: 'empty' };
}

/** VRs of multiple value matching (PS3.4 C.2.2.2.8); the attribute must be one that may have several values. */
const MULTIPLE_VRS = new Set(['AE', 'AS', 'AT', 'CS', 'LO', 'PN', 'SH', 'UC']);

function mayHaveSeveral(attribute: Attribute): boolean {
  if ('column' in attribute) return attribute.multiple === true;
  return MULTIPLE_VRS.has(attribute.vr) && vmOf(attribute.path.at(-1) ?? '') !== '1';
}

function textMatching(
  attribute: Attribute,
  text: string,
  separator: RegExp,
  { multipleValueMatching }: MatchingOptions,
): Matching {
  const values = listOf(text, separator);
  const together = multipleValueMatching && mayHaveSeveral(attribute);
  if (/[*?]/.test(text)) {
    if (together && values.length > 1)
      throw new InvalidSearchError(
        `${attribute.keyword}: several values hold no wildcards (PS3.4 C.2.2.2.8)`,
      );
    return { kind: 'wildcard', pattern: text };
  }
  return { kind: together ? 'all-of' : 'any-of', values };
}

/** Between separators; at least one value. */
function listOf(text: string, separator: RegExp): string[] {
  const values = text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return values.length > 0 ? values : [text];
}

/** `20240101-20240131`, `-20240131`, `20240101-`. */
function rangeOf({ keyword }: Attribute, text: string): Matching | undefined {
  const hyphen = text.indexOf('-');
  if (hyphen < 0) return undefined;
  const from = text.slice(0, hyphen).trim();
  const to = text.slice(hyphen + 1).trim();
  if (from === '' && to === '')
    throw new InvalidSearchError(`${keyword}: a range needs a beginning or an end`);
  return { kind: 'range', from: from || undefined, to: to || undefined };
}

/** A hyphen parts a range, unless it begins an offset from UTC (PS3.5 6.2). Forms turn the plus sign of an offset into a space. */
function momentMatching(attribute: Attribute, value: string): Matching {
  const text = value.replace(/ (\d{4})(?=$|-)/g, '+$1');
  const isMoment = (part: string) => toMoment(part) !== undefined;
  if (isMoment(text)) return { kind: 'any-of', values: [text] };
  for (let at = text.indexOf('-'); at >= 0; at = text.indexOf('-', at + 1)) {
    const [from, to] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    if (from === '' && to === '') return rangeOf(attribute, text) as Matching;
    if ([from, to].every((part) => part === '' || isMoment(part)))
      return { kind: 'range', from: from || undefined, to: to || undefined };
  }
  return { kind: 'any-of', values: [text] };
}
