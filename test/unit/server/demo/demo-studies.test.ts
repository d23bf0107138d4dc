import { createHash } from 'node:crypto';
import dcmjs from 'dcmjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ctSliceCount, ctStudy } from '../../../../server/demo/ct-study.ts';
import { demoInstanceCount, demoStudies, demoStudySummaries } from '../../../../server/demo/demo-studies.ts';
import { mrSlicesPerSeries, mrStudy } from '../../../../server/demo/mr-study.ts';
import { colorPatchCenter, colorScale } from '../../../../server/demo/photograph-study.ts';
import type { DemoContext, DemoInstance } from '../../../../server/demo/study-attributes.ts';
import { ultrasoundStudy } from '../../../../server/demo/ultrasound-study.ts';

/** The photograph, both X-rays and the ultrasound come first: four instances; then slices. */
const headCount = 4;
const context: DemoContext = { seed: 1, referenceDay: new Date('2026-03-02T00:00:00Z') };

async function take(instances: AsyncIterable<DemoInstance>, count: number): Promise<DemoInstance[]> {
  const taken: DemoInstance[] = [];
  for await (const instance of instances) {
    taken.push(instance);
    if (taken.length === count) break;
  }
  return taken;
}

type Read = Record<string, unknown> & { _meta: { TransferSyntaxUID: string } };

/** dcmjs reads ArrayBuffers from their start. */
function read(instance: DemoInstance | undefined): Read {
  if (instance === undefined) throw new Error('there is no such instance');
  const copy = new Uint8Array(instance.bytes);
  const file = dcmjs.data.DicomMessage.readFile(copy.buffer);
  const meta = dcmjs.data.DicomMetaDictionary.naturalizeDataset(file.meta);
  return {
    ...dcmjs.data.DicomMetaDictionary.naturalizeDataset(file.dict),
    _meta: { TransferSyntaxUID: String(meta.TransferSyntaxUID) },
  };
}

function pixelsOf(dataSet: Read, frame = 0): Uint8Array {
  const frames = dataSet.PixelData;
  const bytes: unknown = Array.isArray(frames) ? frames[frame] : frames;
  if (!(bytes instanceof ArrayBuffer)) throw new Error('no pixels');
  return new Uint8Array(bytes);
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : [Number(value)];
}

describe('the demonstration studies', () => {
  let first: DemoInstance[] = [];
  let ct: DemoInstance[] = [];
  let mr: DemoInstance[] = [];
  beforeAll(async () => {
    first = await take(demoStudies(), headCount);
    ct = await take(ctStudy(context), 3);
    mr = await take(mrStudy(context), 3);
  }, 120_000);

  it('are Part 10 files whose UIDs are valid, and of which no two are alike', () => {
    const all = [...first, ...ct, ...mr];
    const uids = all.map((instance) => {
      expect(Buffer.from(instance.bytes.subarray(128, 132)).toString('latin1')).toBe('DICM');
      const dataSet = read(instance);
      for (const keyword of ['SOPInstanceUID', 'SeriesInstanceUID', 'StudyInstanceUID']) {
        // PS3.5 9.1: at most 64 characters, no component begins with 0 unless it is 0.
        expect(dataSet[keyword]).toMatch(/^(?=.{1,64}$)(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/);
      }
      return String(dataSet.SOPInstanceUID);
    });
    expect(new Set(uids).size).toBe(all.length);
  });

  it('say that nobody is shown', () => {
    for (const instance of [...first, ...ct, ...mr]) {
      const dataSet = read(instance);
      expect(String(dataSet.PatientID)).toMatch(/^DEMO-\d{3}$/);
      expect(dataSet.SyntheticData).toBe('YES');
      expect(dataSet.BurnedInAnnotation).toBe('NO');
    }
  });

  it('come out the same, byte for byte, when they are made again', async () => {
    const digest = ({ bytes }: DemoInstance): string => createHash('sha256').update(bytes).digest('hex');
    const pairs: [AsyncIterable<DemoInstance>, DemoInstance[]][] = [
      [demoStudies(), first.slice(0, 2)],
      [ultrasoundStudy(context), first.slice(3)],
      [mrStudy(context), mr],
      [ctStudy(context), ct],
    ];
    for (const [again, before] of pairs) {
      expect((await take(again, before.length)).map(digest)).toEqual(before.map(digest));
    }
  }, 120_000);

  it('get other UIDs by another seed and by another day', async () => {
    const uidOf = async (options: { seed?: number; now?: Date }): Promise<unknown> =>
      read((await take(demoStudies(options), 1))[0]).StudyInstanceUID;
    const usual = read(first[0]).StudyInstanceUID;
    expect(await uidOf({ seed: 2 })).not.toBe(usual);
    expect(await uidOf({ now: new Date('2027-01-01T00:00:00Z') })).not.toBe(usual);
    expect(await uidOf({})).toBe(usual);
  });

  it('are announced as many as they are, by the names they have', () => {
    const named = first.map(({ study }) => study);
    expect(demoStudySummaries.map(({ study }) => study)).toEqual(expect.arrayContaining(named));
    expect(named.filter((study) => study === 'Chest X-ray, two views')).toHaveLength(2);
    expect(demoInstanceCount).toBe(1 + 2 + 1 + 2 * mrSlicesPerSeries + ctSliceCount + 12);
    expect(ct[0]?.study).toBe(demoStudySummaries[4]?.study);
    expect(mr[0]?.study).toBe(demoStudySummaries[3]?.study);
  });

  it('hold the colours of the scale where the photograph has its patches', () => {
    const dataSet = read(first[0]);
    const pixels = pixelsOf(dataSet);
    expect(dataSet.PhotometricInterpretation).toBe('RGB');
    for (const [index, color] of colorScale.entries()) {
      const { x, y } = colorPatchCenter(index);
      const at = (y * Number(dataSet.Columns) + x) * 3;
      expect([...pixels.subarray(at, at + 3)]).toEqual([...color]);
    }
  });

  it('show one X-ray in MONOCHROME1 with lungs of high values, the other in MONOCHROME2', () => {
    const [pa, lateral] = [read(first[1]), read(first[2])];
    expect([pa.PhotometricInterpretation, lateral.PhotometricInterpretation]).toEqual([
      'MONOCHROME1',
      'MONOCHROME2',
    ]);
    expect([pa.PresentationLUTShape, lateral.PresentationLUTShape]).toEqual(['INVERSE', 'IDENTITY']);
    const bytes = pixelsOf(pa);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const at = (xMm: number, zMm: number): number => {
      const [row, column] = [Math.round((232 - zMm) / 0.24), Math.round(750 + xMm / 0.24)];
      return view.getUint16(2 * (row * 1500 + column), true);
    };
    expect(at(-80, 90)).toBeGreaterThan(at(0, 20) + 500);
    // The heart lies more to the left, that is to greater x.
    expect(at(-62, 40)).toBeGreaterThan(at(62, 40) + 200);
  });

  it('have a JPEG in each frame of the clip, and regions that measure', () => {
    const clip = read(first[3]);
    expect(clip._meta.TransferSyntaxUID).toBe('1.2.840.10008.1.2.4.50');
    expect(Number(clip.NumberOfFrames)).toBe(40);
    for (const frame of [0, 39]) {
      expect([...pixelsOf(clip, frame).subarray(0, 2)]).toEqual([0xff, 0xd8]);
    }
    expect(Buffer.from(pixelsOf(clip, 0))).not.toEqual(Buffer.from(pixelsOf(clip, 12)));
    expect(JSON.stringify(clip.SequenceOfUltrasoundRegions)).toContain('PhysicalDeltaX');
  });

  it('place slices along the normal of their orientation at the spacing they state', () => {
    for (const slices of [ct, mr]) {
      const [a, b] = slices.map(read);
      if (a === undefined || b === undefined) throw new Error('two slices are needed');
      const [rx = 0, ry = 0, rz = 0, cx = 0, cy = 0, cz = 0] = numbers(a.ImageOrientationPatient);
      expect(rx * rx + ry * ry + rz * rz).toBeCloseTo(1, 4);
      expect(cx * cx + cy * cy + cz * cz).toBeCloseTo(1, 4);
      const normal = [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx];
      const [from, to] = [numbers(a.ImagePositionPatient), numbers(b.ImagePositionPatient)];
      const step = normal.reduce((sum, n, i) => sum + n * ((to[i] ?? 0) - (from[i] ?? 0)), 0);
      expect(Math.abs(step)).toBeCloseTo(Number(a.SpacingBetweenSlices), 3);
    }
  });
});
