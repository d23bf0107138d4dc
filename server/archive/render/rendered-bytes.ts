import type { ArchiveParts } from '../archive-parts.ts';
import { revisionOfInstance } from '../retrieve/retrieve-instances.ts';
import { type RenderImageOptions, renderImage } from './render-image.ts';
import type { OutlinedSubject } from './render-outline.ts';

/**
 * A rendered frame (1-based): as it was made before for anyone, where neither the image nor the presentation state has changed since;
 * both have just been read from the index. Made once for all who ask at the same time. Nobody may write to it. Rejects as `renderImage`.
 */
export function renderedBytes(
  parts: ArchiveParts,
  image: Pick<OutlinedSubject, 'instance' | 'open'>,
  frameNumber: number,
  options: Omit<RenderImageOptions, 'automaticRange'>,
): Promise<Buffer> {
  const { kind, mediaType, parameters, presentationState, signal } = options;
  const through = presentationState ? revisionOfInstance(presentationState.instance).state : '';
  const what = [revisionOfInstance(image.instance).state, frameNumber, through];
  const key = ['rendered', ...what, kind, mediaType, JSON.stringify(parameters)].join('\0');
  const make = async (wanted: AbortSignal) => {
    const { bytes } = await renderImage(parts, await image.open(), frameNumber, {
      ...options,
      signal: wanted,
    });
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  return parts.cache.getOrMake(key, make, signal);
}
