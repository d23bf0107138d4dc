import type { DataSet } from '../dicom/data-set.ts';
import { transferSyntaxOf } from '../dicom/transfer-syntaxes.ts';
import { ImagingError, unsupported } from './imaging-errors.ts';
import type { PixelFormat } from './pixel-format.ts';

/**
 * The samples of one frame may take so many bytes. A codec holds its input, its output and working copies of 4 bytes a sample at
 * once, in a WebAssembly memory of at most 2 GiB: 512 MiB of 16-bit samples is what such a codec can just not do. The largest real
 * frames (a whole-body radiograph, an uncompressed slide) take a tenth of it.
 */
export const MAX_FRAME_BYTES = 512 * 1024 * 1024;

const PIXEL_DATA = '7FE00010';
const FLOAT_PIXEL_DATA = '7FE00008';
const DOUBLE_FLOAT_PIXEL_DATA = '7FE00009';

const SAMPLES_OF_PHOTOMETRIC_INTERPRETATION: Readonly<Record<string, number>> = {
  MONOCHROME1: 1,
  MONOCHROME2: 1,
  'PALETTE COLOR': 1,
  RGB: 3,
  YBR_FULL: 3,
  YBR_FULL_422: 3,
  YBR_PARTIAL_422: 3,
  YBR_PARTIAL_420: 3,
  YBR_ICT: 3,
  YBR_RCT: 3,
  XYB: 3,
  HSV: 3,
  ARGB: 4,
  CMYK: 4,
};

/**
 * How the frames of an instance are laid down, from its metadata (PS3.3 C.7.6.3, C.7.6.24). Nothing is allocated for them.
 * @throws ImagingError NO_PIXELS where an attribute is missing, UNSUPPORTED_PIXELS where one is impossible or a frame too large
 */
export function pixelFormatOf(dataSet: DataSet, transferSyntaxUID: string): PixelFormat {
  const numbers = kindOfNumbers(dataSet);
  const format: PixelFormat = {
    transferSyntaxUID,
    rows: requiredNumber(dataSet, '00280010', 'Rows'),
    columns: requiredNumber(dataSet, '00280011', 'Columns'),
    samplesPerPixel: numberAt(dataSet, '00280002') ?? 1,
    photometricInterpretation: photometricInterpretationOf(dataSet),
    planarConfiguration: numberAt(dataSet, '00280006') === 1 ? 1 : 0,
    bitsAllocated: bitsAllocatedOf(dataSet, numbers),
    bitsStored: 0,
    highBit: 0,
    pixelRepresentation: numberAt(dataSet, '00280103') === 1 ? 1 : 0,
    numbers,
  };
  format.bitsStored =
    numbers === 'integer' ? (numberAt(dataSet, '00280101') ?? format.bitsAllocated) : format.bitsAllocated;
  format.highBit =
    numbers === 'integer'
      ? (numberAt(dataSet, '00280102') ?? format.bitsStored - 1)
      : format.bitsAllocated - 1;
  checkFormat(format);
  return format;
}

/** Bytes that the samples of one frame take when decoded; a 1-bit sample takes a byte. */
export function decodedBytes(format: PixelFormat): number {
  return format.rows * format.columns * format.samplesPerPixel * Math.ceil(format.bitsAllocated / 8);
}

/** @throws ImagingError UNSUPPORTED_PIXELS, naming the first attribute that can't be. */
export function checkFormat(format: PixelFormat): void {
  const { rows, columns, samplesPerPixel, photometricInterpretation, bitsAllocated, bitsStored, highBit } =
    format;
  requireInteger('Rows', rows, 1, 65535);
  requireInteger('Columns', columns, 1, 65535);
  if (![1, 3, 4].includes(samplesPerPixel)) throw unsupported(`Samples per Pixel is ${samplesPerPixel}.`);
  const samples = SAMPLES_OF_PHOTOMETRIC_INTERPRETATION[photometricInterpretation];
  if (samples === undefined)
    throw unsupported(`Photometric Interpretation ${quoted(photometricInterpretation)} is unknown.`);
  if (samples !== samplesPerPixel)
    throw unsupported(
      `Photometric Interpretation ${photometricInterpretation} does not go with Samples per Pixel ${samplesPerPixel}.`,
    );
  const allowed = format.numbers === 'integer' ? [1, 8, 16, 32] : [format.numbers === 'float' ? 32 : 64];
  if (!allowed.includes(bitsAllocated)) throw unsupported(`Bits Allocated is ${bitsAllocated}.`);
  if (!Number.isInteger(bitsStored) || bitsStored < 1 || bitsStored > bitsAllocated)
    throw unsupported(`Bits Stored is ${bitsStored}, Bits Allocated ${bitsAllocated}.`);
  // PS3.5 8.1.1: High Bit is Bits Stored - 1; old files have the sample higher up in its cell.
  if (!Number.isInteger(highBit) || highBit < bitsStored - 1 || highBit >= bitsAllocated)
    throw unsupported(`High Bit is ${highBit}, Bits Stored ${bitsStored}, Bits Allocated ${bitsAllocated}.`);
  if (bitsAllocated === 1 && samplesPerPixel !== 1)
    throw unsupported(`Samples per Pixel is ${samplesPerPixel} where Bits Allocated is 1.`);
  if (decodedBytes(format) > MAX_FRAME_BYTES)
    throw unsupported(
      `A frame of ${columns} x ${rows} pixels would take more than ${MAX_FRAME_BYTES / 1024 / 1024} MiB.`,
    );
}

function kindOfNumbers(dataSet: DataSet): PixelFormat['numbers'] {
  if (dataSet[FLOAT_PIXEL_DATA]) return 'float';
  if (dataSet[DOUBLE_FLOAT_PIXEL_DATA]) return 'double';
  if (!dataSet[PIXEL_DATA] && dataSet['00280010'] === undefined)
    throw new ImagingError('NO_PIXELS', 'The instance has no pixel data.');
  return 'integer';
}

function bitsAllocatedOf(dataSet: DataSet, numbers: PixelFormat['numbers']): number {
  if (numbers === 'float') return 32;
  if (numbers === 'double') return 64;
  return requiredNumber(dataSet, '00280100', 'Bits Allocated');
}

/** Old images leave it out where there is only one it can be; colour without it can't be guessed. */
function photometricInterpretationOf(dataSet: DataSet): string {
  const value = dataSet['00280004']?.Value?.[0];
  if (typeof value === 'string' && value.trim() !== '') return value.trim().toUpperCase();
  if ((numberAt(dataSet, '00280002') ?? 1) === 1) return 'MONOCHROME2';
  throw new ImagingError('NO_PIXELS', 'The instance has no Photometric Interpretation.');
}

function requiredNumber(dataSet: DataSet, tag: string, name: string): number {
  const value = numberAt(dataSet, tag);
  if (value === undefined) throw new ImagingError('NO_PIXELS', `The instance has no ${name}.`);
  return value;
}

function numberAt(dataSet: DataSet, tag: string): number | undefined {
  const value = dataSet[tag]?.Value?.[0];
  return typeof value === 'number' ? value : undefined;
}

function requireInteger(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) throw unsupported(`${name} is ${value}.`);
}

/** As a stored value may be of any length and hold anything. */
function quoted(value: string): string {
  return JSON.stringify(value.slice(0, 32));
}

/** Whether frames in this transfer syntax are the bare samples: not compressed, nor anything else in between. */
export function isNative(transferSyntaxUID: string): boolean {
  const syntax = transferSyntaxOf(transferSyntaxUID);
  return !syntax.encapsulated && syntax.mediaType === 'application/octet-stream';
}
