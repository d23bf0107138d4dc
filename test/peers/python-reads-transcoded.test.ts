import { describePythonChecks } from './python-checks.ts';

/** Of the script; decoders that have nothing in common with our encoders. */
const CHECKS = [
  ...['rle', 'jpeg_lossless', 'jpeg_ls', 'jpeg_2000', 'htj2k'].flatMap((name) => [
    `${name}_grey`,
    `${name}_colour`,
  ]),
  'jpeg_baseline_colour',
  'zip_with_dicomdir',
];

describePythonChecks(
  'pydicom and imagecodecs, given what ours has transcoded',
  'check_transcoding.py',
  CHECKS,
);
