import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type Outcome, runPythonChecks } from './python-checks.ts';

/** The functions of the script, each a check of its own. */
const CHECKS = [
  'store_instances',
  'store_instances_of_a_study',
  'search_for_studies',
  'search_for_series',
  'search_for_instances',
  'search_page_by_page',
  'search_fuzzily',
  'retrieve_study',
  'retrieve_series',
  'retrieve_instance',
  'retrieve_metadata',
  'retrieve_frames',
  'retrieve_frames_as_jpeg_2000',
  'retrieve_rendered',
  'retrieve_series_rendered',
  'retrieve_bulkdata',
  'retrieve_bulkdata_in_ranges',
  'is_told_what_was_wrong',
  'delete',
];

describe("Python's dicomweb-client", () => {
  const python = inject('python');
  let outcomes: Outcome[] = [];

  beforeAll(async () => {
    if (python !== null) outcomes = await runPythonChecks(python, 'drive_dicomweb_client.py');
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
