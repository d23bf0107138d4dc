import { RequestError, readJson, toRequestError } from './request-error.ts';
import { dicomWebRoot } from './root.ts';

/** An object as an address of WADO-RS names it. */
export interface ObjectAddress {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
}

/** What the archive makes of an object for people (PS3.18 10.4.1.1.3). */
export interface Rendering {
  readonly url: string;
  readonly mediaType: string;
}

/** The object itself, as Part 10 file. */
export function objectUrl({ studyInstanceUID, seriesInstanceUID, sopInstanceUID }: ObjectAddress): string {
  const path = `studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
  return `${dicomWebRoot}/${path}?accept=${encodeURIComponent('application/dicom;transfer-syntax=*')}`;
}

/**
 * Asks whether the archive renders an object, or one frame of it (from 1), in one of some media types, the best first, and in
 * which. @throws RequestError when it does not.
 */
export async function findRendering(
  { studyInstanceUID, seriesInstanceUID, sopInstanceUID }: ObjectAddress,
  frameNumber: number | undefined,
  mediaTypes: readonly string[],
  signal?: AbortSignal,
): Promise<Rendering> {
  const path = `studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
  const frame = frameNumber === undefined ? '' : `/frames/${frameNumber}`;
  const url = `${dicomWebRoot}/${path}${frame}/rendered`;
  const accept = mediaTypes.map((type, index) => `${type};q=${(1 - index * 0.1).toFixed(1)}`).join(', ');
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'HEAD',
      credentials: 'same-origin',
      headers: { Accept: accept },
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    throw new RequestError(0, 'No answer', { cause });
  }
  if (!response.ok) throw toRequestError(response.status, await readJson(response));
  const [mediaType = ''] = (response.headers.get('Content-Type') ?? '').split(';');
  return { url: `${url}?accept=${encodeURIComponent(mediaType)}`, mediaType };
}
