import type { Context } from 'koa';
import type { StoreOutcome } from '../../archive/store/store-outcome.ts';
import { decodedBody } from '../../http/content-encoding.ts';
import { HttpError } from '../../http/http-errors.ts';
import { type MediaType, mediaTypeOf } from '../../http/media-type.ts';
import { type MultipartPart, readMultipart } from '../../http/multipart-reader.ts';
import { requestBody } from '../../http/request-body.ts';
import { XML_TYPE } from '../negotiation.ts';
import { couldNotUnderstand } from './store-failures.ts';

/** The bytes of an instance, or why there is none. */
export type StoreItem = AsyncIterable<Uint8Array> | StoreOutcome;

/** What metadata of the request is written in (PS3.18 8.7.3.2). */
export type MetadataForm = 'json' | 'xml';

/** The body of a Store request (PS3.18 10.5.1), by its Content-Type. */
export type StoreContent =
  | { kind: 'instance'; body: AsyncIterable<Uint8Array> }
  | { kind: 'instances'; parts: AsyncIterable<MultipartPart> }
  | { kind: 'metadata'; form: MetadataForm; body: AsyncIterable<Uint8Array> }
  | { kind: 'metadata-and-bulk-data'; form: MetadataForm; parts: AsyncIterable<MultipartPart> };

export const STORE_TYPES = [
  'multipart/related; type="application/dicom"',
  'multipart/related; type="application/dicom+json"',
  'multipart/related; type="application/dicom+xml"',
  'application/dicom',
  'application/dicom+json',
  'application/dicom+xml',
];

/** Throws a 415 that lists what is taken, a 400 for a boundary that is none. Nothing is read yet. */
export function storeContentOf(context: Context): StoreContent {
  const contentType = mediaTypeOf(context.get('Content-Type'));
  if (!contentType) throw unsupported();
  const body = decodedBody(requestBody(context), context.get('Content-Encoding'));
  if (contentType.type === 'application/dicom') return { kind: 'instance', body };
  const form = metadataFormOf(contentType.type);
  if (form) return { kind: 'metadata', form, body };
  if (contentType.type !== 'multipart/related') throw unsupported();
  const type = contentType.parameters.type?.toLowerCase() ?? 'application/dicom';
  const rootForm = metadataFormOf(type);
  if (!rootForm && type !== 'application/dicom') throw unsupported();
  const parts = readMultipart(body, boundaryOf(contentType));
  return rootForm ? { kind: 'metadata-and-bulk-data', form: rootForm, parts } : { kind: 'instances', parts };
}

export function metadataFormOf(type: string | undefined): MetadataForm | undefined {
  if (type === 'application/dicom+json' || type === 'application/json') return 'json';
  return type === XML_TYPE ? 'xml' : undefined;
}

/** RFC 2046 5.1.1 allows 70 characters; Orthanc sends 73. */
const LONGEST_BOUNDARY = 200;

function boundaryOf({ parameters: { boundary } }: MediaType): string {
  if (!boundary || boundary.length > LONGEST_BOUNDARY)
    throw new HttpError(400, 'The Content-Type has no usable boundary parameter.');
  return boundary;
}

function unsupported(): HttpError {
  return new HttpError(415, `Instances are taken as ${STORE_TYPES.join(', ')}.`, {
    // RFC 9110 15.5.16
    headers: { Accept: STORE_TYPES.join(', ') },
  });
}

/** One instance a part; a part of another media type fails alone. */
export async function* instancesOfParts(parts: AsyncIterable<MultipartPart>): AsyncGenerator<StoreItem> {
  for await (const { headers, body } of parts) {
    const given = headers['content-type'];
    const isInstance = given === undefined || mediaTypeOf(given)?.type === 'application/dicom';
    yield isInstance ? body : couldNotUnderstand('the part is not of type application/dicom');
  }
}
