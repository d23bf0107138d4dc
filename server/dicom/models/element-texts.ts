/** The JSON texts of a data set's elements, by tag; in the order of `stringifyDataSet` when they are written by `joinElements`. */
export type ElementTexts = Map<string, string>;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * Takes DICOM JSON text apart into the texts of its elements, which are many times cheaper to copy than to parse and write anew. For
 * valid JSON only, as the index has it: what it holds is not checked. Throws a `SyntaxError` where the elements don't come to an end.
 * Where `wanted` is given, the others are left out.
 */
export function elementTextsOf(json: string, wanted?: ReadonlySet<string>): ElementTexts {
  const texts: ElementTexts = new Map();
  let at = json.indexOf('"');
  while (at >= 0) {
    const tagEnd = json.indexOf('"', at + 1);
    const start = json.indexOf('{', tagEnd + 1);
    if (tagEnd < 0 || start < 0) throw new SyntaxError('an element has no value');
    const end = endOfValue(json, start);
    const tag = json.slice(at + 1, tagEnd);
    if (wanted === undefined || wanted.has(tag)) texts.set(tag, json.slice(start, end));
    at = json.indexOf('"', end);
  }
  return texts;
}

/** Where the object that begins at `start` ends, exclusive. */
function endOfValue(json: string, start: number): number {
  let depth = 0;
  for (let i = start; i < json.length; i += 1) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) i = closingQuote(json, i);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  throw new SyntaxError('an element does not end');
}

/** The place of the quote that ends the string that begins at `start`. */
function closingQuote(json: string, start: number): number {
  for (let i = start + 1; i < json.length; i += 1) {
    const code = json.charCodeAt(i);
    if (code === BACKSLASH) i += 1;
    else if (code === QUOTE) return i;
  }
  throw new SyntaxError('a string does not end');
}

/**
 * DICOM JSON text of `elements`, in tag order (PS3.18 F.2.2). Where all of them are among `usual`, tags in their order, that spares
 * the sorting.
 */
export function joinElements(elements: ReadonlyMap<string, string>, usual: readonly string[] = []): string {
  let joined = '';
  let count = 0;
  for (const tag of usual) {
    const text = elements.get(tag);
    if (text === undefined) continue;
    joined += `${count === 0 ? '{' : ','}"${tag}":${text}`;
    count += 1;
  }
  if (count > 0 && count === elements.size) return `${joined}}`;
  joined = '';
  for (const tag of [...elements.keys()].sort())
    joined += `${joined === '' ? '{' : ','}"${tag}":${elements.get(tag)}`;
  return joined === '' ? '{}' : `${joined}}`;
}
