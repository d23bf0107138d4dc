import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, request, storeAll } from '../../conformance/requests.ts';
import type { RealServer } from '../../support/real-server.ts';
import { eachOf, instanceLike, type Named, newStudy, possibleReads, type Read, send } from './every-read.ts';
import { hasObjectStore, provideServers } from './provide-servers.ts';

// What one server changed the others show at once, whatever they, or the client, keep of it: every route, every media type.

const several = provideServers([1, 2], { ISOCENTER_DUPLICATES: 'replace' });
let here: RealServer;
let elsewhere: RealServer;

beforeAll(() => {
  if (hasObjectStore) [here, elsewhere] = several.servers as [RealServer, RealServer];
});

/** What was answered before the change, and is kept by a client since. */
interface Kept {
  read: Read;
  /** Who is asked again: each process of each server has been asked before. */
  server: RealServer;
  answer: Answer;
}

/** Of the server of two processes, to which connections go in turn: each is to keep something. */
async function warmUp(reads: readonly Read[]): Promise<void> {
  for (let i = 0; i < 2; i += 1) await eachOf(reads, (read) => send(elsewhere, read));
}

/** Reads everything so often that every process has had the chance to keep it; each server's last answers. */
async function readAll(reads: readonly Read[]): Promise<Kept[]> {
  await warmUp(reads);
  const each = [here, elsewhere].flatMap((server) => reads.map((read) => ({ read, server })));
  const kept = await eachOf(each, async ({ server, read }) => ({
    read,
    server,
    answer: await send(server, read),
  }));
  for (const { read, answer } of kept) expect(answer.status, told(read, '')).toBe(200);
  await eachOf(kept, async ({ server, read, answer }) => {
    const { etag } = answer.headers;
    if (etag === undefined) return;
    const again = await send(server, read, { headers: { 'If-None-Match': etag } });
    expect(again.status, told(read, 'unchanged')).toBe(304);
  });
  return kept;
}

/** The requests of someone who has, or wants a part of, what was read before. */
function requestsAfter({ answer }: Kept): { method?: string; headers: Record<string, string> }[] {
  const { etag, 'last-modified': lastModified } = answer.headers;
  return [
    { headers: {} },
    { headers: { 'If-None-Match': etag ?? '"none"' } },
    { headers: { 'If-Modified-Since': lastModified ?? new Date().toUTCString() } },
    { headers: { Range: 'bytes=0-9', ...(etag && { 'If-Range': etag }) } },
    { method: 'HEAD', headers: {} },
  ];
}

/** 410 says that it was deleted; a search that finds nothing has succeeded (PS3.18 Table 10.6.3-1). */
function isNothing({ shows }: Read, status: number): boolean {
  return shows === 'matches' ? status === 204 : status === 404 || status === 410;
}

/** For what a failed test says: short. */
function told({ template, path, accept }: Read, found: unknown): string {
  return `${template} ${path.split('?')[1] ?? ''} ${accept ?? ''}: ${JSON.stringify(found)}`;
}

async function expectGone(kept: readonly Kept[]): Promise<void> {
  const wrong = await eachOf(kept, async (one) => {
    const statuses: number[] = [];
    for (const asked of requestsAfter(one)) statuses.push((await send(one.server, one.read, asked)).status);
    return statuses.every((status) => isNothing(one.read, status)) ? [] : [told(one.read, statuses)];
  });
  expect(wrong.flat()).toEqual([]);
}

/** Asks for each as a client does that has the answer of before: what comes is another one. Answers those that came. */
async function expectOthers(kept: readonly Kept[]): Promise<Kept[]> {
  const now = await eachOf(kept, async ({ read, server, answer }) => {
    const etag = answer.headers.etag ?? '"none"';
    const again = await send(server, read, { headers: { 'If-None-Match': etag } });
    const plain = await send(server, read);
    // What has no ETag may say the same thing in other bytes each time: a boundary, the time in a zip.
    const isOne = answer.headers.etag === undefined || again.body.equals(plain.body);
    const found = [again.status, plain.status, isOne, plain.body.equals(answer.body)];
    return { read, server, answer: plain, found };
  });
  const wrong = now.filter(({ found }) => JSON.stringify(found) !== '[200,200,true,false]');
  expect(wrong.map(({ read, found }) => told(read, found))).toEqual([]);
  return now;
}

async function deleteOn(server: RealServer, path: string): Promise<void> {
  const { status } = await request(server.url, `/dicom-web${path}`, { method: 'DELETE' });
  expect(status).toBe(204);
}

async function storeStudy(): Promise<[Named, Named, Named]> {
  const study = newStudy();
  await storeAll(
    here,
    study.map((named, look) => instanceLike(named, look, 'first')),
  );
  return study;
}

const pathOf = ({ study, series, instance }: Named) =>
  `/studies/${study}/series/${series}/instances/${instance}`;

describe.runIf(hasObjectStore)('several servers over one database and one object store', () => {
  it('show nothing of a study that one of them deleted', async () => {
    const [first] = await storeStudy();
    const kept = await readAll(await possibleReads(elsewhere, first));
    await deleteOn(here, `/studies/${first.study}`);
    await expectGone(kept);
  }, 240_000);

  it('show nothing of a series that one of them deleted, and the rest without it', async () => {
    const [first, second, other] = await storeStudy();
    const reads = await possibleReads(elsewhere, first);
    const within = (read: Read) =>
      read.path.includes(first.series) || read.path.includes(`seriesUID=${first.series}`);
    const kept = await readAll(reads);
    await deleteOn(elsewhere, `/studies/${first.study}/series/${first.series}`);
    await expectGone(kept.filter(({ read }) => within(read)));
    const above = kept.filter(({ read }) => !within(read));
    const left = await shownLeft(other);
    for (const { read, answer } of await answersAfter(above)) {
      for (const uid of [first.series, first.instance, second.instance])
        expect(answer.body.includes(uid), told(read, '')).toBe(false);
      if (read.template.endsWith('/thumbnail')) expectOneOf(left, answer);
    }
  }, 240_000);

  it('show nothing of an instance that one of them deleted, and the rest without it', async () => {
    const [first, second, other] = await storeStudy();
    const reads = await possibleReads(elsewhere, first);
    const within = (read: Read) => read.path.includes(first.instance);
    const kept = await readAll(reads);
    await deleteOn(here, pathOf(first));
    await expectGone(kept.filter(({ read }) => within(read)));
    const above = kept.filter(({ read }) => !within(read));
    const left = [...(await shownLeft(second)), ...(await shownLeft(other))];
    for (const { read, answer } of await answersAfter(above)) {
      expect(answer.body.includes(first.instance), told(read, '')).toBe(false);
      if (read.template.endsWith('/thumbnail')) expectOneOf(left, answer);
    }
  }, 240_000);

  it('show what was stored anew under the same UIDs, after it was deleted or in its place', async () => {
    const [first] = await storeStudy();
    const reads = (await possibleReads(elsewhere, first)).filter(({ shows }) => shows === 'instance');
    const kept = await readAll(reads);
    await deleteOn(here, pathOf(first));
    await storeAll(here, [instanceLike(first, 5, 'after deletion')]);
    const second = await expectOthers(kept);
    await warmUp(reads);
    await storeAll(here, [instanceLike(first, 8, 'in its place')]);
    await expectOthers(second);
  }, 240_000);

  it('show what one of them added, also those that were asked for it before', async () => {
    const study = await storeStudy();
    const [{ study: uid }, , { series }] = study;
    const added: Named = { study: uid, series, instance: `${series}.9` };
    const early = await request(elsewhere.url, `/dicom-web${pathOf(added)}/metadata`);
    expect(early.status).toBe(404);
    const reads = (await possibleReads(elsewhere, study[2])).filter(
      ({ shows, template }) => shows !== 'instance' && !template.endsWith('/thumbnail'),
    );
    const kept = await readAll(reads);
    await storeAll(here, [instanceLike(added, 7, 'added')]);
    for (const { read, answer } of await answersAfter(kept)) {
      const isOfInstances = /instances|metadata$|bulkdata$|pixeldata$|rendered$/.test(read.template);
      const says = /^(application|multipart)/.test(answer.headers['content-type'] ?? '');
      if (isOfInstances && says) expect(answer.body.includes(added.instance), told(read, '')).toBe(true);
    }
    for (const server of [here, elsewhere]) {
      const found = await request(server.url, `/dicom-web/studies?StudyInstanceUID=${uid}`);
      expect(JSON.parse(found.text)[0]['00201208'].Value).toEqual([4]);
      expect((await request(server.url, `/dicom-web${pathOf(added)}/metadata`)).status).toBe(200);
    }
  }, 240_000);

  it('answer nothing that was asked for after a deletion, while others still read', async () => {
    for (let round = 0; round < 4; round += 1) {
      const [first] = await storeStudy();
      const reads = await possibleReads(here, first);
      let deletedAt = Number.POSITIVE_INFINITY;
      const asked = { before: 0, after: 0 };
      const wrong: string[] = [];
      const readOn = async (server: RealServer) => {
        for (let lap = 0; lap < 2 || deletedAt === Number.POSITIVE_INFINITY; lap += 1) {
          for (const read of shuffled(reads)) {
            const isAfter = performance.now() > deletedAt;
            const status = await send(server, read).then(
              ({ status }): number | 'cut off' => status,
              // An answer that had begun is cut off where what it shows goes.
              (): 'cut off' => 'cut off',
            );
            asked[isAfter ? 'after' : 'before'] += 1;
            if (isAfter && (status === 'cut off' || !isNothing(read, status))) wrong.push(told(read, status));
          }
          if (performance.now() > deletedAt) return;
        }
      };
      const reading = [here, elsewhere, elsewhere].map(readOn);
      await expect.poll(() => asked.before, { timeout: 30_000 }).toBeGreaterThan(reads.length / 2);
      await deleteOn(round % 2 ? here : elsewhere, `/studies/${first.study}`);
      deletedAt = performance.now();
      await Promise.all(reading);
      expect(wrong).toEqual([]);
      expect(asked.after).toBeGreaterThan(0);
    }
  }, 240_000);
});

/** The answers after a change, for clients with those of before: where one says "unchanged", it must be. */
async function answersAfter(kept: readonly Kept[]): Promise<Kept[]> {
  return eachOf(kept, async ({ read, server, answer: before }) => {
    const answer = await send(server, read);
    expect(answer.status, told(read, '')).toBe(200);
    const etag = before.headers.etag ?? '"none"';
    const conditional = await send(server, read, { headers: { 'If-None-Match': etag } });
    if (conditional.status === 304) expect(answer.body, told(read, '')).toEqual(before.body);
    else expect(conditional.status).toBe(200);
    return { read, server, answer };
  });
}

/** All that a thumbnail of an instance may look like. */
async function shownLeft(named: Named): Promise<Answer[]> {
  const path = `/dicom-web${pathOf(named)}`;
  const types = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/jp2', 'image/jphc'];
  const paths = [`${path}/thumbnail`, `${path}/frames/1/thumbnail`, `${path}/frames/2/thumbnail`];
  const all = paths.flatMap((one) => types.map((type) => ({ one, type })));
  return eachOf(all, ({ one, type }) => request(here.url, one, { headers: { Accept: type } }));
}

function expectOneOf(all: readonly Answer[], answer: Answer): void {
  expect(all.some(({ status, body }) => status === 200 && body.equals(answer.body))).toBe(true);
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
