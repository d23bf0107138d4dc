import { foldNameGroup } from './fold-text.ts';
import type { Matching } from './matching.ts';
import { wantedTokens } from './name-words.ts';
import { type Parameters, wildcardCondition } from './sql-parameters.ts';

/** SQL of the columns that hold a name. */
export interface NameTarget {
  groups: readonly [string, string, string];
  words: string;
}

/** PS3.4 C.2.2.2.1: a name without "=" may match in any component group, one with "=" matches group by group. */
export function nameCondition(target: NameTarget, matching: Matching, parameters: Parameters): string {
  switch (matching.kind) {
    case 'wildcard':
      return literal(target, matching.pattern, parameters);
    case 'any-of':
    case 'all-of':
      return `(${matching.values.map((name) => literal(target, name, parameters)).join(' OR ')})`;
    case 'fuzzy':
      return `(${matching.names.map((name) => fuzzyCondition(target, name, parameters)).join(' OR ')})`;
    default:
      throw new RangeError('only dates and times match by range');
  }
}

function literal({ groups }: NameTarget, name: string, parameters: Parameters): string {
  const groupwise = name.includes('=');
  const wanted = name.split('=').slice(0, 3);
  const parts = groups.flatMap((column, i) => {
    const group = groupwise ? wanted[i] : name;
    if (!group) return [];
    const folded = foldNameGroup(group);
    return [
      /[*?]/.test(group)
        ? wildcardCondition(column, folded, parameters)
        : `${column} = ${parameters.bind(folded)}`,
    ];
  });
  return `(${parts.join(groupwise ? ' AND ' : ' OR ') || 'true'})`;
}

/**
 * PS3.4 C.2.2.2.1.1: each word asked for begins a word of the name, in whichever component or group, or sounds like one. What
 * matches literally matches too; a word with a wildcard inside matches only so.
 */
function fuzzyCondition(target: NameTarget, name: string, parameters: Parameters): string {
  const exactly = literal(target, name, parameters);
  const words = name.split(/[\^\s=,]+/).map((word) => word.replace(/^\*+|\*+$/g, ''));
  if (words.some((word) => /[*?]/.test(word))) return exactly;
  const wanted = wantedTokens(words.map(foldNameGroup));
  if (wanted.length === 0) return exactly;
  const each = wanted.map((tokens) => `${target.words} && ${parameters.bind(tokens)}::text[]`);
  return `((${each.join(' AND ')}) OR ${exactly})`;
}
