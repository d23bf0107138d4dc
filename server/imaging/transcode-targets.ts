import { transferSyntaxOf } from '../dicom/transfer-syntaxes.ts';
import { canDecode } from './decode.ts';
import type { PixelFormat } from './pixel-format.ts';
import { checkFormat } from './pixel-format-of.ts';

/** How samples are put into frames of a transfer syntax. */
export type TargetKind =
  | 'native'
  | 'rle'
  | 'jpeg-baseline'
  | 'jpeg-lossless'
  | 'jpeg-ls'
  | 'jpeg-ls-near'
  | 'jpeg-2000'
  | 'jpeg-2000-lossy'
  | 'htj2k'
  | 'htj2k-lossy';

const TARGETS: Readonly<Record<string, TargetKind>> = {
  '1.2.840.10008.1.2': 'native',
  '1.2.840.10008.1.2.1': 'native',
  '1.2.840.10008.1.2.1.98': 'native',
  '1.2.840.10008.1.2.1.99': 'native',
  '1.2.840.10008.1.2.5': 'rle',
  '1.2.840.10008.1.2.4.50': 'jpeg-baseline',
  '1.2.840.10008.1.2.4.70': 'jpeg-lossless',
  '1.2.840.10008.1.2.4.80': 'jpeg-ls',
  '1.2.840.10008.1.2.4.81': 'jpeg-ls-near',
  '1.2.840.10008.1.2.4.90': 'jpeg-2000',
  '1.2.840.10008.1.2.4.91': 'jpeg-2000-lossy',
  '1.2.840.10008.1.2.4.201': 'htj2k',
  '1.2.840.10008.1.2.4.202': 'htj2k',
  '1.2.840.10008.1.2.4.203': 'htj2k-lossy',
};

/** Transfer syntaxes that frames can be transcoded to, the plainest first. */
export const TRANSCODE_TARGETS: readonly string[] = Object.keys(TARGETS);

/** `undefined` where nothing here writes it. */
export function targetKindOf(transferSyntaxUID: string): TargetKind | undefined {
  return TARGETS[transferSyntaxUID];
}

export function isLossyTarget(kind: TargetKind): boolean {
  return kind === 'jpeg-baseline' || kind.endsWith('-lossy') || kind === 'jpeg-ls-near';
}

/**
 * Whether frames of `format` can become frames of `transferSyntaxUID`: true, or why not. That the frames themselves can be
 * read, only decoding them tells. What is lossy already may become lossy anew only where `transcodeFrame` is told so.
 */
export function canTranscode(format: PixelFormat, transferSyntaxUID: string): true | string {
  if (format.transferSyntaxUID === transferSyntaxUID) return true;
  const kind = targetKindOf(transferSyntaxUID);
  const { name } = transferSyntaxOf(transferSyntaxUID);
  if (!kind) return `Nothing here writes transfer syntax ${name || transferSyntaxUID}.`;
  if (!canDecode(format.transferSyntaxUID))
    return `Frames in transfer syntax ${transferSyntaxOf(format.transferSyntaxUID).name || format.transferSyntaxUID} can't be decoded.`;
  try {
    checkFormat(format);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const reason = obstacle(kind, format);
  return reason === undefined ? true : `${name} is not for ${reason}.`;
}

/** What keeps images of `format` out of a kind of frames (PS3.5 8.2), and what the encoders can't do. */
function obstacle(kind: TargetKind, format: PixelFormat): string | undefined {
  if (kind === 'native') return undefined;
  if (format.numbers !== 'integer') return 'float pixel data';
  if (kind === 'rle') return format.samplesPerPixel === 4 ? 'four samples a pixel' : undefined;
  if (format.bitsAllocated === 1) return 'pixels of one bit';
  if (format.bitsAllocated > 16) return `${format.bitsAllocated} bits a sample`;
  if (format.samplesPerPixel === 4) return 'four samples a pixel';
  const isPalette = format.photometricInterpretation === 'PALETTE COLOR';
  // PS3.3 C.7.9: between two indices of a palette there is nothing.
  if (isLossyTarget(kind) && isPalette) return 'indices of a palette';
  if (kind === 'jpeg-baseline') return obstacleToBaseline(format);
  if (kind.startsWith('jpeg-2000') || kind.startsWith('htj2k')) return obstacleToWavelets(kind, format);
  return undefined;
}

function obstacleToBaseline({ bitsAllocated, pixelRepresentation }: PixelFormat): string | undefined {
  if (bitsAllocated !== 8) return `${bitsAllocated} bits a sample`;
  if (pixelRepresentation === 1) return 'signed samples';
  return undefined;
}

function obstacleToWavelets(kind: TargetKind, format: PixelFormat): string | undefined {
  const { samplesPerPixel, bitsAllocated, pixelRepresentation } = format;
  if (samplesPerPixel === 3 && bitsAllocated > 8) return 'colour of more than 8 bits a sample';
  // What the encoders make of them, only their own decoders read.
  if (pixelRepresentation === 1 && bitsAllocated === 8) return 'signed samples of 8 bits';
  if (pixelRepresentation === 1 && samplesPerPixel === 3) return 'signed colour';
  // The encoders always transform colours, and YBR transformed anew is nothing that PS3.5 8.2.4 has a name for.
  if (samplesPerPixel === 3 && staysYbr(format) && !isLossyTarget(kind)) return 'YBR_FULL, losslessly';
  return undefined;
}

/** Whether decoded frames of `format` are YBR_FULL: decoders turn the YBR of lossy JPEG and of JPEG 2000 into RGB. */
export function staysYbr({ photometricInterpretation, transferSyntaxUID }: PixelFormat): boolean {
  if (!photometricInterpretation.startsWith('YBR_FULL')) return false;
  return !/^1\.2\.840\.10008\.1\.2\.4\.(5[0-6])$/.test(transferSyntaxUID);
}
