import { isNative } from '../pixel-format-of.ts';
import { overlayGroups } from './overlay-planes.ts';
import type { EncodedFrameToRender, RenderedMediaType } from './render-request.ts';

/** 512 x 512 of 16 bits twice over: a millisecond or two. */
const mostBytes = 2 ** 20;
/** The library that encodes these has threads of its own. */
const encodedElsewhere: readonly RenderedMediaType[] = ['image/jpeg', 'image/png', 'image/webp'];

/**
 * Whether rendering takes the thread that does it no longer than to hand the frame over to another and to take back the result: native
 * grey values through a table, with nothing drawn over them.
 */
export function isQuick(request: Omit<EncodedFrameToRender, 'bytes'>, lengthBytes: number): boolean {
  const { format, instance, parameters, mediaType } = request;
  const isGrey = format.photometricInterpretation.startsWith('MONOCHROME');
  const throughTable = format.numbers === 'integer' && format.bitsAllocated <= 16;
  if (!isGrey || !throughTable || !isNative(format.transferSyntaxUID)) return false;
  if (lengthBytes > mostBytes || !encodedElsewhere.includes(mediaType)) return false;
  if (request.presentationState || parameters.annotation || parameters.iccProfile) return false;
  return instance['00181600'] === undefined && overlayGroups(instance).length === 0;
}
