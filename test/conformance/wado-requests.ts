import { type Attributes, type ImageOptions, makeInstance, testUid } from '../support/make-instance.ts';
import type { TestServer } from '../support/start-server.ts';
import { type Answer, request, storeAll } from './requests.ts';

export interface Names {
  StudyInstanceUID: string;
  SeriesInstanceUID: string;
  SOPInstanceUID: string;
}

export const newNames = (): Names => ({
  StudyInstanceUID: testUid(),
  SeriesInstanceUID: testUid(),
  SOPInstanceUID: testUid(),
});

export async function storeNamed(
  server: TestServer,
  image: ImageOptions | undefined,
  attributes: Attributes = {},
  transferSyntaxUID = '1.2.840.10008.1.2.1',
) {
  const names = newNames();
  const bytes = makeInstance({
    transferSyntaxUID,
    attributes: { ...names, ...attributes },
    ...(image && { image }),
  });
  await storeAll(server, [bytes]);
  return { ...names, ...attributes } as Names;
}

/** GET /wado of an instance, with more parameters. */
export function wadoFrom(
  server: TestServer,
  names: Names,
  query = '',
  accept = '*/*',
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = names;
  const path = `/wado?requestType=WADO&studyUID=${StudyInstanceUID}&seriesUID=${SeriesInstanceUID}&objectUID=${SOPInstanceUID}${query === '' ? '' : `&${query}`}`;
  return request(server.url, path, { headers: { Accept: accept, ...headers } });
}

export const detailOf = (answer: Answer) => String(JSON.parse(answer.text).detail);

export const cine: ImageOptions = {
  rows: 4,
  columns: 6,
  frames: 3,
  pixelBytes: Uint8Array.from({ length: 72 }, (_, i) => Math.floor(i / 24) * 100),
};
export const WIDE = { WindowCenter: '128', WindowWidth: '256' };
