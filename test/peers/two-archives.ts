import { inject } from 'vitest';
import type { DataSet } from '../../server/dicom/data-set.ts';
import type { Json } from '../conformance/requests.ts';
import { firstOf, request, store } from '../conformance/requests.ts';
import { readInstance, readShared, sharedFiles } from '../integration/dicom/shared-files.ts';
import { type Orthanc, startOrthanc } from '../support/orthanc.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

/** Ours and Orthanc, to be asked the same. */
export interface TwoArchives {
  ours: TestServer;
  theirs: Orthanc;
  stop(): Promise<void>;
}

export async function startTwoArchives(): Promise<TwoArchives> {
  const path = inject('orthanc');
  if (!path) throw new Error('no Orthanc on this machine; the end of the run says why');
  const [ours, theirs] = await Promise.all([startServer(), startOrthanc(path, { peers: {} })]);
  return {
    ours,
    theirs,
    stop: async () => {
      await ours.stop();
      await theirs.stop();
    },
  };
}

/** A file of ../shared/dicom and what its data set says of itself. */
export interface SharedInstance {
  file: string;
  study: string;
  series: string;
  instance: string;
  transferSyntaxUID: string;
  frames: number;
  photometric: string;
  dataSet: DataSet;
  /** `/studies/{}/series/{}/instances/{}` */
  path: string;
}

/**
 * The instances of the shared files, in rounds within which no SOP Instance UID comes twice: several files are one image in another
 * encoding. What has no UIDs is in no round.
 */
export async function sharedRounds(): Promise<SharedInstance[][]> {
  const rounds: SharedInstance[][] = [];
  const seen = new Map<string, number>();
  for (const file of sharedFiles()) {
    const parsed = await readInstance(readShared(file)).catch(() => undefined);
    if (!parsed) continue;
    const { dataSet, transferSyntaxUID, pixelData } = parsed;
    const photometric = String(dataSet['00280004']?.Value?.[0] ?? '');
    const uids = ['0020000D', '0020000E', '00080018'].map((tag) => String(dataSet[tag]?.Value?.[0] ?? ''));
    const [study = '', series = '', instance = ''] = uids;
    if (uids.includes('')) continue;
    const round = seen.get(instance) ?? 0;
    seen.set(instance, round + 1);
    const path = `/studies/${study}/series/${series}/instances/${instance}`;
    const frames = pixelData?.numberOfFrames ?? 0;
    rounds[round] ??= [];
    rounds[round].push({
      ...{ file, study, series, instance, path },
      ...{ transferSyntaxUID, frames, photometric, dataSet },
    });
  }
  return rounds;
}

/** What each archive says to a file. */
export interface StoreVerdicts {
  instance: SharedInstance;
  ours: string;
  theirs: string;
}

/** Stores all in both, one at a time, so that both have the same first instance of each study. */
export async function storeInBoth(
  { ours, theirs }: TwoArchives,
  instances: readonly SharedInstance[],
): Promise<StoreVerdicts[]> {
  const verdicts: StoreVerdicts[] = [];
  for (const instance of instances) {
    const bytes = readShared(instance.file);
    const [a, b] = await Promise.all([store(ours, [bytes]), store(theirs, [bytes])]);
    verdicts.push({ instance, ours: verdict(a), theirs: verdict(b) });
  }
  return verdicts;
}

function verdict(answer: { status: number; failed: Json[]; referenced: Json[] }): string {
  const reason = firstOf(answer.failed[0], '00081197');
  return answer.referenced.length > 0 ? 'stored' : `${answer.status} ${String(reason ?? '')}`.trim();
}

/** Removes from each what the other has refused; answers what both have. */
export async function keepCommon(
  { ours, theirs }: TwoArchives,
  verdicts: readonly StoreVerdicts[],
): Promise<SharedInstance[]> {
  const common: SharedInstance[] = [];
  for (const verdict of verdicts) {
    const { instance } = verdict;
    if (verdict.ours === 'stored' && verdict.theirs === 'stored') common.push(instance);
    else if (verdict.ours === 'stored')
      await request(ours.url, `/dicom-web${instance.path}`, { method: 'DELETE' });
    else if (verdict.theirs === 'stored') await removeFrom(theirs.url, instance.instance);
  }
  return common;
}

async function removeFrom(orthanc: string, sopInstanceUID: string): Promise<void> {
  const { text } = await request(orthanc, '/tools/lookup', { method: 'POST', body: sopInstanceUID });
  for (const { Path } of JSON.parse(text) as { Path: string }[])
    await request(orthanc, Path, { method: 'DELETE' });
}

/** Deletes all studies of both. */
export async function empty(
  { ours, theirs }: TwoArchives,
  instances: readonly SharedInstance[],
): Promise<void> {
  for (const study of new Set(instances.map((instance) => instance.study)))
    await request(ours.url, `/dicom-web/studies/${study}`, { method: 'DELETE' });
  const { text } = await request(theirs.url, '/patients');
  for (const id of JSON.parse(text) as string[])
    await request(theirs.url, `/patients/${id}`, { method: 'DELETE' });
}
