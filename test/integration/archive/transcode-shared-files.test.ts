import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { findInstance } from '../../../server/archive/retrieve/retrieve-instances.ts';
import { storeInstance } from '../../../server/archive/store/store-instance.ts';
import {
  type Candidate,
  openCandidate,
  possibleEncodings,
  wayTo,
} from '../../../server/archive/transcode/transcode-candidate.ts';
import { giveInstance } from '../../../server/archive/transcode/transcode-instance.ts';
import { deleteFromArchive } from '../../../server/archive/upkeep/delete-from-archive.ts';
import type { DataSet } from '../../../server/dicom/data-set.ts';
import type { ParsedInstance } from '../../../server/dicom/read/part10-reader.ts';
import { transferSyntaxOf } from '../../../server/dicom/transfer-syntaxes.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { describeWithSharedFiles, readInstance, readShared, sharedFiles } from '../dicom/shared-files.ts';
import { decompressedBy, decompressorOf } from '../imaging/decoded-by-others.ts';
import { type FramesOfFile, framesOfFile } from '../imaging/frames-of-file.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
/** Smaller files of each kind do; the time of the codecs goes with the pixels. */
const LARGEST_BYTES = 100_000;

/** Attributes that describe how pixels are laid down, and what goes with compressed pixel data: may differ. */
const OF_PIXELS = ['00280002', '00280004', '00280006', '00280100', '00280101', '00280102', '00280103'];
const TARGETS = ['1', '1.98', '5', '4.70', '4.80', '4.90', '4.201', '4.202']
  .map((end) => `1.2.840.10008.1.2.${end}`)
  .sort();
const LEFT_OUT = ['7FE00001', '7FE00002', '7FE00003', '4FFE0001', 'FFFAFFFA', '7FE00010', '00282110'];

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

function without(dataSet: DataSet, tags: readonly string[]): DataSet {
  return Object.fromEntries(Object.entries(dataSet).filter(([tag]) => !tags.includes(tag)));
}

async function stored(
  { services: { archive } }: TestServer,
  bytes: Uint8Array,
): Promise<Candidate | undefined> {
  const outcome = await storeInstance(archive, { content: inChunks(bytes) }).outcome;
  return outcome.kind === 'stored' ? openCandidate(archive, await findInstance(archive, outcome)) : undefined;
}

async function removed({ services: { archive } }: TestServer, { inside }: Candidate): Promise<void> {
  const { studyInstanceUID } = inside.instance;
  await deleteFromArchive(
    archive,
    { studyInstanceUID },
    { actor: 'test', roles: [], address: null, requestId: null },
  );
}

/** Kinds of images, of each of which a few files do. */
function kindOf({ inside, format }: Candidate): string {
  const { instance, pixelData } = inside;
  return JSON.stringify(
    [instance.transferSyntaxUID, format, (pixelData?.numberOfFrames ?? 0) > 1].map((one) =>
      typeof one === 'object' ? { ...one, rows: 0, columns: 0 } : one,
    ),
  );
}

/** The frames of a file as DCMTK or GDCM decompresses them; undefined where neither does. */
async function decompressedOf(file: Uint8Array, target: string) {
  const program = decompressorOf(target);
  if (!program) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-transcoded-'));
  try {
    const path = join(folder, 'made.dcm');
    await writeFile(path, file);
    return await decompressedBy(program, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Explicit VR Little Endian, and two other lossless ones by turns. */
function targetsOf(candidate: Candidate, turn: number): string[] {
  const { transferSyntaxUID } = candidate.inside.instance;
  const all = possibleEncodings(candidate, (uid) => wayTo(candidate, uid) !== undefined);
  const others = all.filter(
    (uid) => ![EXPLICIT, transferSyntaxUID].includes(uid) && !transferSyntaxOf(uid).lossy,
  );
  const [first, second] = [others[turn % others.length], others[(turn + 3) % others.length]];
  return [...new Set([EXPLICIT, first, second])].filter(
    (uid) => uid !== undefined && all.includes(uid),
  ) as string[];
}

async function problemsOf(
  server: TestServer,
  candidate: Candidate,
  target: string,
  original: ParsedInstance,
  bytes: Uint8Array,
  made: { byOthers: number },
): Promise<string[]> {
  const { archive } = server.services;
  const sameFrame = async (one: FramesOfFile, other: FramesOfFile, frame: number) => {
    const [a, b] = await Promise.all(
      [one, other].map((file) => archive.imaging.decode(file.frame(frame), file.format)),
    );
    const samples = [a, b].map((decoded) =>
      Buffer.from((decoded?.samples.buffer ?? new ArrayBuffer(0)) as ArrayBuffer),
    );
    return samples[0]?.length !== 0 && samples[0]?.equals(samples[1] ?? Buffer.alloc(0)) === true;
  };
  const { content, transferSyntaxUID } = await giveInstance(archive, candidate, target, undefined);
  const given = await collect(content);
  const read = await readInstance(given);
  const problems: string[] = [];
  const check = (what: string, fits: boolean) => {
    if (!fits) problems.push(what);
  };
  check('transfer syntax', read.transferSyntaxUID === target && transferSyntaxUID === target);
  check(`warnings: ${read.warnings}`, original.warnings.length > 0 || read.warnings.length === 0);
  const isByFrame = wayTo(candidate, target) === 'by-frame';
  const changed = isByFrame ? [...OF_PIXELS, ...LEFT_OUT] : ['7FE00010'];
  try {
    expect(without(read.dataSet, changed)).toEqual(without(original.dataSet, changed));
  } catch (error) {
    problems.push(String(error).slice(0, 400));
  }
  check('frames', read.pixelData?.numberOfFrames === original.pixelData?.numberOfFrames);
  if (!isByFrame || !candidate.format) return problems;
  const again = await framesOfFile(given);
  const before = await framesOfFile(bytes);
  if (before && !original.pixelData?.encapsulated && inject('hasDcmtk')) {
    const theirs = await decompressedOf(given, target);
    if (theirs) {
      made.byOthers += 1;
      for (let frame = 1; frame <= Math.min(3, before.numberOfFrames); frame++)
        check(`frame ${frame} as other programs unpack it`, await sameFrame(before, theirs, frame));
    }
  }
  for (let frame = 1; frame <= Math.min(3, before?.numberOfFrames ?? 0); frame++)
    check(`frame ${frame} is another`, before && again ? await sameFrame(before, again, frame) : false);
  return problems;
}

describeWithSharedFiles('whole instances in other transfer syntaxes', () => {
  it('keep every attribute and every pixel; other programs read them too', { timeout: 300_000 }, async () => {
    const server = await startServer({ store: 'files' });
    const problems: string[] = [];
    const seen = new Set<string>();
    const made = { targets: new Set<string>(), byOthers: 0 };
    try {
      for (const file of sharedFiles()) {
        const bytes = readShared(file);
        if (bytes.length > LARGEST_BYTES) continue;
        const candidate = await stored(server, bytes).catch(() => undefined);
        if (!candidate) continue;
        const kind = kindOf(candidate);
        if (!seen.has(kind)) {
          seen.add(kind);
          const original = await readInstance(bytes);
          for (const target of targetsOf(candidate, seen.size)) {
            made.targets.add(target);
            const found = await problemsOf(server, candidate, target, original, bytes, made).catch(
              (error: unknown) => [String(error)],
            );
            problems.push(...found.map((one) => `${file} in ${target}: ${one}`));
          }
        }
        await removed(server, candidate);
      }
    } finally {
      await server.stop();
    }
    expect(problems).toEqual([]);
    expect(seen.size).toBeGreaterThan(50);
    expect([...made.targets].sort()).toEqual(expect.arrayContaining(TARGETS));
    if (inject('hasDcmtk')) expect(made.byOthers).toBeGreaterThan(20);
  });
});
