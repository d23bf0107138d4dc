import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { firstOf, type Json, request, search, store, valuesOf } from '../../conformance/requests.ts';
import { retrieveInstance } from '../../support/dicomweb-requests.ts';
import { makeInstance, testUid } from '../../support/make-instance.ts';
import type { RealServer } from '../../support/real-server.ts';
import { hasObjectStore, provideServers } from './provide-servers.ts';

// Several senders, each by another server, of the same study, series and instances at the same moment.

const several = provideServers([1, 1, 1]);
const ROUNDS = 6;

interface Names {
  study: string;
  series: string;
  instance: string;
}

function instanceOf({ study, series, instance }: Names, modality: string, comment = ''): Uint8Array {
  return makeInstance({
    attributes: {
      StudyInstanceUID: study,
      SeriesInstanceUID: series,
      SOPInstanceUID: instance,
      PatientID: study,
      Modality: modality,
      ImageComments: comment,
    },
    image: { rows: 32, columns: 32 },
  });
}

/** What each server says of the study: series, instances, modalities, and its instances. */
async function shownOf(
  study: string,
): Promise<{ counts: unknown[]; modalities: unknown[]; instances: string[] }[]> {
  return Promise.all(
    several.servers.map(async (server) => {
      const found = await search(server, `/studies?StudyInstanceUID=${study}`);
      expect(found).toHaveLength(1);
      const instances = await search(server, `/studies/${study}/instances`);
      return {
        counts: ['00201206', '00201208'].map((tag) => firstOf(found[0], tag)),
        modalities: [...valuesOf(found[0], '00080061')].sort(),
        instances: instances.map((one) => String(firstOf(one, '00080018'))).sort(),
      };
    }),
  );
}

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const uidsOf = (items: readonly Json[]) => items.map((item) => String(firstOf(item, '00081155'))).sort();

describe.runIf(hasObjectStore)('several servers that are sent the same at the same moment', () => {
  it('store it once, and tell every sender that it is stored', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [study, series] = [testUid(), testUid()];
      const all = Array.from({ length: 4 }, () => ({ study, series, instance: testUid() }));
      const bytes = all.map((names) => instanceOf(names, 'CT'));
      const uids = all.map(({ instance }) => instance).sort();
      const answers = await Promise.all(
        // Not in the same order: whoever locks what he meets would wait for the other for ever.
        [...several.servers, ...several.servers].map((server, i) =>
          store(server, i % 2 ? bytes : [...bytes].reverse()),
        ),
      );
      for (const answer of answers) {
        expect(answer.status, answer.text).toBe(200);
        expect(uidsOf(answer.referenced)).toEqual(uids);
      }
      for (const shown of await shownOf(study))
        expect(shown).toEqual({ counts: [1, 4], modalities: ['CT'], instances: uids });
    }
  });

  it('take one of several that bear the same UIDs, and tell the other senders so', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const names = { study: testUid(), series: testUid(), instance: testUid() };
      const all = several.servers.map((_, i) => instanceOf(names, 'MR', `of sender ${i}`));
      const answers = await Promise.all(
        several.servers.map((server, i) => store(server, [all[i] ?? new Uint8Array()])),
      );
      const taken = answers.flatMap(({ referenced }, i) => (referenced.length === 1 ? [i] : []));
      expect(taken).toHaveLength(1);
      for (const [i, { status, failed }] of answers.entries()) {
        expect(status).toBe(taken.includes(i) ? 200 : 409);
        expect(failed).toHaveLength(taken.includes(i) ? 0 : 1);
      }
      const wanted = digestOf(all[taken[0] ?? 0] ?? new Uint8Array());
      for (const server of several.servers)
        expect(digestOf(await retrieveInstance(server.url, names))).toBe(wanted);
    }
  });

  it('make one study of what is sent to each: series of one server, instances of another', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const study = testUid();
      const series = ['CT', 'MR', 'US'].map((modality) => ({ modality, uid: testUid() }));
      const sent = several.servers.flatMap((server) =>
        series.flatMap(({ modality, uid }) =>
          [0, 1].map(() => ({ server, modality, names: { study, series: uid, instance: testUid() } })),
        ),
      );
      const answers = await Promise.all(
        sent.map(({ server, modality, names }) => store(server, [instanceOf(names, modality)])),
      );
      for (const answer of answers) expect(answer.status, answer.text).toBe(200);
      const instances = sent.map(({ names }) => names.instance).sort();
      for (const shown of await shownOf(study))
        expect(shown).toEqual({ counts: [3, 18], modalities: ['CT', 'MR', 'US'], instances });
    }
  });

  it('store and delete the same study without a fault, and show what the last of them left', async () => {
    const study = testUid();
    const series = testUid();
    const statuses: number[] = [];
    const storing = several.servers.map(async (server) => {
      for (let i = 0; i < 10; i += 1) {
        const names = { study, series, instance: testUid() };
        statuses.push((await store(server, [instanceOf(names, 'CT')])).status);
      }
    });
    const deleting = several.servers.map(async (server) => {
      for (let i = 0; i < 6; i += 1) {
        const { status } = await request(server.url, `/dicom-web/studies/${study}`, { method: 'DELETE' });
        expect([204, 404, 410]).toContain(status);
      }
    });
    await Promise.all([...storing, ...deleting]);
    expect(statuses).toEqual(Array(30).fill(200));
    const last = { study, series, instance: testUid() };
    const [server] = several.servers as [RealServer];
    expect((await store(server, [instanceOf(last, 'CT')])).status).toBe(200);
    const [first, ...others] = await shownOf(study);
    for (const other of others) expect(other).toEqual(first);
    expect(first?.counts).toEqual([1, first?.instances.length]);
    expect(first?.instances).toContain(last.instance);
    for (const instance of first?.instances ?? [])
      expect(
        await retrieveInstance(several.servers[1]?.url ?? '', { study, series, instance }),
      ).toBeDefined();
  });
});
