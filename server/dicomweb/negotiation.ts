import type { Context } from 'koa';
import { LRUCache } from 'lru-cache';
import { HttpError } from '../http/http-errors.ts';
import { type MediaRange, parseAccept } from '../http/media-type.ts';
import { isExcepted, matches, takenRanges } from './specific-ranges.ts';

/** Names of query parameters may be percent-encoded. */
const MAY_NAME_ACCEPT = /accept|%/;
const MAY_NAME_CHARSET = /charset|%/;

/** Clients send the same over and over. */
const MOST_REMEMBERED = 200;
const remembered = new LRUCache<string, readonly MediaRange[]>({ max: MOST_REMEMBERED });

const EVERYTHING: MediaRange = { type: '*/*', parameters: {}, quality: 1 };

/**
 * What the client takes, best first (PS3.18 8.7.8.1): the media types of the `accept` query parameter (8.3.3.1), then those of the
 * Accept header; without either, anything. Throws a 400 for what cannot be read or mixes categories, a 406 for a character set
 * that is not to be had.
 */
export function acceptedBy(context: Context): readonly MediaRange[] {
  const header = context.get('Accept');
  checkCharset(context);
  if (!MAY_NAME_ACCEPT.test(context.querystring))
    return header === '' ? [EVERYTHING] : readRanges(header, 'Accept header');
  // The Standard's examples write `accept=application/dicom+json`, whose plus sign forms would take for a space.
  const fromQuery = [context.query.accept ?? []].flat().map((one) => one.replace(/ (?=json|xml)/g, '+'));
  const ranges = [
    ...(fromQuery.length > 0 ? readRanges(fromQuery.join(','), 'accept parameter') : []),
    ...(header !== '' ? readRanges(header, 'Accept header') : []),
  ];
  return fromQuery.length === 0 && header === '' ? [EVERYTHING] : ranges;
}

function readRanges(text: string, source: string): readonly MediaRange[] {
  const known = remembered.get(text);
  if (known) return known;
  const ranges = parseAccept(text);
  if (!ranges) throw new HttpError(400, `The ${source} holds no media range that can be read.`);
  const taken = takenRanges(ranges);
  const categories = new Set(taken.flatMap((range) => categoryOf(range) ?? []));
  if (categories.size > 1) {
    throw new HttpError(
      400,
      `The ${source} mixes ${[...categories].join(' and ')} media types; ask for one category (PS3.18 8.7.5).`,
    );
  }
  remembered.set(text, taken);
  return taken;
}

const METADATA = new Set(['application/dicom+json', 'application/dicom+xml']);

/**
 * The category that a media type belongs to and no other. Those that several have (images, which bulk data and renderings share)
 * tell it by their form: bulk data comes in parts or names a transfer syntax. What every web client sends along (text/plain,
 * application/json) is left open.
 */
function categoryOf({ type, parameters }: MediaRange): string | undefined {
  const isMultipart = type === 'multipart/related';
  const inner = isMultipart ? (parameters.type?.toLowerCase() ?? '') : type;
  if (inner === 'application/dicom') return 'DICOM instance';
  if (METADATA.has(inner)) return 'metadata';
  if (isMultipart || parameters['transfer-syntax'] !== undefined) return undefined;
  if (/^(image|video)\/[^*]/.test(inner) || inner === 'text/html' || inner === 'application/pdf')
    return 'rendered';
  return undefined;
}

/** PS3.18 8.3.3.2 and 8.4.3: texts are given in UTF-8, whatever they are stored in. */
function checkCharset(context: Context): void {
  const inQuery = MAY_NAME_CHARSET.test(context.querystring) ? [context.query.charset ?? []].flat() : [];
  const asked = inQuery.join(',') || context.get('Accept-Charset');
  if (asked === '') return;
  const taken = asked.split(',').some((one) => {
    const [name = '', ...rest] = one.split(';').map((part) => part.trim().toLowerCase());
    return (
      ['utf-8', '"utf-8"', 'utf8', '*'].includes(name) && !rest.some((part) => /^q=0(\.0*)?$/.test(part))
    );
  });
  if (!taken) throw new HttpError(406, 'Texts can be given in UTF-8 only; available charset: utf-8.');
}

/** True where `range` takes `type`, parameters apart, and no more specific one excludes it; `multipart`: as the type of parts. */
export function takes(range: MediaRange, type: string, multipart = false): boolean {
  return matches(range.type, type) && !isExcepted(range, type, multipart);
}

/** PS3.18 8.7.8.1: 406 with what could be had, and why more could not, where that is known. */
export function notAcceptable(available: readonly string[], reason = ''): HttpError {
  const why = reason === '' ? '' : ` (${reason})`;
  return new HttpError(
    406,
    `Nothing that the Accept header takes can be given${why}; available: ${available.join(' | ')}`,
  );
}

const JSON_TYPES = ['application/dicom+json', 'application/json'] as const;
export const XML_TYPE = 'application/dicom+xml';

/** How data sets are given: as one JSON array, as one XML document, or as an XML document a part. */
export type DataSetForm = { form: 'json'; type: string } | { form: 'xml' } | { form: 'xml-parts' };

/**
 * The form to give data sets in (PS3.18 Tables 10.4.4-1 and 10.6.4-1): JSON unless the client prefers XML. XML comes in parts; an
 * answer that is `single` (one data set) may also come as one document. Throws a 406 where the client takes none.
 */
export function dataSetFormFor(context: Context, single: boolean): DataSetForm {
  for (const range of acceptedBy(context)) {
    const json = JSON_TYPES.find((candidate) => takes(range, candidate));
    if (json) return { form: 'json', type: json };
    if (range.type === 'multipart/related' || range.type === 'multipart/*') {
      const inner = range.parameters.type?.toLowerCase();
      if ([undefined, XML_TYPE, '*/*'].includes(inner) && !isExcepted(range, XML_TYPE, true))
        return { form: 'xml-parts' };
    } else if (single && takes(range, XML_TYPE)) return { form: 'xml' };
    else if (range.type === '*/*' && takes(range, XML_TYPE, true)) return { form: 'xml-parts' };
  }
  throw notAcceptable([
    ...JSON_TYPES,
    `multipart/related; type="${XML_TYPE}"`,
    ...(single ? [XML_TYPE] : []),
  ]);
}
