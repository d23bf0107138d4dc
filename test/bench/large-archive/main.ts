import { parseArgs } from 'node:util';
import { storeInstance } from '../../../server/archive/store/store-instance.ts';
import { openServices, type Services } from '../../../server/compose.ts';
import { readSettings } from '../../../server/config/settings.ts';
import { createLogger } from '../../../server/telemetry/logger.ts';
import { fileOf } from './data-sets.ts';
import { fillIndex } from './fill-index.ts';
import { makeUpStudy } from './studies.ts';
import { assertTrialArchive } from './trial-archive.ts';

const USAGE = `ISOCENTER_DATA_DIR=/tmp/large npm run bench:large-archive -- --studies 100000 [--from 0] [--objects 100]

Puts made-up studies into an archive that is there to be tried out: empty, or holding nothing else. It is named by ISOCENTER_DATA_DIR or
ISOCENTER_DATABASE_URL, and used by nobody else meanwhile; the account of its PostgreSQL must be a superuser's.

  --studies N   how many
  --from N      the number of the first; of those that there are already the next one
  --objects N   how many of them have objects behind their rows (100); the others are rows of the index alone, which
                "isocenter verify" rightly calls damaged

100,000 studies are about a million instances, 3 GB and some minutes. The indexes are dropped meanwhile and made again at the end, also
after Ctrl+C; an archive in which it was killed outright (kill -9) is to be thrown away.`;

class UsageError extends Error {}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new UsageError(`--${option} takes a whole number, not ${JSON.stringify(text)}`);
  return Number(text);
}

interface Wanted {
  from: number;
  /** The first number without objects, and one more than the last. */
  rowsFrom: number;
  to: number;
}

/** Undefined where help is asked for. */
function wantedBy(argv: readonly string[]): Wanted | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      studies: { type: 'string' },
      from: { type: 'string', default: '0' },
      objects: { type: 'string', default: '100' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return undefined;
  if (values.studies === undefined) throw new UsageError('--studies is missing');
  const from = wholeNumber('from', values.from);
  const to = from + wholeNumber('studies', values.studies);
  return { from, rowsFrom: Math.min(to, from + wholeNumber('objects', values.objects)), to };
}

async function storeStudy(services: Services, number: number): Promise<void> {
  const study = makeUpStudy(number);
  for (const series of study.series) {
    for (let instance = 1; instance <= series.instances; instance += 1) {
      const bytes = fileOf(study, series, instance, { thin: true });
      const stored = await storeInstance(services.archive, {
        content: (async function* () {
          yield bytes;
        })(),
      }).outcome;
      if (stored.kind === 'failed') throw new Error(stored.detail);
    }
  }
}

async function fill({ from, rowsFrom, to }: Wanted): Promise<void> {
  const { ISOCENTER_DATA_DIR, ISOCENTER_DATABASE_URL } = process.env;
  if (!ISOCENTER_DATA_DIR && !ISOCENTER_DATABASE_URL)
    throw new UsageError(
      'name the archive that is to be filled, by ISOCENTER_DATA_DIR or ISOCENTER_DATABASE_URL',
    );
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (!stopping.signal.aborted) process.stderr.write('\nstopping: the indexes are made again first\n');
      stopping.abort(new Error('stopped before all studies were in'));
    });
  const began = new Date();
  const settings = readSettings(process.env);
  const logger = createLogger('warn');
  // An archive that is refused stays as it is: not even its schema is brought up to date.
  const asItIs = await openServices(settings, logger, { migrated: true, unpaired: true });
  try {
    await assertTrialArchive(asItIs.pool, { from, to, started: began });
  } finally {
    await asItIs.stop();
  }
  const services = await openServices(settings, logger);
  try {
    for (let number = from; number < rowsFrom; number += 1) {
      stopping.signal.throwIfAborted();
      await storeStudy(services, number);
    }
    const instances = await fillIndex(services.pool, {
      from: rowsFrom,
      to,
      onProgress: (studies) => process.stderr.write(`\r${studies - from} studies`),
      signal: stopping.signal,
    });
    const seconds = (Date.now() - began.getTime()) / 1000;
    console.log(`\n${to - from} studies, ${instances} instances without objects, in ${seconds.toFixed(0)} s`);
  } finally {
    await services.stop();
  }
}

try {
  const wanted = wantedBy(process.argv.slice(2));
  if (wanted) await fill(wanted);
  else console.log(USAGE);
} catch (error) {
  const isUsage =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(error instanceof Error ? error.message : error);
  if (isUsage) console.error(`\n${USAGE}`);
  process.exitCode = 1;
}
