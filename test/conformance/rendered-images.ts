import sharp from 'sharp';
import { type Attributes, type ImageOptions, makeInstance, testUid } from '../support/make-instance.ts';
import type { TestServer } from '../support/start-server.ts';
import { storeAll } from './requests.ts';

/** Stores an image; answers the path of the instance. */
export async function storeImage(
  server: TestServer,
  image: ImageOptions,
  attributes: Attributes = {},
  transferSyntaxUID = '1.2.840.10008.1.2.1',
): Promise<string> {
  const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
  await storeAll(server, [
    makeInstance({ transferSyntaxUID, attributes: { ...names, ...attributes }, image }),
  ]);
  const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = { ...names, ...attributes };
  return `/studies/${StudyInstanceUID}/series/${SeriesInstanceUID}/instances/${SOPInstanceUID}`;
}

/** Grey values by pixel, row by row. */
export async function greys(body: Buffer): Promise<{ width: number; height: number; values: number[] }> {
  const { data, info } = await sharp(body).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    values: Array.from({ length: info.width * info.height }, (_, i) => data[i * info.channels] ?? -1),
  };
}

/** 8 x 6 pixels of 16 bits: 0, 100, 200, … */
export const ramp = {
  rows: 6,
  columns: 8,
  bitsAllocated: 16,
  pixelBytes: new Uint8Array(Uint16Array.from({ length: 48 }, (_, i) => i * 100).buffer),
};
