import type { Kind } from './kinds.ts';
import type { StoreVerdicts } from './two-archives.ts';

const of =
  (files: readonly string[], ours: RegExp, theirs: RegExp) =>
  (verdicts: StoreVerdicts): boolean =>
    files.includes(verdicts.instance.file) && ours.test(verdicts.ours) && theirs.test(verdicts.theirs);

/** Files that ours and Orthanc answer differently to. */
export const STORE_KINDS: readonly Kind<StoreVerdicts>[] = [
  {
    what: 'refused by both: Orthanc with 400 for the whole request, ours with 409 and a Failure Reason for the instance',
    section: 'PS3.18 10.5.3.1, Table I.2-2',
    right: 'ours',
    applies: of(
      [
        'bad/dwv/data-dwv-test_no-number-rows.dcm',
        'bad/dwv/dwv-test-anonymise.dcm',
        'bad/dwv/dwv-test-sequence.dcm',
        'bad/dwv/dwv-test-simple.dcm',
      ],
      /^409 \d+$/,
      /^400$/,
    ),
  },
  {
    what: 'UIDs of other characters than digits and dots: Orthanc stores what no URI of the Standard can name, ours refuses it',
    section: 'PS3.5 9.1',
    right: 'ours',
    applies: of(
      ['bad/dicom-test-files/bad_sequence.dcm', 'misc/dwv/gdcm-CT-MONO2-8-abdo.dcm'],
      /^409/,
      /^stored$/,
    ),
  },
  {
    what: 'the letters of the boundary amid pixel data, at the beginning of no line: Orthanc ends the part there, answers 200 and has stored nothing',
    section: 'PS3.18 8.6.1.2.1, RFC 2046 5.1.1',
    right: 'ours',
    applies: of(['us-xa/go-dicom/I_000034.dcm'], /^stored$/, /^200$/),
  },
  {
    what: 'damaged data sets (no VR, a value of odd length) that Orthanc cannot read to their end: ours stores what it can index',
    section: 'PS3.18 10.5.1',
    right: 'either',
    applies: of(
      [
        'color/pydicom/SC_rgb_jpeg.dcm',
        'rt/dicom-test-files/rtdose_rle.dcm',
        'rt/dicom-test-files/rtdose_rle_1frame.dcm',
      ],
      /^stored$/,
      /^400$/,
    ),
  },
];
