import {
  middleInstanceOf,
  type Renderable,
  type RenderableKind,
  renderableAt,
  renderableKindOf,
  renderableKindsIn,
  renderableOf,
} from '../../../storage/index/find-renderable.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { frameIndexHeadBytes } from '../../dicom/frames/frame-index.ts';
import { parseDataSet } from '../../dicom/models/data-set-json.ts';
import { NotFoundError } from '../archive-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { type Inside, toInside } from '../retrieve/retrieve-inside.ts';
import { absent, findInstances, type InstanceLocation, type Scope } from '../retrieve/retrieve-instances.ts';
import { categoryOf, type RenderCategory } from './render-category.ts';

/** An instance that is to be shown. */
export interface RenderSubject {
  instance: InstanceLocation;
  sopClassUID: string;
  category: RenderCategory;
}

/** The instance that is to be shown, with all that is known of it. */
export interface OpenSubject extends RenderSubject {
  dataSet: DataSet;
  inside: Inside;
}

/**
 * Reads what an instance says of itself. `frames` (1-based): no others will be shown. Throws a `NotFoundError` where it has gone
 * meanwhile.
 */
export async function openSubject(
  parts: ArchiveParts,
  instance: InstanceLocation,
  frames?: readonly number[],
): Promise<OpenSubject> {
  const found = await renderableOf(parts.pool, instance.instancePk, frameIndexHeadBytes);
  if (!found) throw new NotFoundError('Nothing of that name is stored.');
  return subjectFrom(parts, instance, found, frames);
}

/** As `findInstance` and `openSubject` in one look, all of whose UIDs are named. */
export async function findSubject(
  parts: ArchiveParts,
  scope: Required<Scope>,
  frames?: readonly number[],
): Promise<OpenSubject> {
  const found = await renderableAt(parts.pool, scope, frameIndexHeadBytes);
  if (!found) throw await absent(parts, scope);
  return subjectFrom(parts, found.instance, found, frames);
}

async function subjectFrom(
  parts: ArchiveParts,
  instance: InstanceLocation,
  { kind, metadata, inside }: Renderable,
  frames: readonly number[] | undefined,
): Promise<OpenSubject> {
  return {
    instance,
    sopClassUID: kind.sopClassUID,
    category: categoryOf(kind),
    dataSet: parseDataSet(metadata),
    inside: await toInside(parts, instance, inside, frames),
  };
}

/** Frames that can be read; 0 where it is not known where they lie. */
export function frameCountOf({ inside }: OpenSubject): number {
  return inside.pixelData?.numberOfFrames ?? 0;
}

/** The instances of `scope`, one after the other, with how each can be shown; those deleted meanwhile are passed over. */
export async function* subjectsIn(parts: ArchiveParts, scope: Scope): AsyncGenerator<RenderSubject> {
  for await (const instance of findInstances(parts, scope)) {
    const kind = await renderableKindOf(parts.pool, instance.instancePk);
    if (kind) yield { instance, sopClassUID: kind.sopClassUID, category: categoryOf(kind) };
  }
}

/** The ways in which the instances of `scope` can be shown; none where it holds no instance. */
export async function categoriesIn(parts: ArchiveParts, scope: Scope): Promise<Set<RenderCategory>> {
  return new Set((await renderableKindsIn(parts.pool, scope)).map(categoryOf));
}

/** Which instances stand for a whole series or study best, and in which order these are looked for. */
const REPRESENTATIVE: readonly RenderCategory[] = ['image', 'video', 'report', 'pdf', 'clinical-document'];

/**
 * The instance that stands for a study or series: the one in the middle of its first series of images; without images, of videos,
 * of documents, of whatever there is. Throws a `NotFoundError` where there is none.
 */
export async function representativeOf(parts: ArchiveParts, scope: Scope): Promise<Scope> {
  const kinds = await renderableKindsIn(parts.pool, scope);
  const ofCategory = (category: RenderCategory) => kinds.filter((kind) => categoryOf(kind) === category);
  const choices: RenderableKind[][] = [...REPRESENTATIVE.map(ofCategory), kinds];
  for (const choice of choices) {
    const found = choice.length > 0 ? await middleInstanceOf(parts.pool, scope, choice) : undefined;
    if (found) return { studyInstanceUID: scope.studyInstanceUID, ...found };
  }
  throw new NotFoundError('Nothing of that name is stored.');
}
