import { expect, it } from 'vitest';
import { DicomReadError } from '../../../server/dicom/dicom-errors.ts';
import { describeWithSharedFiles, readInstance, readShared, sharedFiles } from './shared-files.ts';

/** What becomes of each file: the code it is refused with, or the warnings it is read with. */
const expectations: Record<string, { refused: string } | { warnings: string[] }> = {
  'cornerstone3d/no-pixel-data.dcm': { warnings: [] },
  'dicom-test-files/ExplVR_BigEnd.dcm': { warnings: [] },
  'dicom-test-files/ExplVR_BigEndNoMeta.dcm': {
    warnings: ['neither preamble nor "DICM"', 'no file meta information'],
  },
  'dicom-test-files/ExplVR_LitEndNoMeta.dcm': {
    warnings: ['neither preamble nor "DICM"', 'no file meta information'],
  },
  'dicom-test-files/MR_small_padded.dcm': { warnings: ['128 bytes longer than its 1 frames'] },
  'dicom-test-files/MR_truncated.dcm': { refused: 'TRUNCATED' },
  'dicom-test-files/badVR.dcm': { warnings: ['5600 bytes longer than its 1 frames'] },
  'dicom-test-files/bad_sequence.dcm': { warnings: [] },
  'dicom-test-files/emri_small_jpeg_2k_lossless_too_short.dcm': { refused: 'TRUNCATED' },
  'dicom-test-files/empty_charset_LEI.dcm': { warnings: [] },
  'dicom-test-files/meta_missing_tsyntax.dcm': {
    warnings: ['(0002,0010) no transfer syntax', '(7FE0,0010) no Rows, Columns or Bits Allocated'],
  },
  // its first byte is wrong and its second one missing: a tag (0820,0500) whose length makes no sense
  'dicom-test-files/no_meta.dcm': { refused: 'NOT_DICOM' },
  'dicom-test-files/no_meta_group_length.dcm': { warnings: [] },
  'dicom-test-files/priv_SQ.dcm': { warnings: [] },
  'dicom-test-files/reportsi_with_empty_number_tags.dcm': { warnings: [] },
  'dicom-test-files/rtplan_truncated.dcm': { refused: 'TRUNCATED' },
  'dicom-test-files/rtstruct.dcm': { warnings: ['neither preamble nor "DICM"', 'no file meta information'] },
  'dwv/data-dwv-test_no-number-rows.dcm': { warnings: ['no Rows, Columns or Bits Allocated'] },
  'dwv/dwv-test-anonymise.dcm': { warnings: [] },
  'dwv/dwv-test-sequence.dcm': { warnings: [] },
  'dwv/dwv-test-simple.dcm': { warnings: [] },
  'dwv/dwv-test_bad-dwv-test-simple.dcm': {
    warnings: [
      '(0008,1050) out of order',
      '(0028,0002) out of order',
      '(0028,0010) out of order',
      '(0008,1140) out of order',
      'out of order',
    ],
  },
  'dwv/dwv-test_no-number-rows.dcm': {
    warnings: ['(0028,0002) out of order', '(0028,0011) out of order', '(0008,1140) out of order', 'no Rows'],
  },
  'pydicom/SC_rgb_small_odd_big_endian.dcm': { warnings: [] },
  'pydicom/priv_SQ.dcm': { warnings: [] },
};

describeWithSharedFiles('the bad files', () => {
  it('are all in the table', () => {
    const files = sharedFiles().filter((file) => file.startsWith('bad/'));
    expect(files.map((file) => file.slice('bad/'.length))).toEqual(Object.keys(expectations).sort());
  });

  it.each(Object.entries(expectations))('%s is read or refused as it should be', async (file, expected) => {
    for (const chunkBytes of [1, 1000, 1e9]) {
      const outcome = await readInstance(readShared(`bad/${file}`), chunkBytes).catch(
        (error: unknown) => error,
      );
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(DicomReadError);
        expect({ refused: (outcome as DicomReadError).code }).toEqual(expected);
      } else {
        const { warnings } = outcome as { warnings: string[] };
        expect(expected).toHaveProperty('warnings');
        const texts = 'warnings' in expected ? expected.warnings : [];
        expect(warnings).toEqual(texts.map((text) => expect.stringContaining(text)));
      }
    }
  });
});
