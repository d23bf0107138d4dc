import { ctCoronalCount, ctSliceCount, ctStudy } from './ct-study.ts';
import { mrSliceCount, mrStudy } from './mr-study.ts';
import { photographImageCount, photographStudy } from './photograph-study.ts';
import type { DemoContext, DemoInstance } from './study-attributes.ts';
import { ultrasoundImageCount, ultrasoundStudy } from './ultrasound-study.ts';
import { xrayImageCount, xrayStudy } from './xray-study.ts';

export type { DemoInstance } from './study-attributes.ts';

export interface DemoOptions {
  /** Another seed makes other noise, texture and UIDs: other studies of the same patients. 1 unless given. */
  readonly seed?: number;
  /** The day that study dates count back from; another day makes other UIDs. A fixed one unless given. */
  readonly now?: Date;
}

/** The fixed day: with it, each run makes the same bytes, so that storing the studies again adds nothing. */
const usualDay = new Date('2026-03-02T00:00:00Z');

const makers: readonly ((context: DemoContext) => AsyncGenerator<DemoInstance>)[] = [
  photographStudy,
  xrayStudy,
  ultrasoundStudy,
  mrStudy,
  ctStudy,
];

/** What `demoStudies` makes, in its order, before it is made. */
export const demoStudySummaries: readonly { readonly study: string; readonly instances: number }[] = [
  { study: 'Dermatology photograph', instances: photographImageCount },
  { study: 'Chest X-ray, two views', instances: xrayImageCount },
  { study: 'Echocardiography', instances: ultrasoundImageCount },
  { study: 'MR Head without contrast', instances: mrSliceCount },
  { study: 'CT Chest and Abdomen with contrast', instances: ctSliceCount + ctCoronalCount },
];

/** How many instances `demoStudies` yields. */
export const demoInstanceCount = demoStudySummaries.reduce((sum, { instances }) => sum + instances, 0);

/**
 * Synthetic studies of people who do not exist, one DICOM file at a time, small studies first. They are drawn, not
 * derived from anybody's images.
 */
export async function* demoStudies(options: DemoOptions = {}): AsyncGenerator<DemoInstance> {
  const context: DemoContext = { seed: options.seed ?? 1, referenceDay: options.now ?? usualDay };
  for (const make of makers) yield* make(context);
}
