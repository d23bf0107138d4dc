import type { ScratchFile } from '../../archive/scratch-file.ts';
import { DataSetError } from '../../dicom/dicom-errors.ts';
import type { BulkValue } from '../../dicom/write/part10-writer.ts';
import { HttpError } from '../../http/http-errors.ts';
import { type MediaType, mediaTypeOf } from '../../http/media-type.ts';

/** A bulk data part of the request (PS3.18 10.5.2), its bytes in the scratch file. */
export interface BulkPart extends BulkValue {
  mediaType: MediaType;
  /** Counted from 1 in the request. */
  number: number;
  /** The bytes from `start` on. */
  slice(start: number, endExclusive: number): BulkValue;
}

/** Of all bulk data parts of one request: what a disk can lend one sender. */
const MOST_BULK_BYTES = 64 * 2 ** 30;

const FRAME_OF = /^(.*)\/frames\/(\d{1,9})$/;

/**
 * The bulk data parts of one request, by where they say they are. A BulkDataURI means a part of the same request or nothing: nothing is
 * ever fetched.
 */
export class BulkParts {
  readonly #scratch: ScratchFile;
  /** Of the request; parts and metadata may both be relative to it. */
  readonly #baseUrl: string;
  readonly #byLocation = new Map<string, BulkPart[]>();
  readonly #parts: BulkPart[] = [];
  readonly #used = new Set<BulkPart>();

  constructor(scratch: ScratchFile, baseUrl: string) {
    this.#scratch = scratch;
    this.#baseUrl = baseUrl;
  }

  /** Takes in a part; throws a 413 where all of them are more than may be. */
  async add(
    headers: Readonly<Record<string, string>>,
    body: AsyncIterable<Uint8Array>,
    number: number,
  ): Promise<void> {
    const start = this.#scratch.sizeBytes;
    for await (const chunk of body) {
      if (this.#scratch.sizeBytes + chunk.length > MOST_BULK_BYTES)
        throw new HttpError(413, `The bulk data of one request may be ${MOST_BULK_BYTES} bytes.`);
      await this.#scratch.append(chunk);
    }
    const part = this.#partOf(start, this.#scratch.sizeBytes, headers['content-type'], number);
    this.#parts.push(part);
    for (const key of this.#keysOf(headers)) {
      const there = this.#byLocation.get(key);
      if (there) there.push(part);
      else this.#byLocation.set(key, [part]);
    }
  }

  /** The parts that a BulkDataURI means, in order: several are the frames of an image. Throws a `DataSetError` where it means none. */
  find(uri: string, path: string): readonly BulkPart[] {
    const found = this.#byLocation.get(uri) ?? this.#byLocation.get(this.#resolved(uri)) ?? [];
    const parts = found.length > 0 ? found : this.#framesOf(uri, path);
    if (parts.length === 0)
      throw new DataSetError('no part of the request has its BulkDataURI as Content-Location', path);
    for (const part of parts) this.#used.add(part);
    return parts;
  }

  /** Numbers of the parts that no metadata referred to. */
  unused(): number[] {
    return this.#parts.filter((part) => !this.#used.has(part)).map(({ number }) => number);
  }

  #partOf(start: number, end: number, contentType: string | undefined, number: number): BulkPart {
    const slice = (from: number, to: number): BulkValue => ({
      sizeBytes: to - from,
      read: () => this.#scratch.read(start + from, start + to),
    });
    const mediaType = mediaTypeOf(contentType) ?? { type: 'application/octet-stream', parameters: {} };
    return { ...slice(0, end - start), slice, mediaType, number };
  }

  /** Parts at `URI/frames/1`, `URI/frames/2` and so on (PS3.18 8.7.3.3.2). */
  #framesOf(uri: string, path: string): BulkPart[] {
    const base = this.#resolved(uri);
    const frames: BulkPart[] = [];
    for (let number = 1; ; number++) {
      const found = this.#byLocation.get(`${base}/frames/${number}`);
      if (!found?.[0]) break;
      if (found.length > 1) throw new DataSetError(`frame ${number} comes in two parts`, path);
      frames.push(found[0]);
    }
    return frames;
  }

  #keysOf(headers: Readonly<Record<string, string>>): Set<string> {
    const keys = new Set<string>();
    const location = headers['content-location']?.replace(/^["<]|[">]$/g, '');
    if (location) {
      keys.add(location).add(this.#resolved(location));
      const frame = FRAME_OF.exec(location);
      // Leading zeros are not what #framesOf asks for.
      if (frame) keys.add(`${this.#resolved(frame[1] ?? '')}/frames/${Number(frame[2])}`);
    }
    const id = headers['content-id']?.replace(/^<|>$/g, '');
    if (id) keys.add(`cid:${id}`);
    return keys;
  }

  /** Relative references are to the request (RFC 2557 4.2); what is no URL stands for itself. */
  #resolved(uri: string): string {
    return URL.canParse(uri, this.#baseUrl) ? new URL(uri, this.#baseUrl).href : uri;
  }
}
