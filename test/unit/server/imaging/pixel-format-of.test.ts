import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../../../server/dicom/data-set.ts';
import { decodedBytes, MAX_FRAME_BYTES, pixelFormatOf } from '../../../../server/imaging/pixel-format-of.ts';

const native = '1.2.840.10008.1.2.1';

function image(changes: DataSet = {}): DataSet {
  return {
    '00280002': { vr: 'US', Value: [1] },
    '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
    '00280010': { vr: 'US', Value: [20] },
    '00280011': { vr: 'US', Value: [30] },
    '00280100': { vr: 'US', Value: [16] },
    '00280101': { vr: 'US', Value: [12] },
    '00280102': { vr: 'US', Value: [11] },
    '00280103': { vr: 'US', Value: [1] },
    '7FE00010': { vr: 'OW', BulkDataURI: 'x' },
    ...changes,
  };
}

const us = (value: number) => ({ vr: 'US' as const, Value: [value] });
const cs = (value: string) => ({ vr: 'CS' as const, Value: [value] });

describe('the format of pixel data', () => {
  it('is what the data set says', () => {
    expect(pixelFormatOf(image(), native)).toEqual({
      transferSyntaxUID: native,
      rows: 20,
      columns: 30,
      samplesPerPixel: 1,
      photometricInterpretation: 'MONOCHROME2',
      planarConfiguration: 0,
      bitsAllocated: 16,
      bitsStored: 12,
      highBit: 11,
      pixelRepresentation: 1,
      numbers: 'integer',
    });
  });

  it('of float pixel data needs no Bits Stored', () => {
    const { '7FE00010': _, '00280101': __, '00280102': ___, ...rest } = image();
    const float = pixelFormatOf({ ...rest, '7FE00008': { vr: 'OF', BulkDataURI: 'x' } }, native);
    expect([float.numbers, float.bitsAllocated, float.bitsStored]).toEqual(['float', 32, 32]);
    const double = pixelFormatOf({ ...rest, '7FE00009': { vr: 'OD', BulkDataURI: 'x' } }, native);
    expect([double.numbers, double.bitsAllocated]).toEqual(['double', 64]);
  });

  it('takes what old images leave out for what there is but one of', () => {
    const { '00280002': _, '00280004': __, '00280101': ___, '00280102': ____, ...rest } = image();
    const format = pixelFormatOf(rest, native);
    expect(format).toMatchObject({
      samplesPerPixel: 1,
      photometricInterpretation: 'MONOCHROME2',
      bitsStored: 16,
      highBit: 15,
    });
  });

  it.for<[string, DataSet, RegExp]>([
    ['Rows', { '00280010': { vr: 'US' } }, /no Rows/],
    ['Columns', { '00280011': { vr: 'US' } }, /no Columns/],
    ['Bits Allocated', { '00280100': { vr: 'US' } }, /no Bits Allocated/],
    [
      'the colours of three samples',
      { '00280002': us(3), '00280004': { vr: 'CS' } },
      /no Photometric Interpretation/,
    ],
  ])('names %s where it is missing', ([, changes, message]) => {
    const make = () => pixelFormatOf(image(changes), native);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: 'NO_PIXELS' }));
  });

  it('says that there are no pixels', () => {
    expect(() => pixelFormatOf({ '00080060': cs('SR') }, native)).toThrow(
      expect.objectContaining({ code: 'NO_PIXELS' }),
    );
  });

  it.for<[string, DataSet, RegExp]>([
    ['no rows', { '00280010': us(0) }, /Rows is 0/],
    ['two samples a pixel', { '00280002': us(2) }, /Samples per Pixel is 2/],
    ['three samples of grey', { '00280002': us(3) }, /MONOCHROME2 does not go with Samples per Pixel 3/],
    ['colours that nobody knows', { '00280004': cs('PURPLE') }, /"PURPLE" is unknown/],
    ['more bits stored than allocated', { '00280101': us(17) }, /Bits Stored is 17, Bits Allocated 16/],
    ['no bits stored', { '00280101': us(0) }, /Bits Stored is 0/],
    ['a high bit below the sample', { '00280102': us(7) }, /High Bit is 7/],
    ['a high bit above the cell', { '00280102': us(16) }, /High Bit is 16/],
    ['cells of 12 bits', { '00280100': us(12) }, /Bits Allocated is 12/],
    ['cells of 64 bits', { '00280100': us(64) }, /Bits Allocated is 64/],
    ['65535 x 65535 pixels', { '00280010': us(65535), '00280011': us(65535) }, /65535 x 65535.*512 MiB/],
  ])('refuses %s', ([, changes, message]) => {
    const make = () => pixelFormatOf(image(changes), native);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_PIXELS' }));
  });

  it('takes the largest frame that fits', () => {
    const format = pixelFormatOf(image({ '00280010': us(16384), '00280011': us(16384) }), native);
    expect(decodedBytes(format)).toBe(MAX_FRAME_BYTES);
    expect(() => pixelFormatOf(image({ '00280010': us(16384), '00280011': us(16385) }), native)).toThrow();
  });
});
