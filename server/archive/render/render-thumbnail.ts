import { numberOf } from '../../dicom/attributes.ts';
import { type IconKind, thumbnailIcon } from '../../imaging/thumbnail-icon.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import {
  type RenderedImage,
  type RenderedMediaType,
  type RenderParameters,
  renderImage,
} from './render-image.ts';
import { presentedFrames } from './render-presentation.ts';
import { frameCountOf, type OpenSubject } from './render-subject.ts';

export { iconTypes } from '../../imaging/thumbnail-icon.ts';

/** True where the thumbnail is a picture of what the instance shows, and not an icon for its kind. */
export function hasPicture({ category }: OpenSubject): boolean {
  return category === 'image' || category === 'presentation-state';
}

/**
 * The one small image that stands for an instance (PS3.18 10.4.1.1.4): its representative or middle frame, or `frameNumber`
 * (1-based); for what is no image an icon of its kind, in one of `iconTypes`. It names no patient.
 */
export async function renderThumbnail(
  parts: ArchiveParts,
  subject: OpenSubject,
  options: {
    parameters: RenderParameters;
    mediaType: RenderedMediaType;
    frameNumber?: number | undefined;
    signal: AbortSignal;
  },
): Promise<RenderedImage> {
  const { parameters, mediaType, signal } = options;
  const rendering = { parameters, mediaType, signal, kind: 'thumbnail' } as const;
  if (subject.category === 'image')
    return renderImage(parts, subject, options.frameNumber ?? representativeFrame(subject), rendering);
  if (subject.category === 'presentation-state') {
    for await (const { image, frameNumber } of presentedFrames(parts, subject))
      return renderImage(parts, image, frameNumber, { ...rendering, presentationState: subject });
  }
  return thumbnailIcon(iconOf(subject), mediaType, parameters.viewport);
}

/** PS3.3 C.7.6.6: Representative Frame Number. In the middle of a run contrast has come, and the heart is in view. */
function representativeFrame(subject: OpenSubject): number {
  const count = frameCountOf(subject);
  const named = numberOf(subject.dataSet, 'RepresentativeFrameNumber');
  if (named !== undefined && Number.isInteger(named) && named >= 1 && named <= count) return named;
  return Math.max(1, Math.ceil(count / 2));
}

function iconOf({ category }: OpenSubject): IconKind {
  if (category === 'video') return 'video';
  return category === 'report' || category === 'pdf' || category === 'clinical-document'
    ? 'document'
    : 'other';
}
