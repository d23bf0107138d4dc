import { describe, expect, it } from 'vitest';
import { codestreamInJp2, syntaxesOfFrame } from '../../../../server/dicom/frames/codestream-syntax.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const jpeg = (startOfFrame: string, parameters: string) =>
  bytes(
    `ffd8 ffe0 0004 aabb ffff fe0004 0102 ff${startOfFrame} 000b 08 0004 0008 01 01 11 00 ffda 0008 01 01 00 ${parameters} 3fff d9`,
  );
const jpeg2000 = (before: string, transformation: string) =>
  bytes(`ff4f ff51 0004 0000 ${before} ff52 000c 00 00 0001 00 01 04 04 00 ${transformation} ff90`);

describe('the transfer syntax of a compressed frame', () => {
  it.each([
    ['baseline JPEG', jpeg('c0', '003f00'), '1.2.840.10008.1.2.4.50'],
    ['extended JPEG', jpeg('c1', '003f00'), '1.2.840.10008.1.2.4.51'],
    ['progressive JPEG', jpeg('c2', '000000'), '1.2.840.10008.1.2.4.55'],
    ['lossless JPEG by first-order prediction', jpeg('c3', '010000'), '1.2.840.10008.1.2.4.70'],
    ['lossless JPEG by another prediction', jpeg('c3', '050000'), '1.2.840.10008.1.2.4.57'],
    ['lossless JPEG-LS', jpeg('f7', '000000'), '1.2.840.10008.1.2.4.80'],
    ['near-lossless JPEG-LS', jpeg('f7', '020000'), '1.2.840.10008.1.2.4.81'],
    ['reversible JPEG 2000', jpeg2000('', '01'), '1.2.840.10008.1.2.4.90'],
    ['irreversible JPEG 2000', jpeg2000('', '00'), '1.2.840.10008.1.2.4.91'],
    ['reversible HTJ2K', jpeg2000('ff50 0008 0002 0000 0000', '01'), '1.2.840.10008.1.2.4.201'],
    ['irreversible HTJ2K', jpeg2000('ff50 0008 0002 0000 0000', '00'), '1.2.840.10008.1.2.4.203'],
    ['RLE', Buffer.concat([bytes('01000000 40000000'), Buffer.alloc(56)]), '1.2.840.10008.1.2.5'],
  ])('is told by its stream: %s', (_, stream, uid) => {
    expect(syntaxesOfFrame(stream)[0]).toBe(uid);
  });

  it.each([
    ['nothing', bytes('')],
    ['text', Buffer.from('not an image')],
    ['PNG', bytes('89504e470d0a1a0a 0000000d')],
    ['a JPEG that is cut', jpeg('c0', '003f00').subarray(0, 12)],
    ['a JPEG whose segment leads nowhere', bytes('ffd8 ffe0 ffff 0000')],
    ['RLE of sixteen segments', Buffer.concat([bytes('10000000 40000000'), Buffer.alloc(56)])],
  ])('is unknown of %s', (_, stream) => {
    expect(syntaxesOfFrame(stream)).toEqual([]);
  });
});

describe('the codestream in a JP2 file', () => {
  const signature = '0000000c 6a502020 0d0a870a';
  it.each([
    [
      'a box of known length',
      `${signature} 00000008 66747970 0000000a 6a703263 aabb`,
      { start: 28, endExclusive: 30 },
    ],
    ['a box up to the end', `${signature} 00000000 6a703263 aabbccdd`, { start: 20, endExclusive: 24 }],
    [
      'a box of 64-bit length',
      `${signature} 00000001 6a703263 0000000000000012 aabb`,
      { start: 28, endExclusive: 30 },
    ],
    ['a length past the end', `${signature} 7fffffff 6a703263 aabb`, { start: 20, endExclusive: 22 }],
  ])('lies in %s', (_, hex, range) => {
    const file = bytes(hex);
    expect(codestreamInJp2(file, file.length)).toEqual(range);
  });

  it.each([
    ['another file', 'ff4fff51 00000000 00000000'],
    ['a box without length', `${signature} 00000004 6a703263 00000000 00000000`],
    ['no codestream', `${signature} 00000008 66747970 00000008 66747970`],
  ])('is not found in %s', (_, hex) => {
    const file = bytes(hex);
    expect(codestreamInJp2(file, file.length)).toBeUndefined();
  });
});
