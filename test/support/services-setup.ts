import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureChromium } from './chromium.ts';
import { startTestObjectStore, type TestObjectStore } from './minio.ts';
import { ensureOrthanc } from './orthanc.ts';
import { startTestPostgres } from './postgres.ts';
import { report } from './services-report.ts';
import { ensureDcmtk, ensureGdcm, type SystemProgram } from './system-packages.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a PostgreSQL to test against; work in a schema of your own. */
    databaseUrl: string;
    /** An S3 store to test against, under a prefix of your own; null on a machine where none can be had. */
    objectStore: TestObjectStore | null;
    /** Where servers under test keep objects: in S3 where the run was given one by ISOCENTER_S3_*. */
    storeOfServers: 'files' | 's3';
    /** Whether DCMTK's programs are on the PATH. */
    hasDcmtk: boolean;
    /** Whether GDCM's programs are on the PATH. */
    hasGdcm: boolean;
    /** Path of Orthanc with its DICOMweb plugin; null on a machine where none can be had. */
    orthanc: string | null;
    /** Path of Chromium, for the projects viewer-browser and peers; null on a machine where none can be had. */
    chromium: string | null;
  }
}

interface Services {
  databaseUrl: string;
  objectStore: TestObjectStore | null;
  hasDcmtk: boolean;
  hasGdcm: boolean;
  orthanc: string | null;
  chromium(): Promise<string | null>;
  stop(): Promise<void>;
}

/** Vitest runs this file once a project, each time afresh; the services are one set for the whole run. */
const run = globalThis as typeof globalThis & {
  testServices?: { users: number; started: Promise<Services> };
};

/** Projects whose tests drive a browser. */
const IN_BROWSER = new Set(['viewer-browser', 'peers']);

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  run.testServices ??= { users: 0, started: startServices() };
  const shared = run.testServices;
  shared.users += 1;
  const services = await shared.started;
  project.provide('databaseUrl', services.databaseUrl);
  project.provide('objectStore', services.objectStore);
  project.provide('storeOfServers', process.env.ISOCENTER_S3_ENDPOINT ? 's3' : 'files');
  project.provide('hasDcmtk', services.hasDcmtk);
  project.provide('hasGdcm', services.hasGdcm);
  project.provide('orthanc', services.orthanc);
  project.provide('chromium', IN_BROWSER.has(project.name) ? await services.chromium() : null);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete run.testServices;
    await services.stop();
  };
}

/** Real files, beside the checkout on machines that have them. */
const REAL_FILES = join(import.meta.dirname, '..', '..', '..', 'shared', 'dicom');

async function startServices(): Promise<Services> {
  if (!existsSync(REAL_FILES))
    await report({ withoutData: `every test on the real files of ../shared/dicom` });
  const dcmtk = await ensureDcmtk();
  await noteProgram(
    dcmtk,
    'every cross-check with DCMTK',
    (version) => `DCMTK ${/v(\S+)/.exec(version)?.[1] ?? version}`,
  );
  const gdcm = await ensureGdcm();
  await noteProgram(
    gdcm,
    'every cross-check with GDCM',
    (version) => `GDCM ${/\d[\d.]+/.exec(version)?.[0] ?? version}`,
  );
  const orthanc = await ensureOrthanc();
  await noteProgram(orthanc, 'every cross-check with Orthanc', (version) => version);
  const [postgres, s3] = await Promise.all([startTestPostgres(), startTestObjectStore()]);
  await report({ used: postgres.description });
  if ('missing' in s3) await report({ leftOut: `every test against a real S3 store: ${s3.missing}` });
  else await report({ used: s3.description });
  let chromium: Promise<string | null> | undefined;
  return {
    databaseUrl: postgres.url,
    objectStore: 'missing' in s3 ? null : s3.store,
    hasDcmtk: !('missing' in dcmtk),
    hasGdcm: !('missing' in gdcm),
    orthanc: 'missing' in orthanc ? null : orthanc.path,
    chromium: () => {
      chromium ??= findChromium();
      return chromium;
    },
    stop: async () => {
      if (!('missing' in s3)) await s3.stop();
      await postgres.stop();
    },
  };
}

async function findChromium(): Promise<string | null> {
  const chromium = await ensureChromium();
  await noteProgram(chromium, 'every test in a real browser', (version) => version.trim());
  return 'missing' in chromium ? null : chromium.path;
}

/** Notes a program as used, or the `tests` that are left out for want of it. */
export async function noteProgram(
  program: SystemProgram,
  tests: string,
  describe: (version: string) => string,
): Promise<void> {
  if ('missing' in program) await report({ leftOut: `${tests}: ${program.missing}` });
  else await report({ used: `${describe(program.version)} (${program.path})` });
}
