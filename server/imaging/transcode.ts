import { transferSyntaxOf } from '../dicom/transfer-syntaxes.ts';
import { type EncoderInput, encoderInput } from './codecs/encoder-input.ts';
import { encodeJpegBaseline, encodeJpegLossless } from './codecs/jpeg-encoder.ts';
import { encodeJpegLs } from './codecs/jpeg-ls-encoder.ts';
import { encodeHighThroughput, encodeJpeg2000 } from './codecs/jpeg2000-encoder.ts';
import { ybrFullToRgb } from './colour.ts';
import { decodeFrame } from './decode.ts';
import { unsupported } from './imaging-errors.ts';
import type { PixelFormat, Samples } from './pixel-format.ts';
import { isNative } from './pixel-format-of.ts';
import { encodeRle } from './rle.ts';
import { bytesOf, keepPixelBits } from './sample-arrays.ts';
import { canTranscode, isLossyTarget, type TargetKind, targetKindOf } from './transcode-targets.ts';

export interface TranscodeOptions {
  /** JPEG baseline: 1 to 100, 90 by default. */
  quality?: number;
  /** JPEG-LS near-lossless: the greatest difference of a sample, 2 by default. */
  near?: number;
  /** JPEG 2000 lossy: native size over compressed size, 10 by default. */
  ratio?: number;
  /** HTJ2K lossy: the quantization step as part of the range; by default 1/128 up to 8 bits, 1/1024 beyond. */
  quantizationStep?: number;
  /** What has lost information once may lose more. Without it such a request is refused. */
  allowLossyAgain?: boolean;
}

export interface TranscodedFrame {
  /** Native frames little endian, 1-bit ones packed from the first bit on. */
  bytes: Uint8Array;
  /** Of the new frame: its transfer syntax, photometric interpretation, planar configuration. */
  format: PixelFormat;
  /** Whether this step may have lost information; what was lost before isn't told. */
  lossy: boolean;
  /** Native bytes over `bytes`, as Lossy Image Compression Ratio (0028,2112) has it. */
  ratio: number;
}

/**
 * One frame in another transfer syntax. Lossless ones keep every bit of the cells, also those that are not pixels (overlays in high
 * bits); only signs may come to be extended.
 * @throws ImagingError UNSUPPORTED_PIXELS with the reason that `canTranscode` gives, or where what is lossy would be made lossy anew
 *   without leave; BROKEN_FRAME as `decodeFrame`
 */
export async function transcodeFrame(
  bytes: Uint8Array,
  format: PixelFormat,
  transferSyntaxUID: string,
  options: TranscodeOptions = {},
): Promise<TranscodedFrame> {
  if (format.transferSyntaxUID === transferSyntaxUID)
    return { bytes, format, lossy: false, ratio: nativeBytes(format) / bytes.length };
  const allowed = canTranscode(format, transferSyntaxUID);
  const kind = targetKindOf(transferSyntaxUID);
  if (allowed !== true || !kind) throw unsupported(allowed === true ? 'No such target.' : allowed);
  const wasLossy = transferSyntaxOf(format.transferSyntaxUID).lossy;
  if (wasLossy && isLossyTarget(kind) && options.allowLossyAgain !== true)
    throw unsupported(
      'The image is lossy already; it is not compressed with loss again unless that is asked for.',
    );
  const native = await nativeFrame(bytes, format, wasLossy || isLossyTarget(kind));
  const frame = await encodeNative(native, kind, options);
  return {
    bytes: frame.bytes,
    format: {
      ...native.format,
      transferSyntaxUID,
      photometricInterpretation: frame.photometricInterpretation,
    },
    lossy: isLossyTarget(kind),
    ratio: nativeBytes(format) / frame.bytes.length,
  };
}

/** Samples with colour by pixel, and their format. */
interface NativeFrame {
  samples: Samples;
  format: PixelFormat;
}

/** `pixelsOnly`: without what else is in the cells; else the cells with all their bits, as unsigned numbers. */
async function nativeFrame(
  bytes: Uint8Array,
  format: PixelFormat,
  pixelsOnly: boolean,
): Promise<NativeFrame> {
  const asCells: PixelFormat =
    pixelsOnly || format.numbers !== 'integer'
      ? format
      : {
          ...format,
          bitsStored: format.bitsAllocated,
          highBit: format.bitsAllocated - 1,
          pixelRepresentation: 0,
        };
  const { samples, photometricInterpretation } = await decodeFrame(bytes, asCells);
  const isCompressed = !isNative(format.transferSyntaxUID) && !format.transferSyntaxUID.endsWith('.1.2.5');
  // Streams have the bits of negative samples, without their sign extended through the cell.
  const isSigned = asCells !== format && format.pixelRepresentation === 1 && format.bitsAllocated <= 16;
  const extend = isCompressed && isSigned && !hasOtherBits(samples, format);
  return {
    samples: extend ? newCells(signExtended(samples, format)) : samples,
    format: {
      ...format,
      planarConfiguration: 0,
      photometricInterpretation,
      // What a decoder made of pixels alone has them in the low bits.
      highBit: pixelsOnly && format.numbers === 'integer' ? format.bitsStored - 1 : format.highBit,
    },
  };
}

interface EncodedFrame {
  bytes: Uint8Array;
  photometricInterpretation: string;
}

async function encodeNative(
  frame: NativeFrame,
  kind: TargetKind,
  options: TranscodeOptions,
): Promise<EncodedFrame> {
  const { samples, format } = frame;
  const { photometricInterpretation } = format;
  const isColour = format.samplesPerPixel === 3;
  switch (kind) {
    case 'native':
      return { bytes: packed(samples, format), photometricInterpretation };
    case 'rle':
      return { bytes: encodeRle(packed(samples, format), format), photometricInterpretation };
    case 'jpeg-baseline':
      return {
        bytes: await encodeJpegBaseline(lossyInput(frame), clamped(options.quality ?? 90, 1, 100)),
        photometricInterpretation: isColour ? 'YBR_FULL_422' : photometricInterpretation,
      };
    case 'jpeg-lossless':
      return { bytes: await encodeJpegLossless(losslessInput(frame, false)), photometricInterpretation };
    case 'jpeg-ls':
      return { bytes: await encodeJpegLs(losslessInput(frame, false), 0), photometricInterpretation };
    case 'jpeg-ls-near':
      return {
        bytes: await encodeJpegLs(nearLosslessInput(frame), clamped(options.near ?? 2, 1, 255)),
        photometricInterpretation,
      };
    case 'jpeg-2000':
      return {
        bytes: await encodeJpeg2000(losslessInput(frame, true), undefined),
        photometricInterpretation: isColour ? 'YBR_RCT' : photometricInterpretation,
      };
    case 'jpeg-2000-lossy':
      return {
        bytes: await encodeJpeg2000(lossyInput(frame), Math.max(1, options.ratio ?? 10)),
        photometricInterpretation: isColour ? 'YBR_ICT' : photometricInterpretation,
      };
    case 'htj2k':
      return {
        bytes: await encodeHighThroughput(losslessInput(frame, true), undefined),
        photometricInterpretation: isColour ? 'YBR_RCT' : photometricInterpretation,
      };
    case 'htj2k-lossy':
      return {
        bytes: await encodeHighThroughput(
          lossyInput(frame),
          clamped(options.quantizationStep ?? 1 / 1024, 1e-6, 0.5),
        ),
        photometricInterpretation: isColour ? 'YBR_ICT' : photometricInterpretation,
      };
  }
}

/**
 * JPEG-LS knows no signs: the stream has whole cells then. A sample next to the end of the unsigned range stays in it, so that none
 * changes its sign.
 */
function nearLosslessInput({ samples, format }: NativeFrame): EncoderInput {
  const precision = format.pixelRepresentation === 1 ? format.bitsAllocated : Math.max(2, format.bitsStored);
  return encoderInput(samples, format, precision, false);
}

function clamped(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** Bits Stored bits a sample where the cells hold nothing else, else whole cells. `signs`: the stream knows signed samples. */
function losslessInput({ samples, format }: NativeFrame, signs: boolean): EncoderInput {
  const { bitsAllocated, bitsStored, highBit, pixelRepresentation } = format;
  const signed = pixelRepresentation === 1;
  if (bitsStored === 1 || highBit !== bitsStored - 1 || hasOtherBits(samples, format))
    return encoderInput(samples, format, bitsAllocated, false);
  if (!signed) return encoderInput(samples, format, bitsStored, false);
  // Two's complement of the whole cell, so that also readers that don't extend signs are right.
  return signs
    ? encoderInput(signExtended(samples, format), format, bitsStored, true)
    : encoderInput(signExtended(samples, format), format, bitsAllocated, false);
}

/** Whether a cell has bits set above High Bit that are not its sign. */
function hasOtherBits(samples: Samples, format: PixelFormat): boolean {
  const range = 2 ** format.bitsStored;
  if (format.pixelRepresentation === 0) return samples.some((sample: number) => sample >= range);
  const leastNegative = 2 ** format.bitsAllocated - range / 2;
  return samples.some((sample: number) => sample >= range && sample < leastNegative);
}

/** The same bits as unsigned numbers. */
function newCells(samples: Samples): Samples {
  return samples.BYTES_PER_ELEMENT === 1
    ? new Uint8Array(samples.buffer as ArrayBuffer)
    : new Uint16Array(samples.buffer as ArrayBuffer);
}

function signExtended(cells: Samples, format: PixelFormat): Samples {
  const samples = format.bitsAllocated === 8 ? Int8Array.from(cells) : Int16Array.from(cells);
  keepPixelBits(samples, format);
  return samples;
}

/** Samples as numbers, RGB where they are colours. */
function lossyInput({ samples, format }: NativeFrame): EncoderInput {
  if (format.photometricInterpretation === 'YBR_FULL' && samples instanceof Uint8Array) ybrFullToRgb(samples);
  return encoderInput(samples, format, Math.max(2, format.bitsStored), format.pixelRepresentation === 1);
}

/** PS3.5 8.1.1: 1-bit samples packed, the first in the least significant bit. */
function packed(samples: Samples, { bitsAllocated }: PixelFormat): Uint8Array {
  if (bitsAllocated !== 1) return bytesOf(samples);
  const bytes = new Uint8Array(Math.ceil(samples.length / 8));
  for (let at = 0; at < samples.length; at++)
    if (samples[at]) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
  return bytes;
}

function nativeBytes({ rows, columns, samplesPerPixel, bitsAllocated }: PixelFormat): number {
  return Math.ceil((rows * columns * samplesPerPixel * bitsAllocated) / 8);
}
