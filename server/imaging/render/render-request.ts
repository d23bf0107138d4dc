import type { DataSet } from '../../dicom/data-set.ts';
import type { DecodedFrame, PixelFormat, Samples } from '../pixel-format.ts';

/** PS3.18 8.7.4: the image media types that a frame can be rendered to. JPHC is the raw HTJ2K code stream, JP2 the boxed file. */
export const renderedMediaTypes = [
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/jp2',
  'image/jphc',
] as const;
export type RenderedMediaType = (typeof renderedMediaTypes)[number];

/** PS3.3 C.11.2.1.2 and C.11.2.1.3. */
export type VoiFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';

/** A window in units of the output of the Modality LUT. */
export interface VoiWindow {
  center: number;
  /** LINEAR: at least 1; else greater than 0. */
  width: number;
  function: VoiFunction;
}

/** PS3.18 8.3.5.1.3: what part of the image is shown, and in which room the result has to fit. */
export interface Viewport {
  /** Pixels; the result is at most so wide, and its shape is kept. */
  width: number;
  height: number;
  /** The part of the image in its pixels from the top left corner, after a presentation state; absent: all of it. */
  source?: { x: number; y: number; width?: number; height?: number };
  /** From a negative width or height of the source. */
  flipHorizontally: boolean;
  flipVertically: boolean;
}

export const annotationKinds = ['patient', 'technique'] as const;
export type AnnotationKind = (typeof annotationKinds)[number];

export const iccProfileChoices = ['no', 'yes', 'srgb', 'adobergb', 'rommrgb', 'displayp3'] as const;
export type IccProfileChoice = (typeof iccProfileChoices)[number];

/** PS3.18 8.3.5.1, checked by `parseRenderParameters`. */
export interface RenderParameters {
  viewport?: Viewport;
  /** Of grey images; others stay as they are. */
  window?: VoiWindow;
  /** 1 (worst) to 100 (best). */
  quality?: number;
  annotation?: AnnotationKind[];
  iccProfile?: IccProfileChoice;
}

/** Everything but the pixels. Plain data: it goes to a worker by structured clone. */
export interface RenderRequest {
  /** 1-based. */
  frameNumber: number;
  /** The metadata of the image, with functional groups, palettes, overlays. */
  instance: DataSet;
  /** What lies behind the BulkDataURI of elements that `bulkDataToRender` names, little endian, by that URI. */
  bulkData?: Record<string, Uint8Array>;
  /** A softcopy presentation state whose references include this image; it replaces what the image says of its display. */
  presentationState?: DataSet;
  /** As `bulkData`, for the presentation state. */
  presentationBulkData?: Record<string, Uint8Array>;
  parameters: RenderParameters;
  mediaType: RenderedMediaType;
  /** PS3.18 10.4.3.3.4: a thumbnail is small, and shows nothing that names the patient (no overlays, graphics, text). */
  kind: 'rendered' | 'thumbnail';
  /**
   * The values that become black and white where nothing names a window: those of an animation's first frame, so that the
   * others don't flicker. Absent: found in this frame.
   */
  automaticRange?: { low: number; high: number };
  /** Most pixels of the result; 2^26 when absent. More is a `RenderError` TOO_LARGE. */
  maxPixels?: number;
}

/** What only the thread that asks can give. */
interface OwnMemory {
  /** Holds the grey values of the frame, where there is room for them; nobody else uses it until the picture is made. */
  greyMemory?: Uint8Array;
}

/** A request with the pixels decoded: what `renderFrame` takes. */
export interface FrameToRender extends RenderRequest, OwnMemory {
  frame: DecodedFrame;
  /** The samples with all bits allocated, unsigned: for overlays in high bits (PS3.5 8.1.2); absent: no such overlay is drawn. */
  allBits?: Samples;
}

/** A request with the pixels as stored: what the worker's task `render` takes. */
export interface EncodedFrameToRender extends RenderRequest, OwnMemory {
  format: PixelFormat;
  bytes: Uint8Array;
}

export interface RenderedImage {
  bytes: Uint8Array;
  mediaType: RenderedMediaType;
  /** Pixels. */
  width: number;
  height: number;
  /** What `RenderRequest.automaticRange` would have to be for the same grey values; absent where a window was named. */
  automaticRange?: { low: number; high: number };
}
