import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installOnce, lastWords, type Peer } from './installed-peer.ts';

const run = promisify(execFile);

const VERSION = '3.13.2';

/** The folder of OHIF's built app, as its project publishes it on npm; `index.html` is in it. */
export async function ensureOhif(): Promise<Peer> {
  try {
    const folder = await installOnce(`ohif-${VERSION}`, async (into) => {
      const packed = ['pack', `@ohif/app@${VERSION}`, '--pack-destination', into];
      const { stdout } = await run('npm', packed, { cwd: into });
      const archive = stdout.trim().split('\n').at(-1) ?? '';
      await run('tar', ['-xzf', join(into, archive), '-C', into]);
    });
    return { path: join(folder, 'package', 'dist'), description: `OHIF ${VERSION} (${folder})` };
  } catch (error) {
    return { missing: `npm could not get @ohif/app ${VERSION}: ${lastWords(error)}` };
  }
}
