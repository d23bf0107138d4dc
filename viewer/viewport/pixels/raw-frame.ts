/** Stored values of one frame, one number a sample, before any interpretation. */
export type Samples =
  | Uint8Array<ArrayBufferLike>
  | Int8Array<ArrayBufferLike>
  | Uint16Array<ArrayBufferLike>
  | Int16Array<ArrayBufferLike>
  | Uint32Array<ArrayBufferLike>
  | Int32Array<ArrayBufferLike>
  | Float32Array<ArrayBufferLike>
  | Float64Array<ArrayBufferLike>;

/** A decoded frame. */
export interface RawFrame {
  readonly samples: Samples;
  /** Whether all of one colour come first (R1R2…G1G2…), instead of pixel by pixel. */
  readonly isPlanar: boolean;
  /** Set by decoders that convert to RGB themselves; else as the header says. */
  readonly photometricInterpretation: string;
}

/** How the pixels of a frame are laid out; the part of ImageDescription that decoding needs. */
export interface PixelLayout {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
  readonly planarConfiguration: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly isSigned: boolean;
  readonly isFloat: boolean;
}

/** Pixels that can't be decoded; the message says why, without patient data. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}
