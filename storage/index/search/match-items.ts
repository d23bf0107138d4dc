import type { Match } from './matching.ts';
import { likePattern, type Parameters } from './sql-parameters.ts';

/**
 * SQL: one item of the sequence that all of `matches` lie in meets every one of them (PS3.4 C.2.2.2.6). It looks into the DICOM
 * JSON of the level, so conditions on the indexed columns should narrow the rows down beside it.
 */
export function itemCondition(matches: readonly Match[], parameters: Parameters): string {
  const [first] = matches;
  if (!first || !('column' in first.attribute)) return 'true';
  const { level, path } = first.attribute;
  const conditions = matches.map((match) => keyCondition(match, parameters));
  const sequence = `${level}.attributes->${parameters.bind(path[0])}->'Value'`;
  return `EXISTS (SELECT 1 FROM json_array_elements(CASE WHEN json_typeof(${sequence}) = 'array' THEN ${sequence} END) AS items(item)
    WHERE ${conditions.join(' AND ')})`;
}

function keyCondition({ attribute, matching }: Match, parameters: Parameters): string {
  const key = 'column' in attribute ? (attribute.path[1] ?? '') : '';
  const values = `items.item->${parameters.bind(key)}->'Value'`;
  const texts = `SELECT 1 FROM json_array_elements_text(CASE WHEN json_typeof(${values}) = 'array' THEN ${values} END) AS texts(text) WHERE text <> ''`;
  switch (matching.kind) {
    case 'wildcard':
      return `EXISTS (${texts} AND text LIKE ${parameters.bind(likePattern(matching.pattern))})`;
    case 'any-of':
    case 'all-of':
      return `EXISTS (${texts} AND text = ANY(${parameters.bind(matching.values)}::text[]))`;
    case 'empty':
      return `NOT EXISTS (${texts})`;
    default:
      throw new RangeError('only dates and times match by range');
  }
}
