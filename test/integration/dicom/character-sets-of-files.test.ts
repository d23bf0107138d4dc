import { expect, it } from 'vitest';
import { itemsOf, personNameOf } from '../../../server/dicom/attributes.ts';
import { describeWithSharedFiles, readInstance, readShared } from './shared-files.ts';

const yamada = { Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' };

describeWithSharedFiles('names with code extensions, which dcm2json here can not convert', () => {
  it.each([
    ['pydicom/chrH31.dcm', { Alphabetic: 'Yamada^Tarou', ...yamada }],
    ['pydicom/chrH32.dcm', { Alphabetic: 'ﾔﾏﾀﾞ^ﾀﾛｳ', ...yamada }],
    ['pydicom/chrJapMulti.dcm', { Alphabetic: 'やまだ^たろう' }],
    ['pydicom/chrJapMultiExplicitIR6.dcm', { Alphabetic: 'やまだ^たろう' }],
    ['pydicom/chrI2.dcm', { Alphabetic: 'Hong^Gildong', Ideographic: '洪^吉洞', Phonetic: '홍^길동' }],
    ['go-dicom/chrGB2312.dcm', { Alphabetic: 'Zhang^XiaoDong', Ideographic: '张^小东' }],
  ])('%s', async (file, expected) => {
    const { dataSet, warnings } = await readInstance(readShared(`charset/${file}`), 50);
    expect(personNameOf(dataSet, 'PatientName')).toEqual(expected);
    expect(warnings).toEqual([]);
  });

  it('pydicom/chrSQEncoding.dcm, within an item', async () => {
    const { dataSet } = await readInstance(readShared('charset/pydicom/chrSQEncoding.dcm'));
    const [procedure] = itemsOf(dataSet, 'RequestedProcedureCodeSequence');
    expect(personNameOf(procedure ?? {}, 'PatientName')).toEqual({ Alphabetic: 'ﾔﾏﾀﾞ^ﾀﾛｳ', ...yamada });
  });
});
