import { demoInstanceCount, demoStudies } from '../demo/demo-studies.ts';
import { complain, say, withServices } from './command.ts';
import type { DicomSource } from './dicom-sources.ts';
import { storeSources } from './store-sources.ts';

/** `isocenter demo`: synthetic studies of people who do not exist; the same every time, so that they are stored once. */
export function storeDemo(): Promise<void> {
  return withServices(async ({ archive }) => {
    const { stored, already, refused, seconds } = await storeSources(
      archive,
      demoSources(),
      demoInstanceCount,
    );
    for (const { name, detail } of refused) complain(`${name}: ${detail}`);
    say(
      `${stored} synthetic instances stored, ${already} stored before, in ${seconds.toFixed(1)} s. Open the study list to read them.`,
    );
    if (refused.length > 0) process.exitCode = 1;
  });
}

async function* demoSources(): AsyncGenerator<DicomSource> {
  for await (const { study, bytes } of demoStudies()) {
    yield { name: study, sizeBytes: bytes.length, open: async () => oneChunk(bytes) };
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
