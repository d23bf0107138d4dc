import sharp from 'sharp';
import { makeInstance } from '../../support/make-instance.ts';
import { get } from '../load/read.ts';
import { store } from '../load/store.ts';
import { drive } from '../load/wrk.ts';
import { peerFigure } from '../peers/archives.ts';
import { startIsocenter } from '../peers/isocenter.ts';
import type { RowFamily } from '../row.ts';
import { alternate } from '../samples.ts';

const row = 'wsi-frame';
const frames = 340_000;
const far = 300_000;
const studyUID = '1.2.826.0.1.3680043.10.1389.9.900.1';
const path = (frame: number) =>
  `studies/${studyUID}/series/${studyUID}.1/instances/${studyUID}.1.1/frames/${frame}`;
const asJpeg = { Accept: 'multipart/related; type="image/jpeg"; transfer-syntax=1.2.840.10008.1.2.4.50' };

/** What a frame says of itself, in a comment of its JPEG. */
const label = (frame: number) => `frame ${String(frame).padStart(7, '0')}`;

/** Tag of an item or a delimiter and its length, little endian (PS3.5 7.5). */
function item(element: number, length: number): Buffer {
  const bytes = Buffer.from('feff000000000000', 'hex');
  bytes.writeUInt16LE(element, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

/** A whole-slide image of 8 x 8 pixels a tile, JPEG, one fragment a frame, with an empty Basic Offset Table. */
async function wholeSlide(): Promise<Buffer> {
  const head = makeInstance({
    transferSyntaxUID: '1.2.840.10008.1.2.4.50',
    attributes: {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.77.1.6',
      Modality: 'SM',
      StudyInstanceUID: studyUID,
      SeriesInstanceUID: `${studyUID}.1`,
      SOPInstanceUID: `${studyUID}.1.1`,
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      NumberOfFrames: frames,
      Rows: 8,
      Columns: 8,
      TotalPixelMatrixColumns: 8 * 1000,
      TotalPixelMatrixRows: 8 * (frames / 1000),
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
      PixelRepresentation: 0,
    },
  });
  const pixels = Uint8Array.from({ length: 64 }, (_, i) => i * 4);
  const jpeg = await sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } })
    .toColourspace('b-w')
    .jpeg()
    .toBuffer();
  // ISO 10918-1 B.2.4.5: a comment after the start of image, FF FE and its length with the two bytes of the length itself.
  const tile = (frame: number) => {
    const comment = Buffer.from(label(frame));
    const bytes = Buffer.concat([
      jpeg.subarray(0, 2),
      Buffer.from([0xff, 0xfe, 0, comment.length + 2]),
      comment,
      jpeg.subarray(2),
    ]);
    return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
  };
  const tiles = Array.from({ length: frames }, (_, i) => tile(i + 1));
  // PS3.5 A.4: (7FE0,0010) OB of undefined length, the empty offset table, the fragments, the sequence delimiter.
  return Buffer.concat([
    head,
    Buffer.from('e07f10004f420000ffffffff', 'hex'),
    item(0xe000, 0),
    ...tiles.flatMap((bytes) => [item(0xe000, bytes.length), bytes]),
    item(0xe0dd, 0),
  ]);
}

export const wsiFrameRow: RowFamily = {
  names: [row],
  measure: async (_wanted, options) => {
    const isocenter = await startIsocenter();
    try {
      await store(isocenter.root, [await wholeSlide()], 1);
      for (const frame of [1, far]) {
        const { body } = await get(`${isocenter.root}/${path(frame)}`, asJpeg);
        if (!body.includes(label(frame))) throw new Error(`frame ${frame} is another one`);
      }
      const contestants = [
        { name: 'frame 1', frame: 1 },
        { name: 'Isocenter', frame: far },
      ];
      const medians = await alternate(
        contestants.map(({ name, frame }) => ({
          name,
          measure: async () =>
            (await drive({ root: isocenter.root, paths: [path(frame)], headers: asJpeg }, options))
              .requestsPerSecond,
        })),
        options.rounds,
      );
      return [
        {
          row,
          what: `frame ${far.toLocaleString('en-US')} of a whole-slide image of ${frames.toLocaleString('en-US')} frames`,
          unit: 'requests/s',
          ours: medians.get('Isocenter') ?? Number.NaN,
          peer: peerFigure('frame 1', medians, {}),
          goal: { of: 'ratio', atLeast: 0.9 },
        },
      ];
    } finally {
      await isocenter.stop();
    }
  },
};
