import { describe, expect, it } from 'vitest';
import type { DicomReadError } from '../../../../server/dicom/dicom-errors.ts';
import { ForwardReader } from '../../../../server/dicom/read/forward-reader.ts';
import { explicitItem, shortElement, textElement } from '../../../../server/dicom/write/explicit-elements.ts';
import type { ReEncodingChanges } from '../../../../server/dicom/write/re-encode-changes.ts';
import { reEncodeDataSet } from '../../../../server/dicom/write/re-encode-data-set.ts';
import {
  encapsulatedPixelData,
  nativePixelData,
} from '../../../../server/dicom/write/re-encode-pixel-data.ts';
import {
  endItem,
  endSequence,
  explicit,
  file,
  implicit,
  item,
  openItem,
  openSequence,
  read,
  u16,
  u32,
} from './bytes.ts';

const implicitLittle = { implicit: true, bigEndian: false };
const explicitLittle = { implicit: false, bigEndian: false };
const explicitBig = { implicit: false, bigEndian: true };

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(Uint8Array.from(piece));
  return Buffer.concat(all);
}

/** The data set in Explicit VR Little Endian, the same whatever pieces it came in. */
async function reEncoded(
  elements: Uint8Array[],
  encoding = implicitLittle,
  changes: ReEncodingChanges = {},
): Promise<Buffer> {
  const bytes = Buffer.concat(elements);
  const made = (size: number) =>
    collect(reEncodeDataSet(new ForwardReader(chunks(bytes, size)), encoding, changes, undefined));
  const whole = await made(bytes.length + 1);
  expect((await made(1)).equals(whole)).toBe(true);
  return whole;
}

/** Turns an explicit VR little endian element of a short VR into big endian. */
function big(tag: string, vr: string, value: Uint8Array): Buffer {
  const bytes = explicit(tag, vr, value);
  bytes.subarray(0, 4).swap16();
  bytes.subarray(6, 8).swap16();
  return bytes;
}

describe('re-encoding a data set', () => {
  it('takes VRs from the dictionary, by the Pixel Representation of the item where that decides', async () => {
    const made = await reEncoded([
      implicit('00080060', 'CT'),
      implicit('00280103', u16(1)),
      implicit('00280106', u16(0x8000)),
      implicit('00281101', Buffer.concat([u16(0), u16(0), u16(16)])),
    ]);
    expect(made).toEqual(
      Buffer.concat([
        explicit('00080060', 'CS', 'CT'),
        explicit('00280103', 'US', u16(1)),
        explicit('00280106', 'SS', u16(0x8000)),
        // 65536 entries: as SS their number would be wrong
        explicit('00281101', 'US', Buffer.concat([u16(0), u16(0), u16(16)])),
      ]),
    );
  });

  it('writes as UN what nothing is known of, and what is too long for its VR (PS3.5 6.2.2)', async () => {
    const long = Buffer.alloc(70_000, '1\\');
    const made = await reEncoded([
      implicit('00091001', 'ABCD'),
      implicit('00186020', 'X '),
      implicit('0028140A', long),
      implicit('00204000', long),
    ]);
    expect(made.subarray(0, 16)).toEqual(explicit('00091001', 'UN', 'ABCD'));
    const { dataSet } = await read(file(made));
    expect(made.includes(explicit('00204000', 'UN', '', 70_000).subarray(0, 12))).toBe(true);
    expect(dataSet['00204000']?.vr).toBe('LT');
  });

  it('opens sequences and items to undefined lengths, and drops group lengths in them', async () => {
    const inner = item(implicit('00080000', u32(12)), implicit('00081155', '1.2 '));
    const made = await reEncoded([
      implicit('00080000', u32(99)),
      implicit('00081140', Buffer.concat([inner, item()])),
    ]);
    expect(made).toEqual(
      Buffer.concat([
        openSequence('00081140'),
        openItem,
        explicit('00081155', 'UI', '1.2 '),
        endItem,
        openItem,
        endItem,
        endSequence,
      ]),
    );
  });

  it('leaves an unknown sequence of undefined length in implicit VR, as UN (PS3.5 6.2.2)', async () => {
    const content = [openItem, implicit('00091002', 'ABCD'), endItem, endSequence];
    const made = await reEncoded([
      implicit('00091001', '', 0xffffffff),
      ...content,
      implicit('00100020', 'ID'),
    ]);
    expect(made).toEqual(
      Buffer.concat([openSequence('00091001', 'UN'), ...content, explicit('00100020', 'LO', 'ID')]),
    );
  });

  it('turns numbers round from big endian, by their VR, and leaves UN', async () => {
    const made = await reEncoded(
      [
        big('00080060', 'CS', Buffer.from('CT')),
        big('00280010', 'US', Buffer.from([1, 2])),
        big('00720026', 'AT', Buffer.from([0, 1, 0, 2])),
      ],
      explicitBig,
    );
    expect(made).toEqual(
      Buffer.concat([
        explicit('00080060', 'CS', 'CT'),
        explicit('00280010', 'US', Buffer.from([2, 1])),
        explicit('00720026', 'AT', Buffer.from([1, 0, 2, 0])),
      ]),
    );
  });

  it('copies what is Explicit VR Little Endian byte for byte, but for group lengths and what follows the end', async () => {
    const elements = [
      explicit('00080005', 'CS', 'ISO_IR 100'),
      explicit('00080060', '??', 'odd'),
      explicit(
        '00081140',
        'SQ',
        item(explicit('00080000', 'UL', u32(8)), explicit('00081155', 'UI', '1.2 ')),
      ),
      openSequence('00091001', 'UN'),
      openItem,
      implicit('00091002', 'AB'),
      endItem,
      endSequence,
      openSequence('00091003'),
      openItem,
      explicit('00100010', 'PN', Buffer.from([0xe4, 0x20])),
      endItem,
      item(),
      endSequence,
    ];
    const made = await reEncoded(
      [explicit('00080000', 'UL', u32(9)), ...elements, Buffer.alloc(20)],
      explicitLittle,
    );
    expect(made).toEqual(Buffer.concat(elements));
  });

  it('puts changes in their places: replaced, added, left out, and in front of a sequence', async () => {
    const stored = [
      explicit('00080060', 'CS', 'CT'),
      explicit('00082112', 'SQ', item(explicit('00081155', 'UI', '1.2 '))),
      openSequence('00400275'),
      openItem,
      explicit('00080060', 'CS', 'MR'),
      endItem,
      endSequence,
      explicit('FFFAFFFA', 'SQ', item()),
    ];
    const source = textElement(0x00081155, 'UI', '9');
    const made = await reEncoded(stored, explicitLittle, {
      elements: new Map([
        [0x00080060, textElement(0x00080060, 'CS', 'US')],
        [0x00280100, shortElement(0x00280100, 16)],
        [0x00400275, undefined],
        [0xfffafffa, undefined],
        [0xfffcfffc, textElement(0xfffcfffc, 'LO', 'X')],
      ]),
      firstItems: new Map([
        [0x00082112, source],
        [0x00089215, source],
      ]),
    });
    expect(made).toEqual(
      Buffer.concat([
        explicit('00080060', 'CS', 'US'),
        explicit(
          '00082112',
          'SQ',
          Buffer.concat([explicitItem(source), item(explicit('00081155', 'UI', '1.2 '))]),
        ),
        explicit('00089215', 'SQ', explicitItem(source)),
        explicit('00280100', 'US', u16(16)),
        explicit('FFFCFFFC', 'LO', 'X '),
      ]),
    );
  });

  it.each([
    ['inside a sequence', [openSequence('00081140'), openItem], 'TRUNCATED'],
    ['inside a value', [explicit('00080060', 'CS', 'CT', 40)], 'TRUNCATED'],
    ['where an item belongs', [openSequence('00081140'), explicit('00080060', 'CS', 'CT')], 'MALFORMED'],
  ])('is an error %s', async (_, elements, code) => {
    const failed = await reEncoded(elements, explicitLittle).catch((error: DicomReadError) => error.code);
    expect(failed).toBe(code);
  });
});

describe('pixel data', () => {
  const frames = async function* (...all: number[][]) {
    for (const bytes of all) yield Uint8Array.from(bytes);
  };

  it('in fragments has even ones, one a frame, and a table where there is one frame', async () => {
    const head = explicit('7FE00010', 'OB', '', 0xffffffff);
    expect(await collect(encapsulatedPixelData(frames([1, 2, 3]), 1))).toEqual(
      Buffer.concat([head, item(u32(0)), item(Buffer.from([1, 2, 3, 0])), endSequence]),
    );
    expect(await collect(encapsulatedPixelData(frames([1, 2], [3, 4]), 2))).toEqual(
      Buffer.concat([head, item(), item(Buffer.from([1, 2])), item(Buffer.from([3, 4])), endSequence]),
    );
  });

  const nativeFrames = (bitsAllocated: number, numberOfFrames: number, frameLengthBits: number) => ({
    bitsAllocated,
    numberOfFrames,
    frameLengthBits,
  });

  it('native is padded at its end only, OB up to 8 bits and OW above, and of the length that was said', async () => {
    expect(await collect(nativePixelData(frames([1], [2], [3]), nativeFrames(8, 3, 8)))).toEqual(
      explicit('7FE00010', 'OB', Buffer.from([1, 2, 3, 0])),
    );
    expect(await collect(nativePixelData(frames([1, 2]), nativeFrames(16, 1, 16)))).toEqual(
      explicit('7FE00010', 'OW', Buffer.from([1, 2])),
    );
    await expect(collect(nativePixelData(frames([1, 2]), nativeFrames(16, 2, 16)))).rejects.toThrow(
      '2 bytes',
    );
  });

  it('native of single bits has no padding between frames (PS3.5 8.1.1)', async () => {
    // 3 bits a frame: 101, 011, 110 from the first bit on; bits beyond them are not the frame's
    expect(
      await collect(nativePixelData(frames([0b11111101], [0b110], [0b011]), nativeFrames(1, 3, 3))),
    ).toEqual(explicit('7FE00010', 'OB', Buffer.from([0b11110101, 0])));
    // 9 bits a frame
    expect(
      await collect(nativePixelData(frames([0xff, 0], [0, 1], [0xaa, 0xff]), nativeFrames(1, 3, 9))),
    ).toEqual(explicit('7FE00010', 'OB', Buffer.from([0xff, 0x00, 0xaa, 0x06])));
    await expect(collect(nativePixelData(frames([1]), nativeFrames(1, 1, 9)))).rejects.toThrow('9 bits');
  });
});
