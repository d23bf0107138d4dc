import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { describeWithSharedFiles, forEachOfTwo } from '../integration/dicom/shared-files.ts';
import { FRAME_KINDS, type FrameDifference, frameDifferences } from './frame-differences.ts';
import { type Kind, sortOut } from './kinds.ts';
import { compareMetadata, METADATA_KINDS, type MetadataDifference } from './metadata-differences.ts';
import { type RenderedDifference, renderedDifferences } from './rendered-differences.ts';
import { RENDERED_KINDS } from './rendered-kinds.ts';
import { disputes, type SearchDifference, searchDifferences } from './search-differences.ts';
import { QUERIES, SEARCH_KINDS } from './search-kinds.ts';
import { STORE_KINDS } from './store-kinds.ts';
import {
  empty,
  keepCommon,
  type SharedInstance,
  type StoreVerdicts,
  sharedRounds,
  startTwoArchives,
  storeInBoth,
  type TwoArchives,
} from './two-archives.ts';

// Each kind of difference is listed, with the section of the Standard that decides it, in the *_KINDS tables of this folder.

let two: TwoArchives;
const stored: StoreVerdicts[] = [];
const found: SearchDifference[] = [];
const metadata: MetadataDifference[] = [];
const frames: FrameDifference[] = [];
const rendered: RenderedDifference[] = [];
/** How many were compared: an empty list of differences says nothing of nothing. */
const compared = { metadata: 0, frames: 0, rendered: 0 };

async function compareSearches(common: readonly SharedInstance[]): Promise<void> {
  const disputed = disputes(common);
  for (const query of QUERIES) found.push(...(await searchDifferences(two, query, disputed)));
}

/** All in metadata and stored frames; what has to be decoded only of a sample. */
async function compareInstance(instance: SharedInstance, isOfSample: boolean): Promise<void> {
  metadata.push(...(await compareMetadata(two, instance)));
  compared.metadata++;
  if (instance.frames === 0) return;
  for (const frame of new Set([1, instance.frames])) {
    frames.push(...(await frameDifferences(two, instance, frame, isOfSample)));
    compared.frames++;
  }
  if (!isOfSample) return;
  rendered.push(...(await renderedDifferences(two, instance)));
  compared.rendered++;
}

/** The first that each study has of each kind of pixels, and all of color/: enough to see how they are decoded and rendered. */
function sampleOf(instances: readonly SharedInstance[]): Set<SharedInstance> {
  const kindOf = ({ file, study, transferSyntaxUID, photometric, dataSet }: SharedInstance) =>
    file.startsWith('color/')
      ? file
      : [study, transferSyntaxUID, photometric, dataSet['00280101']?.Value?.[0]].join(' ');
  return new Set(new Map(instances.toReversed().map((instance) => [kindOf(instance), instance])).values());
}

/** Fails where a difference is of no kind, or a kind is met no more. */
function expectListed<Difference>(
  table: readonly Kind<Difference>[],
  differences: readonly Difference[],
  describeOne: (difference: Difference) => string,
): void {
  const { unlisted, unmet } = sortOut(table, differences);
  expect(unlisted.map(describeOne)).toEqual([]);
  expect(unmet).toEqual([]);
  for (const { what, right } of table) expect(['ours', 'either'], what).toContain(right);
}

describeWithSharedFiles('ours and Orthanc, given the same files', () => {
  const isThere = inject('orthanc') !== null;

  beforeAll(async () => {
    if (!isThere) return;
    two = await startTwoArchives();
    for (const [number, round] of (await sharedRounds()).entries()) {
      const verdicts = await storeInBoth(two, round);
      stored.push(...verdicts);
      const common = await keepCommon(two, verdicts);
      if (number === 0) await compareSearches(common);
      const sample = sampleOf(common);
      await forEachOfTwo(common, (instance) => compareInstance(instance, sample.has(instance)));
      await empty(two, round);
    }
  }, 300_000);

  afterAll(async () => {
    await two?.stop();
  });

  it.runIf(isThere)('differ in what they store only as listed', () => {
    const differences = stored.filter(({ ours, theirs }) => ours !== theirs);
    expect(stored.length).toBeGreaterThan(600);
    expectListed(STORE_KINDS, differences, (one) => `${one.instance.file}: ${one.ours}, not ${one.theirs}`);
  });

  it.runIf(isThere)('differ in what they find only as listed', () => {
    expect(found.length).toBeGreaterThan(0);
    expectListed(
      SEARCH_KINDS,
      found,
      (one) => `${one.query} ${one.uids} ${one.what}: ${one.ours}, not ${one.theirs}`,
    );
  });

  it.runIf(isThere)('differ in metadata and bulk data only as listed', () => {
    expect(compared.metadata).toBeGreaterThan(600);
    expectListed(
      METADATA_KINDS,
      metadata,
      ({ instance, path, ours, theirs, sameBytes }) =>
        `${instance.file} ${path}: ${JSON.stringify(ours)}, not ${JSON.stringify(theirs)} ${sameBytes ?? ''}`,
    );
  });

  it.runIf(isThere)('differ in frames, as stored and decoded, only as listed', () => {
    expect(compared.frames).toBeGreaterThan(600);
    expectListed(FRAME_KINDS, frames, ({ instance, frame, asked, ours, theirs, mean, greatest }) =>
      [
        `${instance.file} (${instance.transferSyntaxUID} ${instance.photometric}) frame ${frame} as ${asked}:`,
        `${ours.status} ${ours.transferSyntaxUID} ${ours.bytes.length} bytes,`,
        `not ${theirs.status} ${theirs.transferSyntaxUID} ${theirs.bytes.length}; apart ${mean} ${greatest}`,
      ].join(' '),
    );
  });

  it.runIf(isThere)('differ in rendered images only as listed', () => {
    expect(compared.rendered).toBeGreaterThan(150);
    expectListed(
      RENDERED_KINDS,
      rendered,
      ({ instance, type, window, ours, theirs, mean, greatest }) =>
        `${instance.file} (${instance.photometric}) ${type} ${window}: ${ours}, not ${theirs}; apart ${mean} ${greatest}`,
    );
  });
});
