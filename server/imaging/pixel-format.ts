/** How the pixels of a frame are laid down (PS3.3 C.7.6.3). Imaging rooms agree on this and nothing else. */
export interface PixelFormat {
  /** In which the frame's bytes are encoded (PS3.5 A). Native frames are little endian, whatever is stored. */
  transferSyntaxUID: string;
  /** 1 to 65535. */
  rows: number;
  /** 1 to 65535. */
  columns: number;
  /** 1, 3 or 4. */
  samplesPerPixel: number;
  /** Such as `MONOCHROME2`, `YBR_FULL_422`. */
  photometricInterpretation: string;
  /** 0: colour by pixel; 1: colour by plane. Of native frames only; compressed ones have their own order. */
  planarConfiguration: 0 | 1;
  /** 1, 8, 16, 32 or 64. */
  bitsAllocated: number;
  bitsStored: number;
  highBit: number;
  /** 0: unsigned; 1: two's complement. */
  pixelRepresentation: 0 | 1;
  /** `float` for Float Pixel Data (7FE0,0008), `double` for Double Float Pixel Data (7FE0,0009). */
  numbers: 'integer' | 'float' | 'double';
}

/** Samples of one pixel beside each other, row by row from the top left; `rows * columns * samplesPerPixel` of them. */
export type Samples =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** A frame as numbers: sign extended, without the bits that are not pixels (overlays in high bits). */
export interface DecodedFrame {
  rows: number;
  columns: number;
  samplesPerPixel: number;
  samples: Samples;
  /** After decoding: what a codec turned into RGB is `RGB`; subsampled YBR is `YBR_FULL`. */
  photometricInterpretation: string;
  bitsStored: number;
  pixelRepresentation: 0 | 1;
}
