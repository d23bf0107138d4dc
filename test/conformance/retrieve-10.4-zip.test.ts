import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import yauzl from 'yauzl';
import type { DataSet } from '../../server/dicom/data-set.ts';
import { Part10Reader } from '../../server/dicom/read/part10-reader.ts';
import { type Attributes, type ImageOptions, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { get, storeAll } from './requests.ts';

const run = promisify(execFile);
const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const RLE = '1.2.840.10008.1.2.5';
const SR = '1.2.840.10008.5.1.4.1.1.88.11';

let server: TestServer;
const StudyInstanceUID = testUid();
const [firstSeries, secondSeries, srSeries] = [testUid(), testUid(), testUid()];
const stored = new Map<string, Uint8Array>();

function add(transferSyntaxUID: string, attributes: Attributes, image?: ImageOptions): void {
  const SOPInstanceUID = testUid();
  const all = {
    StudyInstanceUID,
    SOPInstanceUID,
    PatientName: 'Müller^Jörg=山田^太郎',
    SpecificCharacterSet: 'ISO_IR 192',
    PatientID: 'SECRET-7',
    ...attributes,
  };
  stored.set(SOPInstanceUID, makeInstance({ transferSyntaxUID, attributes: all, ...(image && { image }) }));
}

beforeAll(async () => {
  server = await startServer();
  for (const InstanceNumber of [1, 2])
    add(
      EXPLICIT,
      { SeriesInstanceUID: firstSeries, InstanceNumber, ImageType: ['ORIGINAL', 'PRIMARY'] },
      { rows: 16, columns: 16 },
    );
  add(
    IMPLICIT,
    { SeriesInstanceUID: secondSeries, SeriesNumber: 2, Modality: 'MR' },
    { rows: 16, columns: 16 },
  );
  add(EXPLICIT, {
    SeriesInstanceUID: srSeries,
    SeriesNumber: 3,
    Modality: 'SR',
    SOPClassUID: SR,
    CompletionFlag: 'COMPLETE',
    VerificationFlag: 'VERIFIED',
    ContentDate: '20260102',
    ContentTime: '030405',
    VerifyingObserverSequence: [
      { VerificationDateTime: '20260102030405' },
      { VerificationDateTime: '20260103' },
    ],
    ContentSequence: [
      {
        RelationshipType: 'HAS CONCEPT MOD',
        ValueType: 'CODE',
        ConceptNameCodeSequence: [
          { CodeValue: '121049', CodingSchemeDesignator: 'DCM', CodeMeaning: 'Language of Content Item' },
        ],
        ConceptCodeSequence: [
          { CodeValue: 'eng', CodingSchemeDesignator: 'RFC3066', CodeMeaning: 'English' },
        ],
      },
      { RelationshipType: 'CONTAINS', ValueType: 'TEXT', TextValue: 'secret' },
    ],
    ConceptNameCodeSequence: [{ CodeValue: '11528-7', CodingSchemeDesignator: 'LN', CodeMeaning: 'Report' }],
    ValueType: 'CONTAINER',
    ContinuityOfContent: 'SEPARATE',
  });
  await storeAll(server, [...stored.values()]);
});
afterAll(() => server?.stop());

/** Contents by name; throws where a checksum is wrong. */
async function unzipped(zip: Buffer): Promise<Map<string, Buffer>> {
  const file = await yauzl.fromBufferPromise(zip);
  const found = new Map<string, Buffer>();
  for await (const entry of file.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await file.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    const content = Buffer.concat(chunks);
    if (crc32(content) !== entry.crc32) throw new Error(`a wrong checksum of ${entry.fileName}`);
    found.set(entry.fileName, content);
  }
  return found;
}

async function read(bytes: Uint8Array) {
  const reader = new Part10Reader();
  await reader.write(bytes);
  return reader.end();
}

const textOf = (dataSet: DataSet | undefined, tag: string) => dataSet?.[tag]?.Value?.map(String).join('\\');

/** Records by their offsets in the file, and the tree that their links make (PS3.3 F.2). */
async function directoryOf(bytes: Buffer) {
  const { dataSet, transferSyntaxUID, warnings, fileMeta } = await read(bytes);
  expect(transferSyntaxUID).toBe(EXPLICIT);
  expect(fileMeta['00020002']?.Value).toEqual(['1.2.840.10008.1.3.10']);
  expect(warnings).toEqual([]);
  const items = (dataSet['00041220']?.Value ?? []) as DataSet[];
  const records = new Map<number, DataSet>();
  let at = bytes.indexOf(Buffer.from('0400201253510000', 'hex')) + 12;
  for (const item of items) {
    expect(bytes.readUInt32LE(at)).toBe(0xe000fffe);
    records.set(at, item);
    at += 8 + bytes.readUInt32LE(at + 4);
  }
  expect(at).toBe(bytes.length);
  const linked = (offset: unknown): DataSet[] => {
    if (offset === 0) return [];
    const record = records.get(Number(offset));
    if (!record) throw new Error(`an offset at which no record begins: ${offset}`);
    return [record, ...linked(record['00041400']?.Value?.[0])];
  };
  const below = (record: DataSet | undefined) => linked(record?.['00041420']?.Value?.[0] ?? 0);
  return { root: linked(dataSet['00041200']?.Value?.[0]), below, count: items.length };
}

const path = () => `/studies/${StudyInstanceUID}`;

describe('application/zip (PS3.18 Table 10.4.4-1)', () => {
  it('holds the files as they are stored where these are asked for', async () => {
    const answer = await get(server, path(), 'application/zip; transfer-syntax=*');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/zip');
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="${StudyInstanceUID}.zip"`);
    const files = await unzipped(answer.body);
    const instances = [...files.entries()].filter(([name]) => name !== 'DICOMDIR').map(([, bytes]) => bytes);
    expect(instances.map((bytes) => crc32(bytes)).sort()).toEqual(
      [...stored.values()].map((bytes) => crc32(bytes)).sort(),
    );
  });

  it('names files by numbers: nothing of the patient, nothing that leaves the folder', async () => {
    const files = await unzipped((await get(server, path(), 'application/zip')).body);
    expect([...files.keys()]).toEqual([
      'DICOM/SE000001/IM000001',
      'DICOM/SE000001/IM000002',
      'DICOM/SE000002/IM000001',
      'DICOM/SE000003/IM000001',
      'DICOMDIR',
    ]);
  });

  it('is in Explicit VR Little Endian by default, in another transfer syntax when that is asked for', async () => {
    const plain = await unzipped((await get(server, path(), 'application/zip')).body);
    for (const [name, bytes] of plain) expect((await read(bytes)).transferSyntaxUID, name).toBe(EXPLICIT);
    const accept = `application/zip; transfer-syntax=${RLE}, application/zip; transfer-syntax=${EXPLICIT}; q=0.1`;
    const answer = await get(server, path(), accept);
    expect(answer.status).toBe(200);
    const files = await unzipped(answer.body);
    expect((await read(files.get('DICOM/SE000001/IM000001') ?? Buffer.alloc(0))).transferSyntaxUID).toBe(RLE);
    const partial = await get(server, path(), `application/zip; transfer-syntax=${RLE}`);
    expect(partial.status).toBe(206);
    expect((await unzipped(partial.body)).size).toBe(4);
    expect((await get(server, path(), 'application/zip; transfer-syntax=1.2.3')).status).toBe(406);
  });

  it('is of a series or an instance too, and only for who names it', async () => {
    const series = await get(server, `${path()}/series/${firstSeries}`, 'application/zip');
    expect((await unzipped(series.body)).size).toBe(3);
    const [uid] = stored.keys();
    const one = await get(server, `${path()}/series/${firstSeries}/instances/${uid}`, 'application/zip');
    expect((await unzipped(one.body)).size).toBe(2);
    expect((await get(server, path(), '*/*')).headers['content-type']).toContain('multipart/related');
    const rather = 'multipart/related; type="application/dicom", application/zip; q=0.5';
    expect((await get(server, path(), rather)).headers['content-type']).toContain('multipart/related');
    expect((await get(server, '/studies/1.2.3', 'application/zip')).status).toBe(404);
  });
});

describe('its DICOMDIR (PS3.10 8.6, PS3.3 F)', () => {
  it('leads from the patient to every file', async () => {
    const files = await unzipped((await get(server, path(), 'application/zip')).body);
    const { root, below, count } = await directoryOf(files.get('DICOMDIR') ?? Buffer.alloc(0));
    expect(count).toBe(9);
    expect(root.map((record) => textOf(record, '00041430'))).toEqual(['PATIENT']);
    expect(root[0]?.['00100010']?.Value).toEqual([{ Alphabetic: 'Müller^Jörg', Ideographic: '山田^太郎' }]);
    expect(textOf(root[0], '00100020')).toBe('SECRET-7');
    const studies = below(root[0]);
    expect(studies.map((record) => textOf(record, '0020000D'))).toEqual([StudyInstanceUID]);
    const series = below(studies[0]);
    expect(series.map((record) => textOf(record, '0020000E'))).toEqual([firstSeries, secondSeries, srSeries]);
    const leaves = series.flatMap((record) => below(record));
    expect(leaves.map((record) => textOf(record, '00041430'))).toEqual([
      'IMAGE',
      'IMAGE',
      'IMAGE',
      'SR DOCUMENT',
    ]);
    for (const leaf of leaves) {
      const file = files.get((textOf(leaf, '00041500') ?? '').replaceAll('\\', '/'));
      const { dataSet, transferSyntaxUID } = await read(file ?? Buffer.alloc(0));
      expect(textOf(leaf, '00041511')).toBe(textOf(dataSet, '00080018'));
      expect(textOf(leaf, '00041510')).toBe(textOf(dataSet, '00080016'));
      expect(textOf(leaf, '00041512')).toBe(transferSyntaxUID);
      expect(leaf['00041410']?.Value).toEqual([0xffff]);
    }
    expect(leaves[3]?.['0040A043']?.Value).toMatchObject([{ '00080100': { Value: ['11528-7'] } }]);
    expect(textOf(leaves[3], '0040A491')).toBe('COMPLETE');
    expect(textOf(leaves[3], '0040A030')).toBe('20260103');
    expect(JSON.stringify(leaves[3])).toContain('Language of Content Item');
    expect(JSON.stringify(leaves[3])).not.toContain('secret');
  });

  it('has a record for each patient of a study, with what is theirs below it', async () => {
    const study = testUid();
    const series = testUid();
    for (const [SOPInstanceUID, PatientID, PatientName] of [
      ['1.2.1', 'A', 'First'],
      ['1.2.2', 'B', 'Second'],
      ['1.2.3', 'A', 'First'],
      ['1.2.4', 'A', 'Other'],
    ]) {
      const attributes = { StudyInstanceUID: study, SeriesInstanceUID: series, PatientID, PatientName };
      await storeAll(server, [
        makeInstance({ attributes: { ...attributes, SOPInstanceUID }, image: { rows: 4, columns: 4 } }),
      ]);
    }
    const files = await unzipped((await get(server, `/studies/${study}`, 'application/zip')).body);
    expect(files.size).toBe(5);
    const { root, below } = await directoryOf(files.get('DICOMDIR') ?? Buffer.alloc(0));
    const tree = root.map((patient) => {
      const leaves = below(patient).flatMap((one) => below(one).flatMap((two) => below(two)));
      for (const leaf of leaves) {
        const file = files.get((textOf(leaf, '00041500') ?? '').replaceAll('\\', '/'));
        expect(file?.includes(textOf(leaf, '00041511') ?? '?')).toBe(true);
      }
      expect(below(patient).map((one) => textOf(one, '0020000D'))).toEqual([study]);
      return [textOf(patient, '00100020'), ...leaves.map((leaf) => textOf(leaf, '00041511'))];
    });
    expect(tree).toEqual([
      ['A', '1.2.1', '1.2.3'],
      ['B', '1.2.2'],
      ['A', '1.2.4'],
    ]);
  });

  it('says what DCMTK says in one of its own', async () => {
    if (!inject('hasDcmtk')) return process.stderr.write('\nLEFT OUT: DICOMDIR against DCMTK\n');
    const folder = await mkdtemp(join(tmpdir(), 'isocenter-dicomdir-'));
    try {
      const files = await unzipped((await get(server, path(), 'application/zip')).body);
      for (const [name, bytes] of files) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), bytes);
      }
      await run('dcmdump', ['-q', join(folder, 'DICOMDIR')]);
      const ours = await directoryOf(await readFile(join(folder, 'DICOMDIR')));
      const theirFile = join(folder, 'THEIRS');
      await run('dcmmkdir', ['-q', '-W', '+r', '+id', folder, '+D', theirFile, 'DICOM'], { cwd: folder });
      const theirs = (await read(await readFile(theirFile))).dataSet['00041220']?.Value as DataSet[];
      const flat = (records: DataSet[]): DataSet[] =>
        records.flatMap((one) => [one, ...flat(ours.below(one))]);
      const mine = flat(ours.root);
      expect(theirs).toHaveLength(mine.length);
      const name = (one: DataSet) =>
        [textOf(one, '00041430'), textOf(one, '00041500'), textOf(one, '0020000E')].join();
      for (const record of theirs) {
        const match = mine.find((one) => name(one) === name(record));
        expect(match, name(record)).toBeDefined();
        // offsets differ by where records lie; their character set is that of the files
        const keys = Object.entries(record).filter(
          ([tag]) => !['00041400', '00041420', '00080005'].includes(tag),
        );
        expect(match).toMatchObject(Object.fromEntries(keys));
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
