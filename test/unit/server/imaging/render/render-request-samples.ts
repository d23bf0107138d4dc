import sharp from 'sharp';
import type { DataElement, DataSet } from '../../../../../server/dicom/data-set.ts';
import { tagOf, vrOf } from '../../../../../server/dicom/dictionary.ts';
import type { DecodedFrame, Samples } from '../../../../../server/imaging/pixel-format.ts';
import { renderFrame } from '../../../../../server/imaging/render/render-frame.ts';
import type { FrameToRender } from '../../../../../server/imaging/render/render-request.ts';

type Value = string | number | (string | number | null)[] | DataSet[] | Uint8Array | { Alphabetic: string };

/** A data set from keywords or tags; bytes become InlineBinary. */
export function dataSetOf(attributes: Record<string, Value>): DataSet {
  return Object.fromEntries(
    Object.entries(attributes).map(([keyword, value]) => {
      const tag = tagOf(keyword) ?? keyword;
      const vr = vrOf(tag) ?? 'UN';
      const element: DataElement =
        value instanceof Uint8Array
          ? { vr: 'OW', InlineBinary: Buffer.from(value).toString('base64') }
          : { vr, Value: (Array.isArray(value) ? value : [value]) as NonNullable<DataElement['Value']> };
      return [tag, element];
    }),
  );
}

/** A frame of unsigned grey, 16 bits stored, of one row unless told otherwise. */
export function frameOf(samples: Samples, overrides: Partial<DecodedFrame> = {}): DecodedFrame {
  const rows = overrides.rows ?? 1;
  const samplesPerPixel = overrides.samplesPerPixel ?? 1;
  return {
    rows,
    columns: samples.length / rows / samplesPerPixel,
    samplesPerPixel,
    samples,
    photometricInterpretation: 'MONOCHROME2',
    bitsStored: 16,
    pixelRepresentation: 0,
    ...overrides,
  };
}

/** A frame rendered to PNG and read again: the values of the result, all channels of a pixel beside each other. */
export async function rendered(
  frame: DecodedFrame,
  attributes: Record<string, Value> = {},
  request: Partial<FrameToRender> = {},
): Promise<{ values: number[]; width: number; height: number; channels: number }> {
  const image = await renderFrame({
    frame,
    frameNumber: 1,
    instance: dataSetOf({ SOPInstanceUID: '1.2.3', ...attributes }),
    parameters: {},
    mediaType: 'image/png',
    kind: 'rendered',
    ...request,
  });
  const pixels = sharp(image.bytes);
  const { channels = 3 } = await pixels.metadata();
  const { data } = await (channels === 1 ? pixels.toColourspace('b-w') : pixels)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { values: [...data], width: image.width, height: image.height, channels };
}

/** Little endian words. */
export function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(values).buffer);
}
