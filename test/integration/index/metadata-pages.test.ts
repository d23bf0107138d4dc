import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type MetadataPage,
  type MetadataScope,
  metadataPages,
} from '../../../storage/index/metadata-pages.ts';
import { inTransaction } from '../../../storage/index/pool.ts';
import { insertInstances } from '../../../storage/index/store/insert-instances.ts';
import type { InstanceRecord } from '../../../storage/index/store/instance-record.ts';
import { testUid } from '../../support/make-instance.ts';
import { makeRecord, readTestRecord, startTestIndex, type TestIndex } from './test-index.ts';

let index: TestIndex;
beforeAll(async () => {
  index = await startTestIndex();
});
afterAll(() => index?.stop());

/** A study with a series for each of `series`, which has so many instances with metadata of so many characters. */
async function storeStudy(series: readonly { instances: number; characters: number }[]) {
  const StudyInstanceUID = testUid();
  const stored = series.map(({ instances, characters }) => {
    const SeriesInstanceUID = testUid();
    return Array.from({ length: instances }, (): InstanceRecord => {
      const record = makeRecord({ StudyInstanceUID, SeriesInstanceUID });
      return { ...record, metadata: record.metadata.padEnd(characters) };
    });
  });
  const records = stored.flat();
  for (let at = 0; at < records.length; at += 1000)
    await inTransaction(index.pool, (client) =>
      insertInstances(client, records.slice(at, at + 1000), readTestRecord),
    );
  return { studyInstanceUID: StudyInstanceUID, stored };
}

async function pagesOf(scope: MetadataScope): Promise<MetadataPage[]> {
  const pages: MetadataPage[] = [];
  for await (const page of metadataPages(index.pool, scope)) pages.push(page);
  return pages;
}

const uidsOf = (records: readonly InstanceRecord[]) =>
  records.map(({ metadata }) => readTestRecord(metadata).values.SOPInstanceUID?.[0]).sort();

describe('pages of metadata', () => {
  it('hold a small study whole, or one of its series, and nothing of others', async () => {
    const { studyInstanceUID, stored } = await storeStudy([
      { instances: 3, characters: 0 },
      { instances: 2, characters: 0 },
    ]);
    await storeStudy([{ instances: 2, characters: 0 }]);
    const pages = await pagesOf({ studyInstanceUID });
    expect(pages.map(({ isLast }) => isLast)).toEqual([true]);
    expect(pages[0]?.instances.map((one) => one.sopInstanceUID).sort()).toEqual(uidsOf(stored.flat()));
    for (const one of pages[0]?.instances ?? []) {
      const { values } = readTestRecord(one.metadata);
      expect([one.studyInstanceUID, one.seriesInstanceUID, one.sopInstanceUID]).toEqual([
        values.StudyInstanceUID?.[0],
        values.SeriesInstanceUID?.[0],
        values.SOPInstanceUID?.[0],
      ]);
    }
    const seriesInstanceUID = String(
      readTestRecord(stored[1]?.[0]?.metadata ?? '').values.SeriesInstanceUID?.[0],
    );
    const [page] = await pagesOf({ studyInstanceUID, seriesInstanceUID });
    expect(page?.instances.map((one) => one.sopInstanceUID).sort()).toEqual(uidsOf(stored[1] ?? []));
  });

  it('end after a few megabytes, or after one instance that is larger, and go on where they ended', async () => {
    const { studyInstanceUID, stored } = await storeStudy([
      { instances: 5, characters: 1_500_000 },
      { instances: 1, characters: 6_000_000 },
      { instances: 2, characters: 1000 },
    ]);
    const pages = await pagesOf({ studyInstanceUID });
    expect(pages.map(({ instances }) => instances.length)).toEqual([3, 3, 2]);
    expect(pages.map(({ isLast }) => isLast)).toEqual([false, false, true]);
    expect(pages.flatMap(({ instances }) => instances.map((one) => one.sopInstanceUID)).sort()).toEqual(
      uidsOf(stored.flat()),
    );
  });

  it('end after some thousand instances', async () => {
    const { studyInstanceUID, stored } = await storeStudy([{ instances: 5001, characters: 0 }]);
    const pages = await pagesOf({ studyInstanceUID });
    expect(pages.map(({ instances, isLast }) => [instances.length, isLast])).toEqual([
      [5000, false],
      [1, true],
    ]);
    expect(pages.flatMap(({ instances }) => instances.map((one) => one.sopInstanceUID)).sort()).toEqual(
      uidsOf(stored.flat()),
    );
  });

  it('are one, and empty, of what is not there', async () => {
    expect(await pagesOf({ studyInstanceUID: testUid() })).toEqual([{ instances: [], isLast: true }]);
  });
});
