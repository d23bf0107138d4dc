import sharp from 'sharp';
import { type Answer, get } from '../conformance/requests.ts';
import type { Kind } from './kinds.ts';
import type { SharedInstance, TwoArchives } from './two-archives.ts';

const TYPES = ['image/png', 'image/jpeg'] as const;
/** A grey level of 256 apart on the average: rounding, or another JPEG encoder. */
const SAME_MEAN = 1;
const SAME_GREATEST = { 'image/png': 2, 'image/jpeg': 40 };

/** An instance that ours and Orthanc render differently. */
export interface RenderedDifference {
  instance: SharedInstance;
  type: (typeof TYPES)[number];
  /** Status, or width x height. */
  ours: string;
  theirs: string;
  /** Where both are as large: grey levels of 256, over all samples. */
  mean?: number;
  greatest?: number;
}

interface Picture {
  what: string;
  /** 8-bit RGB. */
  samples?: Buffer;
}

export async function renderedDifferences(
  two: TwoArchives,
  instance: SharedInstance,
): Promise<RenderedDifference[]> {
  const differences: RenderedDifference[] = [];
  const path = `${instance.path}/rendered`;
  for (const type of TYPES) {
    const answers = await Promise.all([get(two.ours, path, type), get(two.theirs, path, type)]);
    const [ours, theirs] = await Promise.all(answers.map(picture));
    if (!ours || !theirs) continue;
    const apart = distance(ours.samples, theirs.samples);
    const isSame =
      ours.what === theirs.what &&
      (apart === undefined || (apart.mean <= SAME_MEAN && apart.greatest <= SAME_GREATEST[type]));
    if (!isSame) differences.push({ instance, type, ours: ours.what, theirs: theirs.what, ...apart });
  }
  return differences;
}

async function picture({ status, body }: Answer): Promise<Picture> {
  if (status !== 200) return { what: String(status) };
  const { data, info } = await sharp(body)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { what: `${info.width} x ${info.height}`, samples: data };
}

function distance(
  a: Buffer | undefined,
  b: Buffer | undefined,
): { mean: number; greatest: number } | undefined {
  if (!a || !b || a.length !== b.length || a.length === 0) return undefined;
  let sum = 0;
  let greatest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] ?? 0) - (b[i] ?? 0));
    sum += difference;
    greatest = Math.max(greatest, difference);
  }
  return { mean: sum / a.length, greatest };
}

export const RENDERED_KINDS: readonly Kind<RenderedDifference>[] = [];
