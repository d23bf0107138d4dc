import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { leftOutOfCornerstone } from './left-out-of-cornerstone.ts';
import { preloads } from './preloads.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** Where `vite` (development only) sends what it does not serve itself. */
const devServerTarget = process.env.ISOCENTER_DEV_TARGET ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: here('.'),
  base: '/',
  plugins: [react(), leftOutOfCornerstone(), preloads()],
  // xml-js and others below Cornerstone import Node's `events`; the npm package of that name serves browsers.
  resolve: { alias: { events: fileURLToPath(import.meta.resolve('events/events.js')) } },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['@cornerstonejs/dicom-image-loader'], include: ['dicom-parser'] },
  build: {
    outDir: here('../dist/viewer'),
    emptyOutDir: true,
    target: 'es2022',
    // No data: URLs, so that the content security policy can stay strict.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Cornerstone and vtk.js are one large chunk by nature; it is loaded only when a study is opened.
    chunkSizeWarningLimit: 6000,
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/api', '/dicom-web', '/wado'].map((path) => [path, { target: devServerTarget }]),
    ),
  },
});
