import type { DataSet } from '../../dicom/data-set.ts';
import { decodeFrame } from '../decode.ts';
import type { PixelFormat, Samples } from '../pixel-format.ts';
import { numberOf } from './attribute-values.ts';
import { overlayGroups } from './overlay-planes.ts';
import { renderFrame } from './render-frame.ts';
import type { EncodedFrameToRender, RenderedImage } from './render-request.ts';

/** Decodes and renders; the worker's task `render`. Rejects with `ImagingError` or `RenderError`. */
export async function renderEncodedFrame(request: EncodedFrameToRender): Promise<RenderedImage> {
  const { format, bytes, ...rest } = request;
  const frame = await decodeFrame(bytes, format);
  const allBits = await overlayBits(request.instance, bytes, format);
  return renderFrame({ ...rest, frame, ...(allBits && { allBits }) });
}

/** PS3.5 8.1.2 (retired): overlays in bits of Pixel Data above or below those of the pixels. */
async function overlayBits(
  instance: DataSet,
  bytes: Uint8Array,
  format: PixelFormat,
): Promise<Samples | undefined> {
  const embedded = overlayGroups(instance).some(
    (group) => instance[`${group}3000`] === undefined && (numberOf(instance, `${group}0100`) ?? 1) > 1,
  );
  const { bitsAllocated } = format;
  if (!embedded || format.bitsStored === bitsAllocated || format.samplesPerPixel !== 1) return undefined;
  const whole: PixelFormat = {
    ...format,
    bitsStored: bitsAllocated,
    highBit: bitsAllocated - 1,
    pixelRepresentation: 0,
  };
  // A codec that keeps only the pixels' bits has lost the overlay, and says so by refusing.
  return decodeFrame(bytes, whole).then(
    ({ samples }) => samples,
    () => undefined,
  );
}
