import type { RenderableKind } from '../../../storage/index/find-renderable.ts';
import { transferSyntaxOf } from '../../dicom/transfer-syntaxes.ts';

/**
 * What an instance can be shown as (PS3.18 8.7.2). `pdf`, `clinical-document` and `model` are encapsulated; `other` is everything
 * that has no picture and no text: waveforms, RT plans, registrations.
 */
export type RenderCategory =
  | 'image'
  | 'video'
  | 'report'
  | 'pdf'
  | 'clinical-document'
  | 'model'
  | 'presentation-state'
  | 'other';

const STORAGE = '1.2.840.10008.5.1.4.1.1';

/** PS3.4 B.5. */
const CATEGORY_OF_CLASS: Readonly<Record<string, RenderCategory>> = {
  [`${STORAGE}.104.1`]: 'pdf',
  [`${STORAGE}.104.2`]: 'clinical-document',
  [`${STORAGE}.104.3`]: 'model',
  [`${STORAGE}.104.4`]: 'model',
  [`${STORAGE}.104.5`]: 'model',
  // Softcopy presentation states of one image plane: grayscale, colour, pseudo-colour, XA/XRF.
  [`${STORAGE}.11.1`]: 'presentation-state',
  [`${STORAGE}.11.2`]: 'presentation-state',
  [`${STORAGE}.11.3`]: 'presentation-state',
  [`${STORAGE}.11.5`]: 'presentation-state',
};

export function categoryOf({ sopClassUID, transferSyntaxUID, hasFrames }: RenderableKind): RenderCategory {
  const byClass = CATEGORY_OF_CLASS[sopClassUID];
  if (byClass !== undefined) return byClass;
  // PS3.4 A.3: the classes of SR documents, key object selections among them.
  if (sopClassUID.startsWith(`${STORAGE}.88.`)) return 'report';
  if (!hasFrames) return 'other';
  return videoTypeOf(transferSyntaxUID) === undefined ? 'image' : 'video';
}

/** The media type of a video transfer syntax, in lower case (PS3.18 Table 8.7.4-1); undefined for others. */
export function videoTypeOf(transferSyntaxUID: string): string | undefined {
  const { mediaType } = transferSyntaxOf(transferSyntaxUID);
  return mediaType?.startsWith('video/') ? mediaType.toLowerCase() : undefined;
}
