import type { DataSet } from '../../dicom/data-set.ts';
import type { DecodedFrame } from '../pixel-format.ts';
import { numberOf } from './attribute-values.ts';

/** Stored values that are no part of the image, both included (PS3.3 C.7.5.1.1.2). */
export interface PixelPadding {
  low: number;
  high: number;
}

/** From Pixel Padding Value and Pixel Padding Range Limit; of Float Pixel Data from its own attributes (C.7.6.24). */
export function pixelPaddingOf(dataSet: DataSet, frame: DecodedFrame): PixelPadding | undefined {
  const { samples } = frame;
  if (samples instanceof Float32Array || samples instanceof Float64Array) {
    const kind = samples instanceof Float32Array ? 'Float' : 'DoubleFloat';
    return between(
      numberOf(dataSet, `${kind}PixelPaddingValue`),
      numberOf(dataSet, `${kind}PixelPaddingRangeLimit`),
    );
  }
  // Written with the wrong one of US and SS, the bits are still the same.
  const asStored = (value: number | undefined) => {
    if (value === undefined || frame.bitsStored > 16) return value;
    if (frame.pixelRepresentation === 1) return value > 0x7fff ? value - 0x10000 : value;
    return value < 0 ? value + 0x10000 : value;
  };
  return between(
    asStored(numberOf(dataSet, 'PixelPaddingValue')),
    asStored(numberOf(dataSet, 'PixelPaddingRangeLimit')),
  );
}

function between(value: number | undefined, limit: number | undefined): PixelPadding | undefined {
  if (value === undefined) return undefined;
  return { low: Math.min(value, limit ?? value), high: Math.max(value, limit ?? value) };
}

export function isPadding(padding: PixelPadding | undefined, stored: number): boolean {
  return padding !== undefined && stored >= padding.low && stored <= padding.high;
}
