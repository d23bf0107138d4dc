import type { TestProject } from 'vitest/node';
import type { Peer } from './installed-peer.ts';
import { ensureOhif } from './ohif.ts';
import { ensurePython } from './python-peer.ts';
import { report } from './services-report.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Python with dicomweb-client and pydicom; null on a machine where none can be had. */
    python: string | null;
    /** The folder of OHIF's built app; null on a machine where none can be had. */
    ohif: string | null;
  }
}

/** What other projects' software the project `peers` is held against, besides that of services-setup.ts. */
export default async function setup(project: TestProject): Promise<void> {
  project.provide('python', await found(await ensurePython(), "every test with Python's dicomweb-client"));
  project.provide('ohif', await found(await ensureOhif(), 'every test with OHIF'));
}

async function found(peer: Peer, tests: string): Promise<string | null> {
  await report('missing' in peer ? { leftOut: `${tests}: ${peer.missing}` } : { used: peer.description });
  return 'missing' in peer ? null : peer.path;
}
