import { parseArgs } from 'node:util';
import { storeInstance } from '../../../server/archive/store/store-instance.ts';
import { openServices, type Services } from '../../../server/compose.ts';
import { readSettings } from '../../../server/config/settings.ts';
import { createLogger } from '../../../server/telemetry/logger.ts';
import { fileOf } from './data-sets.ts';
import { fillIndex } from './fill-index.ts';
import { makeUpStudy } from './studies.ts';

const USAGE = `npm run bench:large-archive -- --studies 100000 [--from 0] [--objects 100]
Puts made-up studies into the archive that ISOCENTER_* name (./data by default): rows of the index, with objects behind the first
of them only (--objects). Nobody else may use the archive meanwhile, and its PostgreSQL account must be a superuser.`;

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${text} is no whole number\n${USAGE}`);
  return Number(text);
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

const { values } = parseArgs({
  options: {
    studies: { type: 'string' },
    from: { type: 'string', default: '0' },
    objects: { type: 'string', default: '100' },
  },
});
const from = wholeNumber(values.from);
const to = from + wholeNumber(values.studies ?? '');
const rowsFrom = Math.min(to, from + wholeNumber(values.objects));
const services = await openServices(readSettings(process.env), createLogger('warn'));
try {
  const started = performance.now();
  for (let number = from; number < rowsFrom; number += 1) await storeStudy(services, number);
  const instances = await fillIndex(services.pool, {
    from: rowsFrom,
    to,
    onProgress: (studies) => process.stderr.write(`\r${studies - from} studies`),
  });
  const seconds = (performance.now() - started) / 1000;
  console.log(`\n${to - from} studies, ${instances} instances without objects, in ${seconds.toFixed(0)} s`);
} finally {
  await services.stop();
}
