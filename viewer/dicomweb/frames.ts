import { begin, takeBegun } from './begun.ts';
import { noteAnswer } from './connection.ts';
import { RequestError, readJson, toRequestError } from './request-error.ts';
import { dicomWebRoot } from './root.ts';

/** Which frame: the three UIDs and the frame number, from 1. */
export interface FrameAddress {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly frameNumber: number;
}

/** The pixel data of one frame in the transfer syntax named beside it. */
export interface EncodedFrame {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly transferSyntaxUID: string;
}

/** PS3.18 8.7.3.3.2: the transfer syntax of a media type that comes without the parameter. */
const defaultTransferSyntaxes: Readonly<Record<string, string>> = {
  'application/octet-stream': '1.2.840.10008.1.2.1',
  'image/jpeg': '1.2.840.10008.1.2.4.70',
  'image/dicom-rle': '1.2.840.10008.1.2.5',
  'image/jls': '1.2.840.10008.1.2.4.80',
  'image/jp2': '1.2.840.10008.1.2.4.90',
  'image/jphc': '1.2.840.10008.1.2.4.201',
  'image/jxl': '1.2.840.10008.1.2.4.110',
};

function transferSyntaxOf(contentType: string): string {
  const named = contentType.match(/transfer-syntax\s*=\s*"?([\d.]+)"?/i)?.[1];
  const mediaType = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const transferSyntaxUID = named ?? defaultTransferSyntaxes[mediaType];
  if (transferSyntaxUID === undefined) throw new RequestError(200, `Unknown media type ${mediaType}`);
  return transferSyntaxUID;
}

function indexOfBytes(haystack: Uint8Array, needle: Uint8Array, from: number): number {
  const [first = 0] = needle;
  for (let at = haystack.indexOf(first, from); at !== -1; at = haystack.indexOf(first, at + 1)) {
    if (needle.every((byte, offset) => haystack[at + offset] === byte)) return at;
  }
  return -1;
}

function lastIndexOfBytes(haystack: Uint8Array, needle: Uint8Array): number {
  const first = needle[0] ?? 0;
  for (let at = haystack.lastIndexOf(first); at > 0; at = haystack.lastIndexOf(first, at - 1)) {
    if (needle.every((byte, offset) => haystack[at + offset] === byte)) return at;
  }
  return -1;
}

/**
 * The only part of a multipart/related body (RFC 2387) that holds one frame. The closing delimiter is looked for from
 * the end, so that no scan of the pixel data is needed.
 */
export function readSinglePart(body: Uint8Array<ArrayBuffer>, contentType: string): EncodedFrame {
  const boundary = contentType.match(/boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))/i);
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined) throw new RequestError(200, 'The multipart answer names no boundary');
  const encoder = new TextEncoder();
  const start = indexOfBytes(body, encoder.encode(`--${name}`), 0);
  const headerEnd = indexOfBytes(body, encoder.encode('\r\n\r\n'), Math.max(start, 0));
  const end = lastIndexOfBytes(body, encoder.encode(`\r\n--${name}--`));
  if (start === -1 || headerEnd === -1 || end < headerEnd + 4) {
    throw new RequestError(200, 'The multipart answer is incomplete');
  }
  const header = new TextDecoder().decode(body.subarray(start, headerEnd));
  const partType = header.match(/^content-type:\s*(.+)$/im)?.[1] ?? 'application/octet-stream';
  // A copy, so that the bytes start at an offset every typed array accepts.
  return { bytes: body.slice(headerEnd + 4, end), transferSyntaxUID: transferSyntaxOf(partType) };
}

function urlOf({ studyInstanceUID, seriesInstanceUID, sopInstanceUID, frameNumber }: FrameAddress): string {
  return `${dicomWebRoot}/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}/frames/${frameNumber}`;
}

/** What has arrived last of frames that were asked for ahead of need, until they are complete. */
const parts = new Map<string, EncodedFrame>();
/** Who wants to see what arrives of a frame. */
const watchers = new Map<string, (part: EncodedFrame) => void>();

/** The beginning of a body with one part; undefined as long as not even the header of the part is there. */
function beginningOf(body: Uint8Array<ArrayBuffer>, contentType: string): EncodedFrame | undefined {
  if (!/^multipart\//i.test(contentType))
    return { bytes: body, transferSyntaxUID: transferSyntaxOf(contentType) };
  const headerEnd = indexOfBytes(body.subarray(0, 1024), new TextEncoder().encode('\r\n\r\n'), 0);
  if (headerEnd === -1) return undefined;
  const header = new TextDecoder().decode(body.subarray(0, headerEnd));
  const partType = header.match(/^content-type:\s*(.+)$/im)?.[1] ?? 'application/octet-stream';
  return { bytes: body.slice(headerEnd + 4), transferSyntaxUID: transferSyntaxOf(partType) };
}

/** What has arrived is told from so many bytes on, and each time that it has grown by a third. */
const firstToldBytes = 16 * 1024;

/** Reads a body, and tells of what has come so far. */
async function readInParts(
  response: Response,
  onPart: (body: Uint8Array<ArrayBuffer>) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  let body = new Uint8Array(Number(response.headers.get('Content-Length')) || 512 * 1024);
  let received = 0;
  let tellFrom = firstToldBytes;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return body.subarray(0, received);
    if (received + value.length > body.length) {
      const larger = new Uint8Array(Math.max(2 * body.length, received + value.length));
      larger.set(body.subarray(0, received));
      body = larger;
    }
    body.set(value, received);
    received += value.length;
    if (received < tellFrom) continue;
    tellFrom = received * 1.33;
    onPart(body.subarray(0, received));
  }
}

async function fetchFrame(url: string, signal?: AbortSignal): Promise<EncodedFrame> {
  let response: Response;
  let body: Uint8Array<ArrayBuffer>;
  try {
    response = await fetch(url, {
      credentials: 'same-origin',
      headers: { Accept: 'multipart/related; type="application/octet-stream"; transfer-syntax=*' },
      ...(signal ? { signal } : {}),
    });
    noteAnswer(true);
    if (!response.ok) throw toRequestError(response.status, await readJson(response));
    const type = response.headers.get('Content-Type') ?? '';
    body = await readInParts(response, (received) => {
      const part = beginningOf(received, type);
      if (!part) return;
      parts.set(url, part);
      watchers.get(url)?.(part);
    });
  } catch (error) {
    if (error instanceof RequestError) throw error;
    // What was broken off by ourselves is no fault of the archive.
    if (!signal?.aborted) noteAnswer(false);
    throw new RequestError(0, 'No answer', { cause: error });
  } finally {
    parts.delete(url);
  }
  const contentType = response.headers.get('Content-Type') ?? '';
  if (/^multipart\//i.test(contentType)) return readSinglePart(body, contentType);
  return { bytes: body, transferSyntaxUID: transferSyntaxOf(contentType) };
}

/**
 * WADO-RS Retrieve Frames (PS3.18 10.4.1.1.6) of one frame, as stored. `onPart` is told what has arrived while more is to come.
 * @throws RequestError
 */
export async function retrieveFrame(
  address: FrameAddress,
  signal?: AbortSignal,
  onPart?: (part: EncodedFrame) => void,
): Promise<EncodedFrame> {
  const url = urlOf(address);
  if (onPart) {
    watchers.set(url, onPart);
    const part = parts.get(url);
    if (part) onPart(part);
  }
  try {
    return await takeBegun(url, () => fetchFrame(url, signal));
  } finally {
    if (watchers.get(url) === onPart) watchers.delete(url);
  }
}

/** The same, asked for ahead of need. */
export function beginFrame(address: FrameAddress): Promise<EncodedFrame> {
  const url = urlOf(address);
  return begin(url, () => fetchFrame(url));
}
