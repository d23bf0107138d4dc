import { likePattern, type Parameters } from '../search/sql-parameters.ts';

/**
 * How a work item's values are kept to be compared, by tag: texts as they are; dates, times and date-times as texts that sort by
 * time; numbers; names by component group, folded; sequences as lists of items. What has no value is not there.
 */
export interface WorkItemKeys {
  [tag: string]: (string | number | NameKey | WorkItemKeys)[];
}

/** The component groups of a person's name, folded: alphabetic, ideographic, phonetic; and the tokens that fuzzy matching knows it by. */
export interface NameKey {
  a?: string;
  i?: string;
  p?: string;
  f?: string[];
}

/** How the values of one attribute are to match (PS3.4 C.2.2.2). */
export type KeyMatching =
  | { kind: 'any-of'; values: readonly (string | number)[] }
  /** Any of these patterns: `*` stands for any characters, also none, `?` for one. */
  | { kind: 'wildcard'; patterns: readonly string[] }
  /** Texts that sort by time; either end may be open. More than one range: any of them. */
  | { kind: 'range'; ranges: readonly { from: string | undefined; to: string | undefined }[] }
  /** Any of these names; `group` undefined: in any component group. A pattern where it holds `*` or `?`. */
  | { kind: 'name'; alternatives: readonly (readonly NameGroupMatch[])[] }
  /** A name that has one of each of these tokens (see name-words.ts). */
  | { kind: 'tokens'; wanted: readonly (readonly string[])[] }
  | { kind: 'empty' };

export interface NameGroupMatch {
  group: 'a' | 'i' | 'p' | undefined;
  pattern: string;
}

export interface KeyMatch {
  /** Tags from the data set's root; all but the last are sequences. */
  path: readonly [string, ...string[]];
  matching: KeyMatching;
}

interface Tree {
  leaves: { tag: string; matching: KeyMatching }[];
  sequences: Map<string, Tree>;
}

/** PS3.4 C.2.2.2.6: all keys of a sequence must match in one and the same item, so they are gathered by sequence. */
function treeOf(matches: readonly KeyMatch[]): Tree {
  const root: Tree = { leaves: [], sequences: new Map() };
  for (const { path, matching } of matches) {
    let node = root;
    for (const tag of path.slice(0, -1)) {
      const below = node.sequences.get(tag) ?? { leaves: [], sequences: new Map() };
      node.sequences.set(tag, below);
      node = below;
    }
    node.leaves.push({ tag: path.at(-1) ?? '', matching });
  }
  return root;
}

/** What lies in columns of its own too, which have indexes that lists in order of time are read from. */
const COLUMNS: Readonly<Record<string, string>> = {
  '00080018': 'work_item.sop_instance_uid',
  '00404005': 'work_item.scheduled_start',
  '00741000': 'work_item.procedure_step_state',
};

function columnOf({ path }: KeyMatch): string | undefined {
  return path.length === 1 ? COLUMNS[path[0]] : undefined;
}

/** The SQL condition on `work_item` that all of `matches` stand for; `true` for none. */
export function keysCondition(matches: readonly KeyMatch[], parameters: Parameters): string {
  const inKeys = matches.filter((match) => columnOf(match) === undefined);
  const conditions = [
    ...matches.flatMap((match) => columnCondition(match, parameters) ?? []),
    ...containments(inKeys, parameters),
    ...treeConditions('work_item.keys', treeOf(inKeys), parameters, { count: 0 }),
  ];
  return conditions.join(' AND ') || 'true';
}

function columnCondition(match: KeyMatch, parameters: Parameters): string | undefined {
  const column = columnOf(match);
  const { matching } = match;
  if (column === undefined) return undefined;
  switch (matching.kind) {
    case 'any-of':
      return `${column} = ANY(${parameters.bind(matching.values.map(String))}::text[])`;
    case 'wildcard':
      return `${column} LIKE ANY(${parameters.bind(matching.patterns.map(likePattern))}::text[])`;
    case 'range':
      return rangesCondition(column, matching.ranges, parameters);
    case 'empty':
      return `${column} IS NULL`;
    default:
      throw new RangeError('what is asked for is no name');
  }
}

/** What must be contained, as far as it can be said so: this the index knows. */
function containments(matches: readonly KeyMatch[], parameters: Parameters): string[] {
  return matches.flatMap(({ path, matching }) => {
    if (matching.kind !== 'any-of' || matching.values.length !== 1) return [];
    const contained = path.reduceRight<unknown>(
      (inner, tag, depth) => ({ [tag]: depth === path.length - 1 ? matching.values : [inner] }),
      undefined,
    );
    return [`work_item.keys @> ${parameters.bind(JSON.stringify(contained))}::jsonb`];
  });
}

function treeConditions(
  place: string,
  tree: Tree,
  parameters: Parameters,
  aliases: { count: number },
): string[] {
  const alias = () => {
    aliases.count += 1;
    return `v${aliases.count}`;
  };
  const conditions = tree.leaves.map(({ tag, matching }) => {
    const name = parameters.bind(tag);
    if (matching.kind === 'empty') return `NOT (${place} ? ${name}::text)`;
    const value = alias();
    return `EXISTS (SELECT 1 FROM jsonb_array_elements(${place}->${name}::text) AS ${value}(j) WHERE ${leafCondition(`${value}.j`, matching, parameters)})`;
  });
  for (const [tag, below] of tree.sequences) {
    const name = parameters.bind(tag);
    const item = alias();
    const inner = treeConditions(`${item}.j`, below, parameters, aliases).join(' AND ');
    const inAnItem = `EXISTS (SELECT 1 FROM jsonb_array_elements(${place}->${name}::text) AS ${item}(j) WHERE ${inner})`;
    // What is asked to be empty is so too where there is no item.
    conditions.push(asksForNothing(below) ? `(NOT (${place} ? ${name}::text) OR ${inAnItem})` : inAnItem);
  }
  return conditions;
}

function asksForNothing({ leaves, sequences }: Tree): boolean {
  return (
    leaves.every(({ matching }) => matching.kind === 'empty') && [...sequences.values()].every(asksForNothing)
  );
}

function leafCondition(
  json: string,
  matching: Exclude<KeyMatching, { kind: 'empty' }>,
  parameters: Parameters,
): string {
  // One value as text; the C collation compares byte by byte, as the texts of times need it.
  const text = `(${json} #>> '{}') COLLATE "C"`;
  switch (matching.kind) {
    case 'any-of': {
      const values = matching.values.map((value) => JSON.stringify(value));
      return `${json} = ANY(${parameters.bind(values)}::jsonb[])`;
    }
    case 'wildcard':
      return `${text} LIKE ANY(${parameters.bind(matching.patterns.map(likePattern))}::text[])`;
    case 'range':
      return rangesCondition(text, matching.ranges, parameters);
    case 'name':
      return anyOf(
        matching.alternatives.map(
          (groups) => groups.map((one) => nameCondition(json, one, parameters)).join(' AND ') || 'true',
        ),
      );
    case 'tokens':
      return (
        matching.wanted.map((tokens) => `${json}->'f' ?| ${parameters.bind(tokens)}::text[]`).join(' AND ') ||
        'true'
      );
  }
}

function rangesCondition(
  text: string,
  ranges: readonly { from: string | undefined; to: string | undefined }[],
  parameters: Parameters,
): string {
  return anyOf(
    ranges.map(({ from, to }) => {
      const bounds: string[] = [];
      if (from !== undefined) bounds.push(`${text} >= ${parameters.bind(from)}`);
      if (to !== undefined) bounds.push(`${text} <= ${parameters.bind(to)}`);
      return bounds.join(' AND ') || 'true';
    }),
  );
}

function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : `(${conditions.map((one) => `(${one})`).join(' OR ')})`;
}

function nameCondition(json: string, { group, pattern }: NameGroupMatch, parameters: Parameters): string {
  const wanted = parameters.bind(likePattern(pattern));
  const groups = group === undefined ? ['a', 'i', 'p'] : [group];
  return anyOf(groups.map((one) => `${json}->>'${one}' LIKE ${wanted}`));
}
