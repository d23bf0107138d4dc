import { describePythonChecks } from './python-checks.ts';

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

describePythonChecks("Python's dicomweb-client", 'drive_dicomweb_client.py', CHECKS);
