import { parse as parseContentType } from 'content-type';

/** A media type or range, names in lower case. */
export interface MediaType {
  /** `type/subtype`. */
  type: string;
  parameters: Readonly<Record<string, string>>;
}

export interface MediaRange extends MediaType {
  /** 0 to 1. */
  quality: number;
  /** More specific ranges that are wanted less, or not at all: what they match is not meant by this one. */
  except?: readonly MediaRange[];
}

/** Parses a Content-Type (RFC 9110 8.3); undefined where there is none or it is malformed. */
export function mediaTypeOf(header: string | undefined): MediaType | undefined {
  if (!header) return undefined;
  try {
    const { type, parameters } = parseContentType(header);
    return { type, parameters: parameters ?? {} };
  } catch {
    return undefined;
  }
}

const TOKEN = /[!#$%&'*+.^_`|~\w-]+/y;
const LONGEST_ACCEPT = 8192;

/**
 * Parses an Accept header (RFC 9110 12.5.1) with the parameters that DICOMweb gives its ranges (PS3.18 8.7.5), quoted or not,
 * best quality first, the order kept among equals. Parts that cannot be read are left out; undefined where none can.
 */
export function parseAccept(header: string): MediaRange[] | undefined {
  if (header.length > LONGEST_ACCEPT) return undefined;
  const ranges = splitOutsideQuotes(header, ',').flatMap((part) => {
    const range = parseRange(part);
    return range ? [range] : [];
  });
  if (ranges.length === 0) return undefined;
  return ranges.sort((a, b) => b.quality - a.quality);
}

function parseRange(text: string): MediaRange | undefined {
  const [type = '', ...rest] = splitOutsideQuotes(text, ';');
  const name = type.trim().toLowerCase();
  if (!/^[^\s/;,"]+\/[^\s/;,"]+$/.test(name)) return undefined;
  const parameters: Record<string, string> = {};
  let quality = 1;
  for (const part of rest) {
    const equals = part.indexOf('=');
    if (equals < 0) continue;
    const key = part.slice(0, equals).trim().toLowerCase();
    const value = unquoted(part.slice(equals + 1).trim());
    TOKEN.lastIndex = 0;
    if (!TOKEN.test(key) || value === undefined) continue;
    if (key === 'q') quality = clampQuality(value);
    else parameters[key] = value;
  }
  return { type: name, parameters, quality };
}

function clampQuality(text: string): number {
  const quality = Number(text);
  return Number.isFinite(quality) ? Math.min(1, Math.max(0, quality)) : 0;
}

function unquoted(text: string): string | undefined {
  if (!text.startsWith('"')) return text;
  if (text.length < 2 || !text.endsWith('"')) return undefined;
  return text.slice(1, -1).replace(/\\(.)/g, '$1');
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (quoted && character === '\\') i += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === separator) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
