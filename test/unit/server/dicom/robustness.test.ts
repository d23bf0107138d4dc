import { describe, expect, it } from 'vitest';
import { DicomReadError } from '../../../../server/dicom/dicom-errors.ts';
import { stringifyDataSet } from '../../../../server/dicom/models/data-set-json.ts';
import { Part10Reader } from '../../../../server/dicom/read/part10-reader.ts';
import { makeInstance } from '../../../support/make-instance.ts';
import {
  endItem,
  endSequence,
  explicit,
  file,
  item,
  openItem,
  openSequence,
  read,
  readError,
} from './bytes.ts';

const attributes = {
  SOPInstanceUID: '1.2.3',
  StudyInstanceUID: '1.2.4',
  SeriesInstanceUID: '1.2.5',
  SpecificCharacterSet: ['', 'ISO 2022 IR 87'],
  ProcedureCodeSequence: [{ CodeValue: 'A' }, {}, { EquivalentCodeSequence: [{ CodeValue: 'C' }] }],
  '00091001': { vr: 'UN', value: Uint8Array.of(1, 2, 3, 4) },
  LossyImageCompressionRatio: [1.5, 2.5],
};

const fragments = [
  Uint8Array.of(0xff, 0xd8, 0xff, 1),
  Uint8Array.of(2, 3, 4, 5),
  Uint8Array.of(0xff, 0xd8, 0xff, 6),
];
const instances: [string, Uint8Array][] = [
  ['implicit', makeInstance({ transferSyntaxUID: '1.2.840.10008.1.2', attributes, image: {} })],
  ['explicit', makeInstance({ attributes, image: { bitsAllocated: 16 } })],
  ['undefined lengths', makeInstance({ attributes, sequenceLengths: 'undefined', image: {} })],
  [
    'big endian',
    makeInstance({ transferSyntaxUID: '1.2.840.10008.1.2.2', attributes, image: { bitsAllocated: 16 } }),
  ],
  ['deflated', makeInstance({ transferSyntaxUID: '1.2.840.10008.1.2.1.99', attributes, image: {} })],
  [
    'encapsulated',
    makeInstance({
      transferSyntaxUID: '1.2.840.10008.1.2.4.50',
      attributes,
      image: { fragments, frames: 2 },
    }),
  ],
];

/** A small generator with a seed (mulberry32), so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe('chunks', () => {
  it.each(instances)('of any size give the same: %s', async (_, bytes) => {
    const whole = await read(bytes);
    for (const chunkBytes of [1, 2, 3, 5, 8, 13, 64, 131, 1000]) {
      expect(await read(bytes, { chunkBytes })).toEqual(whole);
    }
  });
});

describe('truncation', () => {
  it.each(instances)('anywhere is an error, as the pixel data is missing: %s', async (_, bytes) => {
    for (let length = 0; length < bytes.length; length++) {
      const short = bytes.subarray(0, length);
      const error = await readError(short);
      const instance = error ? undefined : await read(short);
      // at the end of an element there is nothing to tell that more should follow; elsewhere there is
      if (instance) expect(instance.pixelData).toBeUndefined();
      else expect(['TRUNCATED', 'NOT_DICOM']).toContain(error?.code);
    }
  });

  it('is noticed everywhere but at the ends of elements', async () => {
    const sequence = Buffer.concat([
      openSequence('00081032'),
      openItem,
      explicit('00080100', 'SH', 'A '),
      endItem,
      item(),
      endSequence,
    ]);
    const elements = [
      explicit('00080060', 'CS', 'CT'),
      sequence,
      explicit('00100010', 'PN', 'Doe '),
      explicit('00420011', 'OB', Buffer.alloc(2000, 1)),
    ];
    const start = file([]).length;
    let end = start;
    const ends = elements.map((element) => {
      end += element.length;
      return end;
    });
    const bytes = file(elements);
    const complete: number[] = [];
    for (let length = start + 1; length <= bytes.length; length++) {
      if (!(await readError(bytes.subarray(0, length)))) complete.push(length);
    }
    expect(complete).toEqual(ends);
  });
});

describe('damage', () => {
  it.each(instances)('is read, or refused with a DicomReadError: %s', async (_, bytes) => {
    const next = random(20260102);
    const outcomes = { read: 0, refused: 0 };
    for (let round = 0; round < 1500; round++) {
      const damaged = Uint8Array.from(bytes);
      const flips = 1 + Math.floor(next() * 4);
      for (let i = 0; i < flips; i++) {
        // after the preamble, of which nothing depends
        const at = 128 + Math.floor(next() * (bytes.length - 128));
        damaged[at] =
          next() < 0.5 ? Math.floor(next() * 256) : ([0, 0xff, 0xfe, 0x7f][Math.floor(next() * 4)] ?? 0);
      }
      try {
        const instance = await read(damaged, { chunkBytes: 200 });
        stringifyDataSet(instance.dataSet);
        outcomes.read++;
      } catch (error) {
        expect(error).toBeInstanceOf(DicomReadError);
        outcomes.refused++;
      }
    }
    expect(outcomes.read + outcomes.refused).toBe(1500);
    expect(outcomes.refused).toBeGreaterThan(0);
  });

  it('that swaps, repeats or drops pieces is read or refused too', async () => {
    const next = random(42);
    for (const [, bytes] of instances) {
      for (let round = 0; round < 300; round++) {
        const cut = () => 128 + Math.floor(next() * (bytes.length - 128));
        const [a = 0, b = 0, c = 0] = [cut(), cut(), cut()].sort((x, y) => x - y);
        const pieces = [
          bytes.subarray(0, a),
          bytes.subarray(b, c),
          bytes.subarray(a, b),
          bytes.subarray(next() < 0.5 ? c : a),
        ];
        const error = await readError(Buffer.concat(pieces));
        if (error) expect(error.offsetBytes).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('leaves the reader unusable', async () => {
    const reader = new Part10Reader();
    expect(() => reader.write(file([openItem]))).toThrow(DicomReadError);
    expect(() => reader.write(Uint8Array.of(0))).toThrow('where an element belongs');
    await expect(reader.end()).rejects.toThrow('where an element belongs');
  });
});
