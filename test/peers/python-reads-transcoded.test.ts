import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type Outcome, runPythonChecks } from './python-checks.ts';

/** Of the script; decoders that have nothing in common with our encoders. */
const CHECKS = [
  ...['rle', 'jpeg_lossless', 'jpeg_ls', 'jpeg_2000', 'htj2k'].flatMap((name) => [
    `${name}_grey`,
    `${name}_colour`,
  ]),
  'jpeg_baseline_colour',
  'zip_with_dicomdir',
];

describe('pydicom and imagecodecs, given what ours has transcoded', () => {
  const python = inject('python');
  let outcomes: Outcome[] = [];

  beforeAll(async () => {
    if (python !== null) outcomes = await runPythonChecks(python, 'check_transcoding.py');
  });

  it.runIf(python !== null).each(CHECKS)('%s', (name) => {
    const outcome = outcomes.find((one) => one.name === name);
    expect(outcome, 'the check has run').toBeDefined();
    expect(outcome?.problem ?? '').toBe('');
  });

  it.runIf(python !== null)('has no check that is not listed here', () => {
    expect(outcomes.map((one) => one.name)).toEqual(CHECKS);
  });
});
