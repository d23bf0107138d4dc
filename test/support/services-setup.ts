import { appendFile } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { startTestPostgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a PostgreSQL to test against; work in a schema of your own. */
    databaseUrl: string;
  }
}

interface Services {
  databaseUrl: string;
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
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete run.testServices;
    await services.stop();
  };
}

async function startServices(): Promise<Services> {
  const postgres = await startTestPostgres();
  await report(postgres.description);
  return { databaseUrl: postgres.url, stop: () => postgres.stop() };
}

async function report(line: string): Promise<void> {
  const path = process.env.TEST_SERVICES_REPORT;
  if (path) await appendFile(path, `${line}\n`);
}
