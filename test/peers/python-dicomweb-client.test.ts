import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../support/minio.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, 'python', 'drive_dicomweb_client.py');

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

interface Outcome {
  name: string;
  problem: string | null;
}

describe("Python's dicomweb-client", () => {
  const python = inject('python');
  let server: TestServer | undefined;
  let outcomes: Outcome[] = [];

  beforeAll(async () => {
    if (python === null) return;
    // It sends its Host header without the port (against RFC 9110 7.2), so that URIs made from that would lead nowhere.
    const port = await freePort();
    const settings = { ISOCENTER_PORT: `${port}`, ISOCENTER_PUBLIC_URL: `http://127.0.0.1:${port}` };
    server = await startServer({ authentication: 'local', settings });
    const { access } = server.services;
    await access.addAccount({
      username: 'python',
      password: 'only its key is used',
      roles: ['administrator'],
    });
    const { key } = await access.makeApiKey('python', 'dicomweb-client');
    const { stdout } = await run(python, [script, server.dicomweb, key], { maxBuffer: 2 ** 24 });
    outcomes = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Outcome);
  });

  afterAll(async () => {
    await server?.stop();
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
