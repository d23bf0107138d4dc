import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { makeInstance } from '../../../support/make-instance.ts';
import { explicit, file, implicit, read, readError, u32 } from './bytes.ts';

const explicitVr = '1.2.840.10008.1.2.1';
const implicitVr = '1.2.840.10008.1.2';
const bigEndian = '1.2.840.10008.1.2.2';
const dataSet = [explicit('00080016', 'UI', '1.2.3\0'), explicit('00080060', 'CS', 'CT')];

describe('file meta information', () => {
  it('is given apart from the data set, without its group length', async () => {
    const instance = await read(makeInstance());
    expect(Object.keys(instance.fileMeta)).toEqual([
      '00020001',
      '00020002',
      '00020003',
      '00020010',
      '00020012',
    ]);
    expect(instance.fileMeta['00020010']?.Value).toEqual([explicitVr]);
    expect(instance.transferSyntaxUID).toBe(explicitVr);
    expect(Object.keys(instance.dataSet).every((tag) => tag > '0003')).toBe(true);
    expect(instance.warnings).toEqual([]);
  });

  it('may lack its group length', async () => {
    const meta = explicit('00020010', 'UI', `${explicitVr}\0`);
    const instance = await read(Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), meta, ...dataSet]));
    expect(instance.dataSet['00080060']?.Value).toEqual(['CT']);
  });

  it('may have a wrong group length, with a warning', async () => {
    const meta = explicit('00020010', 'UI', `${explicitVr}\0`);
    for (const length of [4, 1000]) {
      const group = explicit('00020000', 'UL', u32(length));
      const instance = await read(
        Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), group, meta, ...dataSet]),
      );
      expect(instance.dataSet['00080060']?.Value).toEqual(['CT']);
      expect(instance.warnings.join()).toContain('(0002,0000) a wrong length');
    }
  });

  it.each([explicitVr, implicitVr, bigEndian])(
    'may be missing altogether: %s is guessed',
    async (transferSyntaxUID) => {
      const instance = await read(makeInstance({ transferSyntaxUID, fileMeta: false }));
      expect(instance.transferSyntaxUID).toBe(transferSyntaxUID);
      expect(instance.dataSet['00100020']).toEqual({ vr: 'LO', Value: ['T1'] });
      expect(instance.fileMeta).toEqual({});
      expect(instance.warnings.join()).toContain('no file meta information');
      expect(instance.dataSetOffsetBytes).toBe(0);
    },
  );

  it('may come without preamble', async () => {
    const whole = makeInstance();
    for (const from of [128, 132]) {
      const instance = await read(whole.subarray(from));
      expect(instance.dataSet['00100020']?.Value).toEqual(['T1']);
      expect(instance.warnings.join()).toContain('preamble');
    }
  });

  it.each([
    [explicitVr, dataSet],
    [implicitVr, [implicit('00080016', '1.2.3\0'), implicit('00080060', 'CT')]],
  ])('may lack the transfer syntax: %s is guessed', async (transferSyntaxUID, elements) => {
    const meta = explicit('00020012', 'UI', '1.2.3.4\0');
    const instance = await read(Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), meta, ...elements]));
    expect(instance.transferSyntaxUID).toBe(transferSyntaxUID);
    expect(instance.dataSet['00080060']).toEqual({ vr: 'CS', Value: ['CT'] });
    expect(instance.warnings.join()).toContain('(0002,0010) no transfer syntax');
  });

  it.each([
    [implicitVr, dataSet],
    [explicitVr, [implicit('00080016', '1.2.3\0'), implicit('00080060', 'CT')]],
    [bigEndian, dataSet],
  ])('may name a transfer syntax that the data set contradicts: %s', async (transferSyntaxUID, elements) => {
    const instance = await read(file(elements, transferSyntaxUID));
    expect(instance.dataSet['00080060']).toEqual({ vr: 'CS', Value: ['CT'] });
    expect(instance.warnings.join()).toContain('as the transfer syntax says');
  });

  it('of an unknown transfer syntax is followed by explicit VR little endian', async () => {
    const instance = await read(file(dataSet, '1.2.3.4.5'));
    expect(instance.transferSyntaxUID).toBe('1.2.3.4.5');
    expect(instance.dataSet['00080060']?.Value).toEqual(['CT']);
  });
});

describe('what is no DICOM', () => {
  it.each([
    ['nothing', ''],
    ['a text', 'Lorem ipsum dolor sit amet, consectetur adipiscing elit. '.repeat(9)],
    ['a PNG', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'.repeat(20)],
    ['a zip', 'PK\x03\x04\x14\0\0\0\x08\0'.repeat(40)],
    ['JSON', '{"00080005":{"vr":"CS","Value":["ISO_IR 192"]}}'.repeat(9)],
    ['zeros', '\0'.repeat(5000)],
    ['DICM without anything', `${'\0'.repeat(128)}DICM`],
  ])('is refused: %s', async (_, text) => {
    const error = await readError(Buffer.from(text, 'latin1'));
    expect(['NOT_DICOM', 'TRUNCATED']).toContain(error?.code);
  });
});

describe('the end', () => {
  it('may be padded with zeros, with a warning', async () => {
    for (const zeros of [1, 7, 8, 100, 5000]) {
      for (const chunkBytes of [1, 1000]) {
        const instance = await read(Buffer.concat([file(dataSet), Buffer.alloc(zeros)]), { chunkBytes });
        expect(instance.dataSet['00080060']?.Value).toEqual(['CT']);
        expect(instance.warnings.join()).toContain('after the last element');
      }
    }
  });

  it('after pixel data may be followed by anything, with a warning', async () => {
    const whole = makeInstance({ image: {} });
    for (const garbage of ['\n', 'abc', 'abcdefg\0', 'This is the end of the file. '.repeat(9)]) {
      const instance = await read(Buffer.concat([whole, Buffer.from(garbage)]), { chunkBytes: 64 });
      expect(instance.pixelData?.numberOfFrames).toBe(1);
      expect(instance.warnings.join()).toContain('after the last element');
    }
  });

  it('without pixel data may not be followed by garbage', async () => {
    const garbage = Buffer.from('\0\0\0\0 This is not an element.');
    expect((await readError(Buffer.concat([file(dataSet), garbage])))?.code).toBe('MALFORMED');
  });

  it('may have Data Set Trailing Padding', async () => {
    const padding = explicit('FFFCFFFC', 'OB', Buffer.alloc(2000));
    const instance = await read(Buffer.concat([makeInstance({ image: {} }), padding]));
    expect(instance.dataSet.FFFCFFFC).toEqual({ vr: 'OB', BulkDataURI: 'FFFCFFFC' });
    expect(instance.warnings).toEqual([]);
  });
});

describe('deflated data sets', () => {
  const deflated = '1.2.840.10008.1.2.1.99';

  it('have offsets in the inflated bytes, as if these followed the file meta information', async () => {
    const image = { rows: 64, columns: 64, bitsAllocated: 16 };
    const attributes = { SOPInstanceUID: '1.2.3', StudyInstanceUID: '1.2.4', SeriesInstanceUID: '1.2.5' };
    const plain = await read(makeInstance({ image, attributes }));
    for (const chunkBytes of [1, 333, 1e6]) {
      const instance = await read(makeInstance({ transferSyntaxUID: deflated, image, attributes }), {
        chunkBytes,
      });
      expect(instance.deflated).toBe(true);
      expect(instance.dataSet).toEqual(plain.dataSet);
      const ours = (instance.pixelData?.offsetBytes ?? 0) - instance.dataSetOffsetBytes;
      expect(ours).toBe((plain.pixelData?.offsetBytes ?? 0) - plain.dataSetOffsetBytes);
      expect(instance.sizeBytes).toBeLessThan(plain.sizeBytes);
    }
    expect(plain.deflated).toBe(false);
  });

  it('may have a zlib header, with a warning', async () => {
    const bytes = file(deflateSync(Buffer.concat(dataSet)), deflated);
    const instance = await read(bytes, { chunkBytes: 1 });
    expect(instance.dataSet['00080060']?.Value).toEqual(['CT']);
    expect(instance.warnings.join()).toContain('zlib header');
  });

  it('that end early or are damaged are refused', async () => {
    const whole = makeInstance({ transferSyntaxUID: deflated, image: { rows: 64, columns: 64 } });
    expect((await readError(whole.subarray(0, whole.length - 20)))?.code).toBe('TRUNCATED');
    const garbage = file(Buffer.alloc(200, 0xff), deflated);
    expect((await readError(garbage))?.code).toBe('BAD_DEFLATE');
    expect((await readError(garbage, { chunkBytes: 1 }))?.code).toBe('BAD_DEFLATE');
  });
});
