import type { TestProject } from 'vitest/node';
import { startTestObjectStore, type TestObjectStore } from './minio.ts';
import { startTestPostgres } from './postgres.ts';
import { report } from './services-report.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a PostgreSQL to test against; work in a schema of your own. */
    databaseUrl: string;
    /** An S3 store to test against, under a prefix of your own; null on a machine where none can be had. */
    objectStore: TestObjectStore | null;
    /** Where servers under test keep objects: in S3 where the run was given one by ISOCENTER_S3_*. */
    storeOfServers: 'files' | 's3';
  }
}

interface Services {
  databaseUrl: string;
  objectStore: TestObjectStore | null;
  stop(): Promise<void>;
}

/** Vitest runs this file once a project, each time afresh; the services are one set for the whole run. */
const run = globalThis as typeof globalThis & {
  testServices?: { users: number; started: Promise<Services> };
};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  run.testServices ??= { users: 0, started: startServices() };
  const shared = run.testServices;
  shared.users += 1;
  const services = await shared.started;
  project.provide('databaseUrl', services.databaseUrl);
  project.provide('objectStore', services.objectStore);
  project.provide('storeOfServers', process.env.ISOCENTER_S3_ENDPOINT ? 's3' : 'files');
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete run.testServices;
    await services.stop();
  };
}

async function startServices(): Promise<Services> {
  const [postgres, s3] = await Promise.all([startTestPostgres(), startTestObjectStore()]);
  await report({ used: postgres.description });
  if ('missing' in s3) await report({ leftOut: `every test against a real S3 store (${s3.missing})` });
  else await report({ used: s3.description });
  return {
    databaseUrl: postgres.url,
    objectStore: 'missing' in s3 ? null : s3.store,
    stop: async () => {
      if (!('missing' in s3)) await s3.stop();
      await postgres.stop();
    },
  };
}
