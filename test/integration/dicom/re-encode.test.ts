import { expect, it } from 'vitest';
import type { DataSet } from '../../../server/dicom/data-set.ts';
import { frameFragments } from '../../../server/dicom/frames/frame-index.ts';
import type { PixelDataLocation } from '../../../server/dicom/frames/pixel-data-location.ts';
import { ForwardReader } from '../../../server/dicom/read/forward-reader.ts';
import type { ParsedInstance } from '../../../server/dicom/read/part10-reader.ts';
import { swapped } from '../../../server/dicom/read/value-conversion.ts';
import { transferSyntaxOf } from '../../../server/dicom/transfer-syntaxes.ts';
import { vrTraits } from '../../../server/dicom/value-representations.ts';
import { reEncodePart10 } from '../../../server/dicom/write/re-encode-part10.ts';
import {
  encapsulatedPixelData,
  sameNativePixelData,
} from '../../../server/dicom/write/re-encode-pixel-data.ts';
import {
  addressedBytes,
  describeWithSharedFiles,
  forEachOfTwo,
  readInstance,
  readShared,
  sharedFiles,
} from './shared-files.ts';

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

function frameOf(location: PixelDataLocation, stored: Uint8Array, frame: number): Uint8Array {
  const fragments = frameFragments(location, frame);
  return Buffer.concat(
    fragments.map(({ offsetBytes, lengthBytes }) => stored.subarray(offsetBytes, offsetBytes + lengthBytes)),
  );
}

/** In Explicit VR Little Endian, or with each frame of encapsulated pixel data as one fragment. */
async function reEncoded(bytes: Uint8Array, read: ParsedInstance, chunkBytes: number): Promise<Uint8Array> {
  const addressed = addressedBytes(bytes, read);
  const { pixelData, transferSyntaxUID } = read;
  async function* frames(location: PixelDataLocation): AsyncGenerator<Uint8Array> {
    for (let frame = 1; frame <= location.numberOfFrames; frame++) yield frameOf(location, addressed, frame);
  }
  const dataSet = new ForwardReader(
    inChunks(addressed.subarray(read.dataSetOffsetBytes), chunkBytes),
    read.dataSetOffsetBytes,
  );
  const uid = (tag: string) => String(read.dataSet[tag]?.Value?.[0] ?? '');
  return collect(
    reEncodePart10(new ForwardReader(inChunks(bytes, chunkBytes)), dataSet, {
      meta: {
        sopClassUID: uid('00080016'),
        sopInstanceUID: uid('00080018'),
        transferSyntaxUID: pixelData?.encapsulated ? transferSyntaxUID : '1.2.840.10008.1.2.1',
      },
      storedTransferSyntaxUID: transferSyntaxUID,
      changes: {},
      pixelData: pixelData && {
        tag: Number.parseInt(pixelData.tag, 16),
        endOffset: pixelData.offsetBytes + pixelData.lengthBytes + (pixelData.encapsulated ? 8 : 0),
        write: (reader) =>
          pixelData.encapsulated
            ? encapsulatedPixelData(frames(pixelData), pixelData.numberOfFrames)
            : sameNativePixelData(reader, pixelData),
      },
    }),
  );
}

/** All values that are not in the data set, by path; those of pixel data apart. */
function bulkValues(read: ParsedInstance, bytes: Uint8Array): Map<string, string> {
  const addressed = addressedBytes(bytes, read);
  const { bigEndian } = transferSyntaxOf(read.transferSyntaxUID);
  const values = read.bulkData
    .filter(({ path }) => path !== '7FE00010' || !read.pixelData?.encapsulated)
    .map(({ path, vr, offsetBytes, lengthBytes }) => {
      const stored = addressed.subarray(offsetBytes, offsetBytes + lengthBytes);
      const little = bigEndian ? swapped(stored, vrTraits(vr).unitBytes) : stored;
      // an odd length gets its padding (PS3.5 7.1.1)
      const even =
        path === '7FE00010' && little.length % 2 === 1 ? Buffer.concat([little, Buffer.alloc(1)]) : little;
      return [path, Buffer.from(even).toString('base64')] as const;
    });
  return new Map(values);
}

/** Of 8-bit pixel data the VR may be OB or OW (PS3.5 A.2). */
function withoutPixelDataVr(dataSet: DataSet): DataSet {
  const { '7FE00010': pixelData, ...rest } = dataSet;
  return pixelData ? { ...rest, '7FE00010': { ...pixelData, vr: 'OW' } } : rest;
}

describeWithSharedFiles('re-encoding the shared files', () => {
  it('keeps every value, and every frame', { timeout: 300_000 }, async () => {
    const problems: string[] = [];
    let compared = 0;
    await forEachOfTwo(sharedFiles(), async (file) => {
      const bytes = readShared(file);
      const read = await readInstance(bytes, 65536).catch(() => undefined);
      // a file whose transfer syntax lies about its pixel data can't keep it
      if (
        !read ||
        (read.pixelData &&
          transferSyntaxOf(read.transferSyntaxUID).encapsulated !== read.pixelData.encapsulated)
      )
        return;
      compared++;
      try {
        const output = await reEncoded(bytes, read, 65536);
        const again = await readInstance(output);
        if (
          again.warnings.some((text) => !/character set|out of order|frames|holds/.test(text)) &&
          read.warnings.length === 0
        )
          problems.push(`${file}: ${again.warnings.join('; ')}`);
        expect(withoutPixelDataVr(again.dataSet)).toEqual(withoutPixelDataVr(read.dataSet));
        expect(again.characterSets).toEqual(read.characterSets);
        expect(bulkValues(again, output)).toEqual(bulkValues(read, bytes));
        expect(again.pixelData?.numberOfFrames).toBe(read.pixelData?.numberOfFrames);
        if (read.pixelData?.encapsulated && again.pixelData) {
          const stored = addressedBytes(bytes, read);
          for (let frame = 1; frame <= read.pixelData.numberOfFrames; frame++)
            expect(
              Buffer.compare(
                frameOf(again.pixelData, output, frame).subarray(
                  0,
                  frameOf(read.pixelData, stored, frame).length,
                ),
                frameOf(read.pixelData, stored, frame),
              ),
            ).toBe(0);
        }
      } catch (error) {
        problems.push(`${file}: ${String(error).slice(0, 600)}`);
      }
    });
    expect(problems).toEqual([]);
    expect(compared).toBeGreaterThan(700);
  });

  it('gives the same bytes however the stored ones arrive', async () => {
    for (const file of sharedFiles().filter((_, i) => i % 40 === 0)) {
      const bytes = readShared(file);
      const read = await readInstance(bytes).catch(() => undefined);
      if (!read || bytes.length > 200_000) continue;
      expect(Buffer.compare(await reEncoded(bytes, read, 7), await reEncoded(bytes, read, 1e9))).toBe(0);
    }
  });
});
