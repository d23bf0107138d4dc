import { type IconKind, thumbnailIcon } from '../../imaging/thumbnail-icon.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { type RenderedMediaType, type RenderParameters, renderImage } from './render-image.ts';
import type { OutlinedSubject } from './render-outline.ts';
import { presentedFrames } from './render-presentation.ts';
import { renderedBytes } from './rendered-bytes.ts';

export { iconTypes } from '../../imaging/thumbnail-icon.ts';

/** True where the thumbnail is a picture of what the instance shows, and not an icon for its kind. */
export function hasPicture({ category }: OutlinedSubject): boolean {
  return category === 'image' || category === 'presentation-state';
}

/**
 * The one small image that stands for an instance (PS3.18 10.4.1.1.4): its representative or middle frame, or `frameNumber`
 * (1-based); for what is no image an icon of its kind, in one of `iconTypes`. It names no patient.
 */
export async function renderThumbnail(
  parts: ArchiveParts,
  subject: OutlinedSubject,
  options: {
    parameters: RenderParameters;
    mediaType: RenderedMediaType;
    frameNumber?: number | undefined;
    signal: AbortSignal;
  },
): Promise<Uint8Array> {
  const { parameters, mediaType, signal } = options;
  const rendering = { parameters, mediaType, signal, kind: 'thumbnail' } as const;
  if (subject.category === 'image')
    return renderedBytes(parts, subject, options.frameNumber ?? subject.representativeFrame, rendering);
  if (subject.category === 'presentation-state') {
    const presentationState = await subject.open();
    for await (const { image, frameNumber } of presentedFrames(parts, presentationState))
      return (await renderImage(parts, image, frameNumber, { ...rendering, presentationState })).bytes;
  }
  return (await thumbnailIcon(iconOf(subject), mediaType, parameters.viewport)).bytes;
}

function iconOf({ category }: OutlinedSubject): IconKind {
  if (category === 'video') return 'video';
  return category === 'report' || category === 'pdf' || category === 'clinical-document'
    ? 'document'
    : 'other';
}
