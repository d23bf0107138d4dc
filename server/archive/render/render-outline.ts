import { LRUCache } from 'lru-cache';
import { elementOf, numberOf } from '../../dicom/attributes.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import {
  findInstance,
  type InstanceLocation,
  revisionOfInstance,
  type Scope,
} from '../retrieve/retrieve-instances.ts';
import type { RenderCategory } from './render-category.ts';
import { findSubject, frameCountOf, type OpenSubject, openSubject } from './render-subject.ts';

/** What decides in which forms an instance can be shown: as long as its bytes are the same, so is this. */
export interface Outline {
  sopClassUID: string;
  category: RenderCategory;
  /** Frames that can be read; 0 where it is not known where they lie. */
  frameCount: number;
  /** It says itself how many frames it has. */
  isMultiFrame: boolean;
  /** The frame that stands for all, 1-based. */
  representativeFrame: number;
  rows: number | undefined;
  columns: number | undefined;
}

/** An instance that is to be shown, of which no more was read than its outline. */
export interface OutlinedSubject extends Outline {
  instance: InstanceLocation;
  /** Reads the rest, once. Throws a `NotFoundError` where it has gone meanwhile. */
  open(): Promise<OpenSubject>;
}

/** Of these little is read at first, as the rest is mostly known; of others all at once. What is known is told by the cache alone. */
const askedBefore = new LRUCache<string, true>({ max: 10_000 });

/** The instance that `scope` names. `frames` (1-based): no others will be shown. Throws a `NotFoundError` or `GoneError` where there is none. */
export async function findOutlined(
  parts: ArchiveParts,
  scope: Scope,
  frames?: readonly number[],
): Promise<OutlinedSubject> {
  const { studyInstanceUID, seriesInstanceUID = '', sopInstanceUID = '' } = scope;
  if (askedBefore.get(sopInstanceUID)) return outlineOf(parts, await findInstance(parts, scope), frames);
  const subject = await findSubject(parts, { studyInstanceUID, seriesInstanceUID, sopInstanceUID }, frames);
  askedBefore.set(sopInstanceUID, true);
  return outlineOf(parts, subject.instance, frames, subject);
}

/**
 * `instance` has just been read from the index, and perhaps the whole `subject`. `frames` (1-based): no others will be shown. Throws a
 * `NotFoundError` where it has gone meanwhile.
 */
export async function outlineOf(
  parts: ArchiveParts,
  instance: InstanceLocation,
  frames?: readonly number[],
  subject?: OpenSubject,
): Promise<OutlinedSubject> {
  let opened = subject && Promise.resolve(subject);
  const open = () => {
    opened ??= openSubject(parts, instance, frames);
    return opened;
  };
  const key = ['outline', revisionOfInstance(instance).state].join('\0');
  const text = await parts.cache.getOrMake(key, async () =>
    Buffer.from(JSON.stringify(outlineFrom(await open()))),
  );
  return { ...(JSON.parse(text.toString()) as Outline), instance, open };
}

export function outlined(subject: OpenSubject): OutlinedSubject {
  return { ...outlineFrom(subject), instance: subject.instance, open: async () => subject };
}

function outlineFrom(subject: OpenSubject): Outline {
  const { dataSet, sopClassUID, category } = subject;
  return {
    sopClassUID,
    category,
    frameCount: frameCountOf(subject),
    isMultiFrame: elementOf(dataSet, 'NumberOfFrames') !== undefined,
    representativeFrame: representativeFrame(subject),
    rows: numberOf(dataSet, 'Rows'),
    columns: numberOf(dataSet, 'Columns'),
  };
}

/** PS3.3 C.7.6.6: Representative Frame Number. In the middle of a run contrast has come, and the heart is in view. */
function representativeFrame(subject: OpenSubject): number {
  const count = frameCountOf(subject);
  const named = numberOf(subject.dataSet, 'RepresentativeFrameNumber');
  if (named !== undefined && Number.isInteger(named) && named >= 1 && named <= count) return named;
  return Math.max(1, Math.ceil(count / 2));
}
