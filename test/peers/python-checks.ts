import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../support/minio.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

const run = promisify(execFile);

/** What a check of a script has found wrong; null where nothing. */
interface Outcome {
  name: string;
  problem: string | null;
}

/** Tests that the script of the folder python/ makes those `checks`, all of them, and finds nothing wrong. */
export function describePythonChecks(title: string, script: string, checks: readonly string[]): void {
  describe(title, () => {
    const python = inject('python');
    let outcomes: Outcome[] = [];

    beforeAll(async () => {
      if (python !== null) outcomes = await runPythonChecks(python, script);
    });

    it.runIf(python !== null).each(checks)('%s', (name) => {
      const outcome = outcomes.find((one) => one.name === name);
      expect(outcome, 'the check has run').toBeDefined();
      expect(outcome?.problem ?? '').toBe('');
    });

    it.runIf(python !== null)('has no check that is not listed here', () => {
      expect(outcomes.map((one) => one.name)).toEqual(checks);
    });
  });
}

/** Runs a script of the folder python/ against a server of its own, with the API key of an administrator. */
async function runPythonChecks(python: string, script: string): Promise<Outcome[]> {
  // dicomweb-client sends its Host header without the port (against RFC 9110 7.2), so that URIs made from that would lead nowhere.
  const port = await freePort();
  const settings = { ISOCENTER_PORT: `${port}`, ISOCENTER_PUBLIC_URL: `http://127.0.0.1:${port}` };
  let server: TestServer | undefined;
  try {
    server = await startServer({ authentication: 'local', settings });
    const { access } = server.services;
    await access.addAccount({ username: 'py', password: 'only its key is used', roles: ['administrator'] });
    const { key } = await access.makeApiKey('py', script);
    const path = join(import.meta.dirname, 'python', script);
    const { stdout } = await run(python, [path, server.dicomweb, key], { maxBuffer: 2 ** 24 });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Outcome);
  } finally {
    await server?.stop();
  }
}
