import cluster, { type Worker } from 'node:cluster';
import type { AddressInfo } from 'node:net';
import { createServerApp, openServices, type Services } from './compose.ts';
import type { Settings } from './config/settings.ts';
import { assertFree, type Listening, listen, urlOf } from './http/listen.ts';
import { startIndexing } from './jobs/index-attributes.ts';
import { startSweeper } from './jobs/sweeper.ts';
import { startWorklistKeeper } from './jobs/worklist-keeper.ts';
import type { Logger } from './telemetry/logger.ts';
import { answerMetricsQuestions } from './telemetry/metrics.ts';

/** Requests in flight when the server is told to stop have so long to end. */
const GRACE_MS = 20_000;
const REFORK_AFTER_MS = 1000;

/** A server that runs, whatever its number of processes. */
export interface RunningServer {
  url: string;
  /** Set when this start made the first administrator. */
  firstAdministrator: { username: string; password: string } | undefined;
  stop(): Promise<void>;
}

/** Starts services, then the processes that answer, sharing one port; stops in reverse order. */
export async function startServer(settings: Settings, logger: Logger): Promise<RunningServer> {
  const services = await openServices(settings, logger, { supervise: true });
  try {
    const answering =
      settings.workers > 1 ? await forkWorkers(settings, logger) : await listenHere(settings, services);
    // Only now: a start that fails would take the password, which is shown once, with it.
    const firstAdministrator =
      settings.authentication === 'local' ? await services.access.ensureAdministrator() : undefined;
    const sweeper = startSweeper(services.archive);
    const indexing = startIndexing(services.archive);
    const worklistKeeper = startWorklistKeeper(services.archive);
    const stop = async () => {
      await answering.close(GRACE_MS);
      await sweeper.stop();
      await indexing.stop();
      await worklistKeeper.stop();
      await services.stop();
    };
    return { url: answering.url, firstAdministrator, stop };
  } catch (error) {
    await services.stop();
    throw error;
  }
}

function listenHere(settings: Settings, services: Services): Promise<Listening> {
  return listen(createServerApp(services), settings);
}

/** One of the processes that share the port, in a process that `startServer` forked. */
export async function runWorker(settings: Settings, logger: Logger): Promise<void> {
  // The primary tells each worker; a process manager that tells the whole group may have done so before, or in between.
  const toldToStop = new Promise((resolve) => process.on('SIGTERM', resolve));
  // Ctrl-C reaches the whole process group; the primary says when to stop.
  process.on('SIGINT', () => undefined);
  const services = await openServices(settings, logger, { migrated: true });
  const listening = await listenHere(settings, services);
  await toldToStop;
  await listening.close(GRACE_MS);
  await services.stop();
  process.exit(0);
}

async function forkWorkers(settings: Settings, logger: Logger): Promise<Listening> {
  await assertFree(settings);
  answerMetricsQuestions();
  let stopping = false;
  cluster.on('exit', (worker, code, signal) => {
    if (stopping) return;
    logger.error({ workerPid: worker.process.pid, code, signal }, 'worker_died');
    setTimeout(() => {
      if (!stopping) cluster.fork();
    }, REFORK_AFTER_MS);
  });
  const close = async (graceMs: number) => {
    stopping = true;
    await Promise.all(
      Object.values(cluster.workers ?? {}).map((worker) => worker && stopWorker(worker, graceMs)),
    );
  };
  const workers = Array.from({ length: settings.workers }, () => cluster.fork());
  const ports = await Promise.all(workers.map(listeningPort)).catch(async (error: unknown) => {
    await close(0);
    throw error;
  });
  return { url: urlOf(settings, ports[0] ?? settings.port), close };
}

function listeningPort(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('listening', ({ port }: AddressInfo) => resolve(port));
    worker.once('exit', (code) => reject(new Error(`a server process ended at once, with code ${code}`)));
  });
}

function stopWorker(worker: Worker, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => worker.process.kill('SIGKILL'), graceMs + 5000);
    worker.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    worker.process.kill('SIGTERM');
  });
}
