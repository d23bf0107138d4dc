import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const setupFiles = ['test/support/environment-setup.ts'];
const globalSetup = ['test/support/services-setup.ts'];
const typescript = '{ts,tsx}';
/** Modules are loaded once a process, and not once a file: its files replace no module, and each makes all that it tests. */
const inOneProcess = { isolate: false };

/** `npx vitest run --project unit` needs no services; integration, conformance, peers and viewer-browser start their own. */
export default defineConfig({
  plugins: [react()],
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          ...inOneProcess,
          include: [`test/unit/**/*.test.${typescript}`],
          setupFiles,
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'viewer',
          include: [`test/viewer/**/*.test.${typescript}`],
          exclude: ['test/viewer/browser/**'],
          setupFiles,
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          ...inOneProcess,
          include: [`test/integration/**/*.test.${typescript}`],
          setupFiles,
          globalSetup,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'conformance',
          ...inOneProcess,
          include: [`test/conformance/**/*.test.${typescript}`],
          setupFiles,
          globalSetup,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'peers',
          include: [`test/peers/**/*.test.${typescript}`],
          setupFiles,
          globalSetup: [...globalSetup, 'test/support/peers-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'viewer-browser',
          include: [`test/viewer/browser/**/*.test.${typescript}`],
          setupFiles,
          globalSetup,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Two at a time, and nothing else beside them: software rendering takes cores of its own, and pages wait a lot.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
