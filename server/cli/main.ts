#!/usr/bin/env node
import cluster from 'node:cluster';
import { Command } from 'commander';
import { productVersion } from '../compose.ts';

const program = new Command('isocenter')
  .description('DICOM imaging archive and viewer')
  .version(productVersion())
  .showHelpAfterError();

// Each command loads what it needs only when it runs.
program
  .command('serve', { isDefault: true })
  .description('run the archive and the viewer on one port')
  .action(async () => (await import('./serve.ts')).serve());
program
  .command('import')
  .description('store DICOM files; may be run again')
  .argument('<paths...>', 'files, folders, zip files or DICOMDIRs')
  .action(async (paths: string[]) => (await import('./import.ts')).importPaths(paths));
program
  .command('export')
  .description('write stored instances as files')
  .argument('<folder>', 'where to, as STUDY/SERIES/INSTANCE.dcm')
  .requiredOption('--study <uid...>', 'Study Instance UIDs')
  .action(async (folder: string, options: { study: string[] }) =>
    (await import('./export.ts')).exportStudies(folder, options.study),
  );
program
  .command('demo')
  .description('make and store synthetic studies')
  .action(async () => (await import('./demo.ts')).storeDemo());
program
  .command('verify')
  .description('read every stored object again and compare it with what was stored')
  .option('--sweep', 'also remove what cut-off uploads left behind, if it is older than a day')
  .option(
    '--even-many',
    'with --sweep: also where so much is left that the index itself may be what is wrong',
  )
  .action(async (options: { sweep?: boolean; evenMany?: boolean }) =>
    (await import('./verify.ts')).verify(options),
  );
program
  .command('doctor')
  .description('check settings, database, object store and disk, and say what to do')
  .action(async () => (await import('./doctor.ts')).doctor());

const user = program.command('user').description('users and API keys');
user
  .command('add')
  .description(
    'add a user; the password is asked from standard input with --password-stdin, else made and shown',
  )
  .argument('<name>')
  .requiredOption('--role <roles...>', 'administrator, radiologist, technologist, modality, ris')
  .option('--password-stdin', 'read the password from standard input')
  .action(async (name: string, options: { role: string[]; passwordStdin?: boolean }) =>
    (await import('./user.ts')).addUser(name, options.role, options.passwordStdin ?? false),
  );
user
  .command('list')
  .description('list users')
  .action(async () => (await import('./user.ts')).listUsers());
user
  .command('password')
  .description('set a password; made and shown unless read from standard input')
  .argument('<name>')
  .option('--password-stdin', 'read the password from standard input')
  .action(async (name: string, options: { passwordStdin?: boolean }) =>
    (await import('./user.ts')).setPassword(name, options.passwordStdin ?? false),
  );
user
  .command('lock')
  .description('end all sessions of a user and let them sign in no more')
  .argument('<name>')
  .action(async (name: string) => (await import('./user.ts')).setLocked(name, true));
user
  .command('unlock')
  .description('let a user sign in again')
  .argument('<name>')
  .action(async (name: string) => (await import('./user.ts')).setLocked(name, false));
user
  .command('remove')
  .description('remove a user with all sessions and API keys')
  .argument('<name>')
  .action(async (name: string) => (await import('./user.ts')).removeUser(name));
user
  .command('key')
  .description('make an API key for a machine that acts as this user; it is shown once')
  .argument('<name>')
  .requiredOption('--label <label>', 'what the key is for')
  .action(async (name: string, options: { label: string }) =>
    (await import('./user.ts')).makeKey(name, options.label),
  );
user
  .command('keys')
  .description('list API keys')
  .action(async () => (await import('./user.ts')).listKeys());
user
  .command('revoke')
  .description('make an API key open nothing any more')
  .argument('<number>', 'as shown by `user keys`')
  .action(async (number: string) => (await import('./user.ts')).revokeKey(number));

program
  .command('worklist')
  .description('the worklist (UPS-RS)')
  .command('cancel')
  .description('cancel a work item whose performer has lost it and cannot complete or cancel it any more')
  .argument('<uid>', 'its SOP Instance UID')
  .option('--reason <text>', 'why, for whoever looks at it later', '')
  .action(async (uid: string, options: { reason: string }) =>
    (await import('./worklist.ts')).cancelWorkItem(uid, options.reason),
  );

// `serve` runs where no command is named; without this it would take a misspelt one for its argument.
const [named] = process.argv.slice(2);
if (
  named &&
  !named.startsWith('-') &&
  named !== 'help' &&
  !program.commands.some((command) => command.name() === named)
) {
  program.error(`error: unknown command '${named}'; --help lists them`);
}

try {
  if (cluster.isWorker) await (await import('./serve.ts')).serveAsWorker();
  else await program.parseAsync();
} catch (error) {
  const { explain } = await import('./command.ts');
  explain(error);
  process.exitCode = 1;
}
