/** `PixelData`, `FloatPixelData`, `DoubleFloatPixelData`. */
export type PixelDataTag = '7FE00010' | '7FE00008' | '7FE00009';

interface AnyPixelData {
  tag: PixelDataTag;
  vr: 'OB' | 'OW' | 'OF' | 'OD';
  /** Bits Allocated; 32 for Float, 64 for Double Float Pixel Data. */
  bitsAllocated: number;
  /** Stored with the most significant byte first, in units of the VR (OW: 2 bytes, OB: none). */
  bigEndian: boolean;
  /** Frames that can be fetched, at most NumberOfFrames; 0 when it is not known where they lie. */
  numberOfFrames: number;
  /** From the beginning of the instance (of a deflated one: see `ParsedInstance`) to the value, for encapsulated ones to the item of the Basic Offset Table. */
  offsetBytes: number;
  /** Of the value, padding included; for encapsulated ones up to the sequence delimitation item. */
  lengthBytes: number;
}

/** Pixel data in native format (PS3.5 8.1): one frame after the other. */
export interface NativePixelData extends AnyPixelData {
  encapsulated: false;
  /** With Bits Allocated 1 not always whole bytes: frames follow each other without padding (PS3.5 8.1.1). */
  frameLengthBits: number;
}

/** Pixel data in encapsulated format (PS3.5 A.4). */
export interface EncapsulatedPixelData extends AnyPixelData {
  encapsulated: true;
  /** Where the bytes of each fragment begin, without its item header. */
  fragmentOffsets: Float64Array;
  fragmentLengths: Uint32Array;
  /** Index of the first fragment of each frame and, as one more entry, the index after the last fragment of the last frame. Empty when frames are unknown. */
  frameStarts: Uint32Array;
  /** The frames (1-based, ascending) that these arrays tell of, where it is not all of them. */
  only?: readonly number[];
}

export type PixelDataLocation = NativePixelData | EncapsulatedPixelData;
