import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installOnce, lastWords, type Peer } from './installed-peer.ts';
import { findOnPath } from './minio.ts';

const run = promisify(execFile);

/** With what they need, so that runs of today and of next year test the same. */
const PACKAGES = [
  'dicomweb-client==0.61.2',
  'pydicom==3.0.2',
  // Decoders that have nothing in common with ours.
  'imagecodecs==2026.3.6',
  'numpy==2.4.6',
  'pillow==13.0.0',
  'requests==2.34.2',
  'retrying==1.4.2',
];

/** A Python with dicomweb-client, pydicom and imagecodecs, in a virtual environment of the cache folder. */
export async function ensurePython(): Promise<Peer> {
  const python = await findOnPath('python3');
  if (!python) return { missing: 'there is no python3 on the PATH' };
  try {
    const { stdout } = await run(python, ['--version']);
    const version = stdout.trim();
    const digest = createHash('sha256')
      .update([version, ...PACKAGES].join('\n'))
      .digest('hex')
      .slice(0, 12);
    const folder = await installOnce(`python-peer-${digest}`, async (into) => {
      await run(python, ['-m', 'venv', into]);
      await run(join(into, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...PACKAGES], {
        maxBuffer: 64 * 1024 * 1024,
      });
    });
    return {
      path: join(folder, 'bin', 'python'),
      description: `${version} with ${PACKAGES.slice(0, 3).join(', ').replaceAll('==', ' ')}`,
    };
  } catch (error) {
    return { missing: `its packages could not be installed: ${lastWords(error)}` };
  }
}
