import { startEmbeddedPostgres } from '../../storage/index/embedded-postgres/embedded-postgres.ts';

// A process of its own that holds the server of the folder in its first argument, until it is killed.
const [, , dataDir = ''] = process.argv;
const postgres = await startEmbeddedPostgres({ dataDir, durable: false });
process.stdout.write(`${await postgres.postmasterPid()}\n`);
setInterval(() => undefined, 60_000);
