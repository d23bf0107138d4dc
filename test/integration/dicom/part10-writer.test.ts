import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import type { DataSet } from '../../../server/dicom/data-set.ts';
import { DicomReadError } from '../../../server/dicom/dicom-errors.ts';
import { dataSetFromJson } from '../../../server/dicom/models/data-set-from-json.ts';
import { dataSetFromXml } from '../../../server/dicom/models/data-set-from-xml.ts';
import { stringifyDataSet } from '../../../server/dicom/models/data-set-json.ts';
import { dataSetToXml } from '../../../server/dicom/models/data-set-xml.ts';
import type { ParsedInstance } from '../../../server/dicom/read/part10-reader.ts';
import { swapped } from '../../../server/dicom/read/value-conversion.ts';
import { explicitVrLittleEndian, transferSyntaxOf } from '../../../server/dicom/transfer-syntaxes.ts';
import { vrTraits } from '../../../server/dicom/value-representations.ts';
import { type BulkValue, planPart10, writePart10 } from '../../../server/dicom/write/part10-writer.ts';
import { dcm2json } from './dcm2json.ts';
import {
  addressedBytes,
  describeWithSharedFiles,
  forEachOfTwo,
  readInstance,
  readShared,
  sharedFiles,
} from './shared-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'isocenter-writer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bulkOf = (bytes: Uint8Array): BulkValue => ({
  sizeBytes: bytes.length,
  async *read() {
    yield bytes;
  },
});

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const piece of pieces) chunks.push(piece);
  return Buffer.concat(chunks);
}

/** Writes `dataSet` with the bulk values and the pixels of the instance that it came from. */
async function rewritten(dataSet: DataSet, instance: ParsedInstance, bytes: Uint8Array): Promise<Buffer> {
  const addressed = addressedBytes(bytes, instance);
  const { pixelData } = instance;
  const isBigEndian = transferSyntaxOf(instance.transferSyntaxUID).bigEndian;
  const part = (start: number, length: number, swap: number) =>
    bulkOf(swapped(addressed.subarray(start, start + length), swap));
  const fragments =
    pixelData?.encapsulated === true
      ? Array.from(pixelData.fragmentOffsets, (start, i) => part(start, pixelData.fragmentLengths[i] ?? 0, 1))
      : undefined;
  const plan = planPart10({
    dataSet,
    transferSyntaxUID: fragments ? instance.transferSyntaxUID : explicitVrLittleEndian,
    bulkValue: (uri) => {
      const entry = instance.bulkData.find((one) => one.path === uri);
      if (entry) {
        const unit = isBigEndian ? vrTraits(entry.vr).unitBytes : 1;
        return part(entry.offsetBytes, entry.lengthBytes, unit);
      }
      if (!pixelData) throw new Error(`no bulk value ${uri}`);
      return part(
        pixelData.offsetBytes,
        pixelData.lengthBytes,
        pixelData.bigEndian ? vrTraits(pixelData.vr).unitBytes : 1,
      );
    },
    encapsulated: fragments && { kind: 'stream', values: fragments },
  });
  const file = await collect(writePart10(plan));
  expect(file.length).toBe(plan.sizeBytes);
  return file;
}

/** Other differences, all of them in the file: what is wrong there is put right. */
const putRight: [RegExp, string][] = [
  [/^bad\/dicom-test-files\/meta_missing_tsyntax/, 'values of an odd length, which are padded'],
  [/^sr\/dwv\/.* by json/, 'DS longer than its 16 characters, which are rounded to them'],
];

/** Larger ones have more pixels, which take time and show nothing new. */
const largestFileBytes = 1_000_000;
/** The slices of a volume are alike. */
const isFurtherSlice = (name: string) => name.startsWith('volumes/') && !/0*1\.dcm$/.test(name);

/** What comes back: the character set is UTF-8 throughout, offset tables and group lengths are gone. */
function expectedOf(dataSet: DataSet, encapsulated: boolean, root = true): DataSet {
  const expected: DataSet = {};
  for (const [tag, element] of Object.entries(dataSet)) {
    if (
      tag.endsWith('0000') ||
      (root && encapsulated && /^7FE0000[12]$/.test(tag)) ||
      (!root && tag === '00080005')
    )
      continue;
    expected[tag] =
      element.vr === 'SQ' && element.Value
        ? { vr: 'SQ', Value: element.Value.map((item) => expectedOf(item as DataSet, encapsulated, false)) }
        : element;
  }
  const pixelData = expected['7FE00010'];
  // PS3.5 A.4: encapsulated pixel data is OB, whatever some files say
  if (root && encapsulated && pixelData) expected['7FE00010'] = { ...pixelData, vr: 'OB' };
  if (root && expected['00080005']) expected['00080005'] = { vr: 'CS', Value: ['ISO_IR 192'] };
  return expected;
}

const everyVr: DataSet = {
  '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
  '00080008': { vr: 'CS', Value: ['ORIGINAL', 'PRIMARY', 'AXIAL'] },
  '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
  '00080018': { vr: 'UI', Value: ['1.2.826.0.1.3680043.10.1.77.1'] },
  '00080020': { vr: 'DA', Value: ['20260102'] },
  '0008002A': { vr: 'DT', Value: ['20260102030405.123456+0100'] },
  '00080030': { vr: 'TM', Value: ['030405'] },
  '00080050': { vr: 'SH' },
  '00081110': { vr: 'SQ', Value: [{ '00081150': { vr: 'UI', Value: ['1.2'] } }, {}] },
  '00081190': { vr: 'UR', Value: ['http://example.test/a?b=c'] },
  '00090010': { vr: 'LO', Value: ['ACME'] },
  '00091001': { vr: 'SV', Value: ['-9223372036854775808', -7] },
  '00091002': { vr: 'UV', Value: ['18446744073709551615', 7] },
  '00091003': { vr: 'UN', InlineBinary: 'AQIDBA==' },
  '00091004': { vr: 'OL', InlineBinary: 'AQIDBAUGBwg=' },
  '00091005': { vr: 'OV', InlineBinary: 'AQIDBAUGBwg=' },
  '00091006': { vr: 'OF', InlineBinary: 'AACAPw==' },
  '00091007': { vr: 'OD', InlineBinary: 'AAAAAAAA8D8=' },
  '00091008': { vr: 'OW', InlineBinary: 'AQIDBA==' },
  '00091009': { vr: 'OB', InlineBinary: 'AQIDBA==' },
  '00100010': {
    vr: 'PN',
    Value: [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' }],
  },
  '00100020': { vr: 'LO', Value: ['Ü1', 'b'] },
  '00101010': { vr: 'AS', Value: ['041Y'] },
  '00101030': { vr: 'DS', Value: [70.5] },
  '00104000': { vr: 'LT', Value: ['one\\r\\ntwo; ünï'] },
  '0020000D': { vr: 'UI', Value: ['1.2.826.0.1.3680043.10.1.77.2'] },
  '00200013': { vr: 'IS', Value: [-12] },
  '00280009': { vr: 'AT', Value: ['00181063', 'FFFAFFFA'] },
  '00280010': { vr: 'US', Value: [65535] },
  '00280106': { vr: 'SS', Value: [-32768] },
  '00321064': { vr: 'SQ' },
  '00400441': { vr: 'UC' },
  '00720054': { vr: 'AE', Value: ['STATION'] },
  '00720072': { vr: 'DS', Value: [1, -0.25, 1e-7] },
  '00720074': { vr: 'FD', Value: [1.1, -0.5] },
  '00720076': { vr: 'FL', Value: [1.5, -0.25] },
  '00720078': { vr: 'UL', Value: [4294967295] },
  '0072007C': { vr: 'SL', Value: [-2147483648, 7] },
};

const hasDcmtk = inject('hasDcmtk');
if (!hasDcmtk) process.stderr.write('\nLEFT OUT: what we write beside DCMTK: it is not on this machine\n');

describe.skipIf(!hasDcmtk)('beside DCMTK', () => {
  it('writes what dcm2json reads as it went in', async () => {
    const path = join(folder, 'every-vr.dcm');
    const plan = planPart10({
      dataSet: everyVr,
      transferSyntaxUID: explicitVrLittleEndian,
      bulkValue: () => bulkOf(Uint8Array.of()),
    });
    writeFileSync(path, await collect(writePart10(plan)));
    expect(await dcm2json(path)).toEqual(everyVr);
  });

  it('reads the XML that dcm2xml makes of a file as it reads the file', async () => {
    const path = join(folder, 'for-xml.dcm');
    const plan = planPart10({
      dataSet: everyVr,
      transferSyntaxUID: explicitVrLittleEndian,
      bulkValue: () => bulkOf(Uint8Array.of()),
    });
    writeFileSync(path, await collect(writePart10(plan)));
    const xml = execFileSync('dcm2xml', ['-nat', '+Eb', '+M', '-q', path]);
    const inJson = dataSetFromXml(xml);
    // PS3.19 Table A.1.5-2 has them in little endian order as PS3.18 F.2.7 does; DCMTK turns the words around.
    for (const tag of ['00091004', '00091005', '00091006', '00091007', '00091008'])
      inJson[tag] = everyVr[tag] ?? { vr: 'UN' };
    const again = planPart10({
      dataSet: inJson,
      transferSyntaxUID: explicitVrLittleEndian,
      bulkValue: () => bulkOf(Uint8Array.of()),
    });
    expect((await readInstance(await collect(writePart10(again)))).dataSet).toEqual(everyVr);
  });
});

describeWithSharedFiles('writing a data set as a file', () => {
  it('gives back what was read, out of JSON and out of XML, for every real file', async () => {
    const wrong: string[] = [];
    let files = 0;
    await forEachOfTwo(
      sharedFiles().filter((name) => !isFurtherSlice(name)),
      async (name) => {
        const bytes = readShared(name);
        const instance = await readInstance(bytes).catch((error: unknown) => {
          if (error instanceof DicomReadError) return undefined;
          throw error;
        });
        if (!instance || bytes.length > largestFileBytes) return;
        files++;
        const expected = stringifyDataSet(
          expectedOf(instance.dataSet, instance.pixelData?.encapsulated === true),
        );
        const json = dataSetFromJson(JSON.parse(stringifyDataSet(instance.dataSet)));
        const xml = dataSetFromXml(Buffer.from(dataSetToXml(instance.dataSet)));
        for (const [model, dataSet] of Object.entries({ json, xml })) {
          try {
            const again = await readInstance(await rewritten(dataSet, instance, bytes));
            const got = stringifyDataSet(again.dataSet);
            if (got !== expected) wrong.push(`${name} by ${model}: ${firstDifference(expected, got)}`);
          } catch (error) {
            wrong.push(`${name} by ${model}: ${String(error)}`);
          }
        }
      },
    );
    const isPutRight = (text: string) => putRight.some(([pattern]) => pattern.test(text));
    expect(wrong.filter((text) => !isPutRight(text))).toEqual([]);
    for (const [pattern] of putRight)
      expect(
        wrong.some((text) => pattern.test(text)),
        String(pattern),
      ).toBe(true);
    expect(files).toBeGreaterThan(200);
  }, 60_000);
});

function firstDifference(a: string, b: string): string {
  let at = 0;
  while (a[at] === b[at] && at < a.length) at++;
  return `${a.slice(Math.max(0, at - 60), at + 60)} <> ${b.slice(Math.max(0, at - 60), at + 60)}`;
}
