import { SingleBar } from 'cli-progress';
import type { ArchiveParts } from '../archive/archive-parts.ts';
import { storeInstance } from '../archive/store/store-instance.ts';
import type { FailureKind, StoreOutcome } from '../archive/store/store-outcome.ts';
import type { DicomSource } from './dicom-sources.ts';

/** Files read at the same time: enough to keep the disk and the index busy on few cores. */
const AT_ONCE = 8;

export interface Refused {
  name: string;
  failure: FailureKind | 'unreadable';
  detail: string;
}

export interface StoreSummary {
  stored: number;
  already: number;
  refused: Refused[];
  bytes: number;
  seconds: number;
}

/** True where it was the archive or the disk that failed, not the file that was wrong: then nobody knows what is lost. */
export function isFault({ failure }: Refused): boolean {
  return failure === 'processing-failure' || failure === 'out-of-resources' || failure === 'unreadable';
}

/** Stores `sources` under a progress bar of files and megabytes a second. `expected` is their number, where it is known. */
export async function storeSources(
  parts: ArchiveParts,
  sources: AsyncIterable<DicomSource>,
  expected: number,
): Promise<StoreSummary> {
  const summary: StoreSummary = { stored: 0, already: 0, refused: [], bytes: 0, seconds: 0 };
  const bar = new SingleBar({
    format: '{bar} {value}/{total} files  {rate} MB/s  {refused} refused',
    hideCursor: true,
    noTTYOutput: false,
    clearOnComplete: true,
  });
  const started = performance.now();
  bar.start(expected, 0, { rate: '0.0', refused: 0 });
  const iterator = sources[Symbol.asyncIterator]();
  const storeNext = async () => {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      const outcome = await storeOne(parts, next.value);
      count(summary, next.value, outcome);
      summary.seconds = (performance.now() - started) / 1000;
      bar.increment(1, {
        rate: (summary.bytes / 1e6 / summary.seconds).toFixed(1),
        refused: summary.refused.length,
      });
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, storeNext));
  } finally {
    bar.stop();
  }
  return summary;
}

/** A file that the disk did not give. */
interface Unreadable {
  kind: 'failed';
  failure: 'unreadable';
  detail: string;
}

async function storeOne(parts: ArchiveParts, source: DicomSource): Promise<StoreOutcome | Unreadable> {
  try {
    return await storeInstance(parts, { content: await source.open() }).outcome;
  } catch (error) {
    const detail = `it could not be read: ${error instanceof Error ? error.message : String(error)}`;
    return { kind: 'failed', failure: 'unreadable', detail };
  }
}

function count(summary: StoreSummary, source: DicomSource, outcome: StoreOutcome | Unreadable): void {
  summary.bytes += source.sizeBytes;
  if (outcome.kind === 'stored') {
    if (outcome.already) summary.already += 1;
    else summary.stored += 1;
  } else {
    summary.refused.push({ name: source.name, failure: outcome.failure, detail: outcome.detail });
  }
}
