import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeInstance } from '../../../support/make-instance.ts';
import { sendAll } from '../../load/client.ts';
import { framesAsStored } from '../../load/read.ts';
import { store } from '../../load/store.ts';

/** A CT with slices of 512 x 512 that OHIF and we are shown; where it is absent, slices are made up. */
const chestFolder = join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  '..',
  '..',
  'shared',
  'dicom',
  'volumes',
  'ct-chest',
);
const size = 512;
const sliceBytes = size * size * 2;

/** The pixel data of the chest CT, which is native and ends each file; undefined where the files are not there. */
function chestPixels(): Uint8Array[] | undefined {
  try {
    return readdirSync(chestFolder).map((name) => {
      const bytes = readFileSync(join(chestFolder, name));
      return bytes.subarray(bytes.length - sliceBytes);
    });
  } catch {
    return undefined;
  }
}

function madeUpPixels(seed: number): Uint8Array {
  const values = new Uint16Array(size * size);
  for (let at = 0; at < values.length; at++) values[at] = (at * 2654435761 * (seed + 1)) >>> 20;
  return new Uint8Array(values.buffer);
}

/** Every `step`-th pixel of a slice. */
function smaller(pixels: Uint8Array, step: number): Uint8Array {
  if (step === 1) return pixels;
  const from = new Uint16Array(pixels.slice().buffer);
  const side = size / step;
  const to = new Uint16Array(side * side);
  for (let at = 0; at < to.length; at++)
    to[at] = from[Math.floor(at / side) * step * size + (at % side) * step] ?? 0;
  return new Uint8Array(to.buffer);
}

/** Writes a number into the middle of a slice, as eight squares of black and white: no two slices look the same. */
function stamp(pixels: Uint8Array, number: number): Uint8Array {
  const stamped = pixels.slice();
  const values = new Uint16Array(stamped.buffer, stamped.byteOffset, size * size);
  const side = 24;
  for (let bit = 0; bit < 8; bit++) {
    for (let y = 0; y < side; y++) {
      const row = size / 2 - side / 2 + y;
      const from = row * size + size / 2 + (bit - 4) * side;
      values.fill((number >> bit) & 1 ? 1400 : 400, from, from + side);
    }
  }
  return stamped;
}

const rootUID = '1.2.826.0.1.3680043.10.1389.8';

export const studyUIDOf = (study: number): string => `${rootUID}.${study}`;

/** One slice of a CT of `study`, 1.5 mm from the next, with everything a viewer looks at. */
function slice(study: number, number: number, pixels: Uint8Array, step: number): Buffer {
  const side = size / step;
  const studyInstanceUID = studyUIDOf(study);
  return Buffer.from(
    makeInstance({
      attributes: {
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
        PatientName: `BENCH^${study}`,
        PatientID: `B${study}`,
        StudyInstanceUID: studyInstanceUID,
        StudyDate: '20240115',
        StudyDescription: 'CT CHEST',
        Modality: 'CT',
        SeriesInstanceUID: `${studyInstanceUID}.1`,
        SeriesNumber: '1',
        SeriesDescription: 'AXIAL 1.5',
        SOPInstanceUID: `${studyInstanceUID}.1.${number}`,
        InstanceNumber: String(number),
        FrameOfReferenceUID: `${studyInstanceUID}.9`,
        ImagePositionPatient: ['-180', '-180', String(-number * 1.5)],
        ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
        PixelSpacing: ['0.7', '0.7'],
        SliceThickness: '1.5',
        RescaleIntercept: '-1024',
        RescaleSlope: '1',
        WindowCenter: '40',
        WindowWidth: '400',
      },
      image: {
        rows: side,
        columns: side,
        bitsAllocated: 16,
        pixelBytes: smaller(stamp(pixels, number), step),
      },
    }),
  );
}

/**
 * Stores CTs of `slices` slices each, numbered from `from`; every slice shows its number. `step`: slices of 512 / step pixels
 * a side.
 */
export async function storeChestStudies(
  root: string,
  { step = 1, ...studies }: { from: number; count: number; slices: number; step?: number },
): Promise<void> {
  const pixels = chestPixels() ?? Array.from({ length: 8 }, (_, seed) => madeUpPixels(seed));
  for (let study = studies.from; study < studies.from + studies.count; study++) {
    for (let number = 1; number <= studies.slices; number += 10) {
      const numbers = Array.from({ length: Math.min(10, studies.slices - number + 1) }, (_, k) => number + k);
      const source = (at: number) => pixels[(study + at) % pixels.length] ?? madeUpPixels(at);
      await store(
        root,
        numbers.map((each) => slice(study, each, source(each), step)),
        10,
      );
    }
  }
}

/** Asks for every frame once, so that none is read from a cold disk in one viewer's run and a warm one in the other's. */
export async function readOnce(root: string, study: number, slices: number): Promise<void> {
  const uid = studyUIDOf(study);
  const frame = (number: number) =>
    `${root}/studies/${uid}/series/${uid}.1/instances/${uid}.1.${number}/frames/1`;
  await sendAll(
    Array.from({ length: slices }, (_, i) => ({ url: frame(i + 1), headers: framesAsStored })),
    2,
  );
}
