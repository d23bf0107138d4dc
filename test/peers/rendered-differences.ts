import sharp from 'sharp';
import { type Answer, get } from '../conformance/requests.ts';
import type { SharedInstance, TwoArchives } from './two-archives.ts';

/** How far two renderings of the same may be apart, in grey levels of 256: rounding. */
const SAME_MEAN = 1;
const SAME_GREATEST = 2;

/** An instance that ours and Orthanc render differently. */
export interface RenderedDifference {
  instance: SharedInstance;
  type: 'image/png' | 'image/jpeg';
  /** As both were asked for it: `40,400,linear`; '' where the choice was theirs. */
  window: string;
  /** Status, or width x height. */
  ours: string;
  theirs: string;
  /** Where both are as large: grey levels of 256, over all samples. */
  mean?: number;
  greatest?: number;
  /** Whether Orthanc's picture has the darkest and the lightest grey. */
  isStretched: boolean;
  /** Of a JPEG, whether the same picture as PNG was the same. */
  isSameAsPng: boolean;
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
  const window = explicitWindow(instance);
  const png = await renderedDifference(two, instance, 'image/png', '');
  const jpeg = await renderedDifference(two, instance, 'image/jpeg', '');
  const windowed = window && (await renderedDifference(two, instance, 'image/png', window));
  if (jpeg) {
    jpeg.isSameAsPng = png === undefined;
    // A JPEG loses the very darkest and lightest.
    jpeg.isStretched = png?.isStretched ?? false;
  }
  return [png, jpeg, windowed].filter((one) => one !== undefined && one !== '');
}

/** Of a grey image with a window: that one, to be asked for in so many words, since Orthanc takes no notice of it otherwise. */
function explicitWindow({ photometric, dataSet }: SharedInstance): string | undefined {
  const [center, width] = ['00281050', '00281051'].map((tag) => dataSet[tag]?.Value?.[0]);
  if (!photometric.startsWith('MONOCHROME') || typeof center !== 'number' || typeof width !== 'number')
    return;
  return `${center},${width},linear`;
}

async function renderedDifference(
  two: TwoArchives,
  instance: SharedInstance,
  type: RenderedDifference['type'],
  window: string,
): Promise<RenderedDifference | undefined> {
  const path = `${instance.path}/rendered${window && `?window=${window}`}`;
  const answers = await Promise.all([get(two.ours, path, type), get(two.theirs, path, type)]);
  const [ours, theirs] = await Promise.all(answers.map(picture));
  if (!ours || !theirs) return undefined;
  const apart = distance(ours.samples, theirs.samples);
  if (ours.what === theirs.what && (!apart || (apart.mean <= SAME_MEAN && apart.greatest <= SAME_GREATEST)))
    return undefined;
  const isStretched = theirs.samples?.includes(0) === true && theirs.samples.includes(255);
  return {
    instance,
    type,
    window,
    ours: ours.what,
    theirs: theirs.what,
    ...apart,
    isStretched,
    isSameAsPng: false,
  };
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
