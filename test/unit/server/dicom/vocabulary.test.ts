import { describe, expect, it } from 'vitest';
import {
  itemsOf,
  numberOf,
  numbersOf,
  personNameOf,
  personNamesOf,
  stringOf,
  stringsOf,
} from '../../../../server/dicom/attributes.ts';
import type { DataSet } from '../../../../server/dicom/data-set.ts';
import { parseDataSet, stringifyDataSet } from '../../../../server/dicom/models/data-set-json.ts';
import { formatPersonName } from '../../../../server/dicom/person-name.ts';
import {
  defaultTransferSyntaxOf,
  isKnownTransferSyntax,
  TRANSFER_SYNTAXES,
  transferSyntaxOf,
} from '../../../../server/dicom/transfer-syntaxes.ts';
import { isStorableUid, isValidUid, makeUid } from '../../../../server/dicom/uid.ts';

describe('UIDs', () => {
  it.each([
    '1.2.840.10008.1.1',
    '0.0',
    '2.25.329800735698586629295641978511506172918',
    `1.${'2'.repeat(62)}`,
  ])('%s is valid', (uid) => {
    expect([isValidUid(uid), isStorableUid(uid)]).toEqual([true, true]);
  });

  it.each(['1.02.3', '1..2', '.1', '1.', '1'])('%s is not valid, but can be stored', (uid) => {
    expect([isValidUid(uid), isStorableUid(uid)]).toEqual([false, true]);
  });

  it.each(['', '.', '1.2.a', '1.2 ', '../../etc/passwd', '1.2\n', '1.2\0', '１.２', `1.${'2'.repeat(63)}`])(
    '%j can not even be stored',
    (uid) => {
      expect([isValidUid(uid), isStorableUid(uid)]).toEqual([false, false]);
    },
  );

  it('are made valid and new', () => {
    const made = Array.from({ length: 100 }, makeUid);
    expect(made.every((uid) => isValidUid(uid) && uid.startsWith('2.25.'))).toBe(true);
    expect(new Set(made).size).toBe(100);
  });
});

describe('DICOM JSON text', () => {
  const dataSet: DataSet = {
    '30060002': { vr: 'SH', Value: ['x'] },
    '10000010': {
      vr: 'SQ',
      Value: [{ '60000010': { vr: 'US', Value: [1] }, '00080060': { vr: 'CS', Value: ['CT'] } }, {}],
    },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Ä"\\' }, null] },
    '0020000D': { vr: 'UI' },
    '00081110': { vr: 'SQ' },
  };

  it('has the elements in tag order at every depth, which JSON.stringify has not', () => {
    const text = stringifyDataSet(dataSet);
    expect(text).toBe(
      '{"00081110":{"vr":"SQ"},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Ä\\"\\\\"},null]},"0020000D":{"vr":"UI"},' +
        '"10000010":{"vr":"SQ","Value":[{"00080060":{"vr":"CS","Value":["CT"]},"60000010":{"vr":"US","Value":[1]}},{}]},' +
        '"30060002":{"vr":"SH","Value":["x"]}}',
    );
    expect(JSON.stringify(dataSet)).not.toBe(text);
    expect(parseDataSet(text)).toEqual(dataSet);
    expect(stringifyDataSet({})).toBe('{}');
  });
});

describe('attributes', () => {
  const dataSet: DataSet = {
    '00080008': { vr: 'CS', Value: ['A', null, 'C'] },
    '0020000D': { vr: 'UI' },
    '00200013': { vr: 'IS', Value: ['12.0'] },
    '00280030': { vr: 'DS', Value: [0.5, '1,5', '1e1', null] },
    '00081048': { vr: 'PN', Value: [{ Alphabetic: 'A' }, null, { Phonetic: 'C' }] },
    '00081032': { vr: 'SQ', Value: [{ '00080100': { vr: 'SH', Value: ['X'] } }, {}] },
  };

  it('are read by keyword or tag', () => {
    expect(stringsOf(dataSet, 'ImageType')).toEqual(['A', '', 'C']);
    expect(stringOf(dataSet, 'ImageType')).toBe('A');
    expect(stringOf(dataSet, '00080008')).toBe('A');
    expect(stringOf(dataSet, 'StudyInstanceUID')).toBeUndefined();
    expect(stringOf(dataSet, 'PatientID')).toBeUndefined();
    expect(stringOf(dataSet, 'PixelSpacing')).toBe('0.5');
    expect(numberOf(dataSet, 'InstanceNumber')).toBe(12);
    expect(numbersOf(dataSet, 'PixelSpacing')).toEqual([0.5, 10]);
    expect(numberOf(dataSet, 'ImageType')).toBeUndefined();
    expect(personNamesOf(dataSet, 'PerformingPhysicianName')).toEqual([]);
    expect(personNamesOf(dataSet, 'PhysiciansOfRecord')).toEqual([
      { Alphabetic: 'A' },
      null,
      { Phonetic: 'C' },
    ]);
    expect(personNameOf(dataSet, 'PhysiciansOfRecord')).toEqual({ Alphabetic: 'A' });
    expect(itemsOf(dataSet, 'ProcedureCodeSequence').map((item) => stringOf(item, 'CodeValue'))).toEqual([
      'X',
      undefined,
    ]);
    expect(itemsOf(dataSet, 'ImageType')).toEqual([]);
  });

  it('with a keyword that PS3.6 does not have are a mistake', () => {
    expect(() => stringOf(dataSet, 'StudyUID')).toThrow(TypeError);
  });

  it('of person names are written as DICOM writes them', () => {
    expect(formatPersonName({ Alphabetic: 'A^B', Ideographic: 'C', Phonetic: 'D' })).toBe('A^B=C=D');
    expect([formatPersonName({ Alphabetic: 'A' }), formatPersonName({ Phonetic: 'D' })]).toEqual([
      'A',
      '==D',
    ]);
  });
});

describe('transfer syntaxes', () => {
  it('have one default for each media type of PS3.18 Table 8.7.3-5', () => {
    const mediaTypes = new Set(TRANSFER_SYNTAXES.flatMap(({ mediaType }) => mediaType ?? []));
    const defaults = [...mediaTypes].map((mediaType) => [mediaType, defaultTransferSyntaxOf(mediaType)]);
    expect(Object.fromEntries(defaults)).toEqual({
      'application/octet-stream': '1.2.840.10008.1.2.1',
      'application/x-deflate': '1.2.840.10008.1.2.8.1',
      'image/dicom-rle': '1.2.840.10008.1.2.5',
      'image/jls': '1.2.840.10008.1.2.4.80',
      'image/jp2': '1.2.840.10008.1.2.4.90',
      'image/jpeg': '1.2.840.10008.1.2.4.70',
      'image/jphc': '1.2.840.10008.1.2.4.201',
      'image/jpx': '1.2.840.10008.1.2.4.92',
      'image/jxl': '1.2.840.10008.1.2.4.110',
      'video/H265': '1.2.840.10008.1.2.4.107',
      'video/mp4': '1.2.840.10008.1.2.4.102',
      'video/mpeg': '1.2.840.10008.1.2.4.100',
    });
    for (const mediaType of mediaTypes) {
      expect(TRANSFER_SYNTAXES.filter((s) => s.mediaType === mediaType && s.isMediaTypeDefault)).toHaveLength(
        1,
      );
    }
    expect(defaultTransferSyntaxOf('IMAGE/JPEG')).toBe('1.2.840.10008.1.2.4.70');
    expect(defaultTransferSyntaxOf('image/png')).toBeUndefined();
  });

  it('are looked up by UID; an unknown one is taken for an encapsulated one', () => {
    expect(transferSyntaxOf('1.2.840.10008.1.2')).toMatchObject({
      implicit: true,
      bigEndian: false,
      encapsulated: false,
    });
    expect(transferSyntaxOf('1.2.840.10008.1.2.2')).toMatchObject({ bigEndian: true, retired: true });
    expect(transferSyntaxOf('1.2.840.10008.1.2.1.99').deflated).toBe(true);
    expect(transferSyntaxOf('1.2.3')).toMatchObject({
      uid: '1.2.3',
      encapsulated: true,
      mediaType: undefined,
    });
    expect([isKnownTransferSyntax('1.2.3'), isKnownTransferSyntax('1.2.840.10008.1.2.4.90')]).toEqual([
      false,
      true,
    ]);
    expect(new Set(TRANSFER_SYNTAXES.map(({ uid }) => uid)).size).toBe(TRANSFER_SYNTAXES.length);
  });
});
