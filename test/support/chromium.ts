import { ensureProgram, findProgram, type SystemProgram } from './system-packages.ts';

const NAMES = ['/usr/bin/chromium', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Arguments for a headless Chromium that draws WebGL in software, the same everywhere. */
export const CHROMIUM_ARGUMENTS: readonly string[] = [
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  // Chromium's sandbox refuses root; what it loads here is ours alone.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  // A container's /dev/shm is too small for volumes.
  '--disable-dev-shm-usage',
];

/** The Chromium that ISOCENTER_TEST_CHROMIUM names, or one that is installed, or Debian's, which is installed where we may. */
export async function ensureChromium(): Promise<SystemProgram> {
  const given = process.env.ISOCENTER_TEST_CHROMIUM;
  if (given)
    return (await findProgram(given)) ?? { missing: `ISOCENTER_TEST_CHROMIUM: ${given} does not run` };
  for (const name of NAMES) {
    const found = await findProgram(name);
    if (found) return found;
  }
  return await ensureProgram('chromium', ['chromium', 'fonts-dejavu-core']);
}
