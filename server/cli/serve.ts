import { readSettings } from '../config/settings.ts';
import { type RunningServer, runWorker, startServer } from '../main.ts';
import { createLogger } from '../telemetry/logger.ts';
import { explain, say } from './command.ts';

/** `isocenter serve`: runs until it is told to stop. */
export async function serve(): Promise<void> {
  const settings = readSettings();
  const server = await startServer(settings, createLogger(settings.logLevel));
  greet(server, settings.authentication);
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        explain(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
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
