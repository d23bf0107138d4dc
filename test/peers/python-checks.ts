import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/minio.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

const run = promisify(execFile);

/** What a check of a script has found wrong; null where nothing. */
export interface Outcome {
  name: string;
  problem: string | null;
}

/** Runs a script of the folder python/ against a server of its own, with the API key of an administrator. */
export async function runPythonChecks(python: string, script: string): Promise<Outcome[]> {
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
