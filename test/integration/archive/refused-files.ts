import type { FailureKind } from '../../../server/archive/store/store-outcome.ts';

interface Refused {
  failure: FailureKind;
  detail: RegExp;
}

const of = (failure: FailureKind, detail: RegExp): Refused => ({ failure, detail });
const withoutStudy = of('cannot-understand', /^StudyInstanceUID is missing, SeriesInstanceUID is missing$/);
const withoutSeries = of('cannot-understand', /^SeriesInstanceUID is missing, SOPInstanceUID is missing$/);
const withoutAny = of(
  'cannot-understand',
  /^StudyInstanceUID is missing, SeriesInstanceUID is missing, SOPInstanceUID is missing, SOPClassUID is missing$/,
);
const withoutClass = of('cannot-understand', /^SOPClassUID is missing$/);
const cutShort = of('cannot-understand', /^the bytes end inside/);
const dicomdir = of('sop-class-not-supported', /^a DICOMDIR names instances but is none/);

/**
 * Which of the shared files are refused, and why: an archive that finds instances by study, series and instance cannot file what
 * names none (PS3.18 10.5.1), a DICOMDIR is no instance to store (PS3.4 B.5), and half a file is not kept as if it were one.
 */
export const REFUSED_FILES: Readonly<Record<string, Refused>> = {
  'bad/dicom-test-files/MR_truncated.dcm': cutShort,
  // Its UIDs are hexadecimal hashes.
  'bad/dicom-test-files/bad_sequence.dcm': of('cannot-understand', /SOPInstanceUID is not a UID$/),
  'bad/dicom-test-files/empty_charset_LEI.dcm': withoutAny,
  'bad/dicom-test-files/emri_small_jpeg_2k_lossless_too_short.dcm': cutShort,
  'bad/dicom-test-files/meta_missing_tsyntax.dcm': withoutAny,
  'bad/dicom-test-files/no_meta.dcm': of('cannot-understand', /^nothing that looks like DICOM/),
  'bad/dicom-test-files/no_meta_group_length.dcm': withoutStudy,
  'bad/dicom-test-files/priv_SQ.dcm': withoutStudy,
  'bad/dicom-test-files/rtplan_truncated.dcm': cutShort,
  'bad/dwv/data-dwv-test_no-number-rows.dcm': withoutClass,
  'bad/dwv/dwv-test-anonymise.dcm': withoutClass,
  'bad/dwv/dwv-test-sequence.dcm': withoutClass,
  'bad/dwv/dwv-test-simple.dcm': withoutClass,
  'bad/dwv/dwv-test_bad-dwv-test-simple.dcm': withoutAny,
  'bad/dwv/dwv-test_no-number-rows.dcm': withoutAny,
  'bad/pydicom/priv_SQ.dcm': withoutStudy,
  'charset/pydicom/chrSQEncoding.dcm': withoutStudy,
  'dicomdir/dicomdirtests/DICOMDIR': dicomdir,
  'dicomdir/dicomdirtests/DICOMDIR-bigEnd': dicomdir,
  'dicomdir/dicomdirtests/DICOMDIR-empty.dcm': dicomdir,
  'dicomdir/dicomdirtests/DICOMDIR-implicit': dicomdir,
  // The lengths of its items reach beyond their sequence.
  'dicomdir/dicomdirtests/DICOMDIR-nooffset': of('cannot-understand', /^an item reaches past/),
  'dicomdir/dicomdirtests/DICOMDIR-nopatient': dicomdir,
  'dicomdir/dicomdirtests/DICOMDIR-reordered': dicomdir,
  'dicomdir/dicomdirtests/TINY_ALPHA/DICOMDIR': dicomdir,
  // REMSAMPLES1
  'misc/dwv/gdcm-CT-MONO2-8-abdo.dcm': of('cannot-understand', /^SeriesInstanceUID is not a UID$/),
  'misc/nibabel/decimal_rescale.dcm': withoutStudy,
  // Colour palettes belong to no patient, so to no study (PS3.3 A.58).
  'palettes/pydicom/fall.dcm': withoutStudy,
  'palettes/pydicom/hotiron.dcm': withoutStudy,
  'palettes/pydicom/hotmetalblue.dcm': withoutStudy,
  'palettes/pydicom/pet.dcm': withoutStudy,
  'palettes/pydicom/pet20step.dcm': withoutStudy,
  'palettes/pydicom/spring.dcm': withoutStudy,
  'palettes/pydicom/summer.dcm': withoutStudy,
  'palettes/pydicom/winter.dcm': withoutStudy,
  'sr/dwv/sr-arrow.dcm': withoutSeries,
  'sr/dwv/sr-circle.dcm': withoutSeries,
  'sr/dwv/sr-ellipse.dcm': withoutSeries,
  'sr/dwv/sr-protractor.dcm': withoutSeries,
  'sr/dwv/sr-rectangle.dcm': withoutSeries,
  'sr/dwv/sr-roi.dcm': withoutSeries,
  'sr/dwv/sr-ruler.dcm': withoutSeries,
  'syntax/htj2k/pydicom-data/HTJ2KLossless_08_RGB.dcm': withoutStudy,
};
