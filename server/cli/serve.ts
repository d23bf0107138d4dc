import { readSettings } from '../config/settings.ts';
import { type RunningServer, runWorker, startServer } from '../main.ts';
import { createLogger } from '../telemetry/logger.ts';
import { say } from './command.ts';

/** `isocenter serve`: runs until it is told to stop; told so while it starts, it starts to the end and then stops cleanly. */
export async function serve(): Promise<void> {
  const settings = readSettings();
  const logger = createLogger(settings.logLevel);
  const toldToStop = new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGINT', resolve);
    // For good: a process manager may tell the whole group while npm tells us too, and a second SIGTERM that nobody
    // listens to would end us at once, with PostgreSQL left behind.
    process.on('SIGTERM', resolve);
  });
  const server = await startServer(settings, logger);
  greet(server, settings.authentication);
  logger.info({ signal: await toldToStop }, 'stopping');
  // Told again, it does not wait for what is in flight.
  process.once('SIGINT', () => process.exit(130));
  await server.stop();
  process.exit(0);
}

export async function serveAsWorker(): Promise<void> {
  const settings = readSettings();
  await runWorker(settings, createLogger(settings.logLevel));
}

function greet({ url, firstAdministrator }: RunningServer, authentication: 'local' | 'off'): void {
  say(`\nIsocenter is running at ${url}`);
  if (firstAdministrator) {
    say(`Sign in as   ${firstAdministrator.username}`);
    say(`Password     ${firstAdministrator.password}`);
    say('It is shown only this once; a new one: npm run isocenter -- user password admin');
  } else if (authentication === 'local') {
    say('Sign in with your user name; a new password: npm run isocenter -- user password NAME');
  } else {
    say('Nobody signs in (ISOCENTER_AUTH=off): whoever uses this machine may do everything.');
  }
  say('An empty archive? npm run isocenter -- demo\n');
}
