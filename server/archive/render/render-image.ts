import type { DataSet } from '../../dicom/data-set.ts';
import { frameFragments } from '../../dicom/frames/frame-index.ts';
import { explicitVrLittleEndian, transferSyntaxOf } from '../../dicom/transfer-syntaxes.ts';
import { ImagingError } from '../../imaging/imaging-errors.ts';
import { pixelFormatOf } from '../../imaging/pixel-format-of.ts';
import { bulkDataToRender } from '../../imaging/render/bulk-data-to-render.ts';
import { isQuick } from '../../imaging/render/is-quick.ts';
import type {
  EncodedFrameToRender,
  RenderedImage,
  RenderedMediaType,
  RenderParameters,
} from '../../imaging/render/render-request.ts';
import { NotFoundError } from '../archive-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { ByteBudget } from '../byte-budget.ts';
import { frameBytes } from '../retrieve/frame-bytes.ts';
import { type Inside, readBulkValue, readStoredInto, storedRangesOf } from '../retrieve/retrieve-inside.ts';
import { memoryForShort } from '../short-bytes.ts';
import { frameCountOf, type OpenSubject } from './render-subject.ts';

export { parseRenderParameters } from '../../imaging/render/render-parameters.ts';
export type {
  RenderedImage,
  RenderedMediaType,
  RenderParameters,
  Viewport,
} from '../../imaging/render/render-request.ts';
export { annotationKinds } from '../../imaging/render/render-request.ts';

export interface RenderImageOptions {
  parameters: RenderParameters;
  mediaType: RenderedMediaType;
  kind: 'rendered' | 'thumbnail';
  /** A softcopy presentation state that refers to the image. */
  presentationState?: OpenSubject | undefined;
  /** Of another frame of the image, where this one is to look like it although nothing names a window. */
  automaticRange?: RenderedImage['automaticRange'];
  /** Ends the work: whoever asked for it has left. */
  signal: AbortSignal;
}

/** A compressed frame that is larger is no frame; a native one this large can't be worked on. */
const MOST_FRAME_BYTES = 512 * 2 ** 20;
/** Tables, overlays and profiles that one rendering may read. */
const MOST_BULK_BYTES = 64 * 2 ** 20;
/** Frames of all requests that are read and wait for their rendering, in this process. */
const reading = new ByteBudget(256 * 2 ** 20);

/**
 * Renders a frame (1-based) in a worker. Rejects with a `NotFoundError` for a frame that is not there, with what `renderFaultOf`
 * knows for one that can't be rendered, and with the signal's reason.
 */
export async function renderImage(
  parts: ArchiveParts,
  image: OpenSubject,
  frameNumber: number,
  options: RenderImageOptions,
): Promise<RenderedImage> {
  const { parameters, mediaType, kind, presentationState, automaticRange, signal } = options;
  if (frameNumber > frameCountOf(image))
    throw new NotFoundError(`The instance has no frame ${frameNumber}; it has ${frameCountOf(image)}.`);
  // Impossible and too large images are refused before a byte of them is read.
  const format = pixelFormatOf(image.dataSet, asRead(image.instance.transferSyntaxUID));
  const lengthBytes = frameLength(image.inside, frameNumber);
  return reading.with(lengthBytes, signal, async () => {
    const request = {
      frameNumber,
      instance: withOneFrame(image.dataSet, frameNumber),
      bulkData: await bulkDataOf(parts, image, frameNumber, signal),
      ...(presentationState && {
        presentationState: presentationState.dataSet,
        presentationBulkData: await bulkDataOf(parts, presentationState, 1, signal),
      }),
      ...(automaticRange && { automaticRange }),
      parameters,
      mediaType,
      kind,
      format,
    };
    if (isQuick(request, lengthBytes)) return renderQuick(parts, image.inside, request, lengthBytes, signal);
    const bytes = await frameBytes(parts, image.inside, frameNumber, signal);
    return parts.imaging.run('render', { ...request, bytes }, { signal, handOver: true });
  });
}

/**
 * Reads and renders a frame, and its grey values with it, in memory that is used again, where some is free: new memory costs as much
 * as to read into it, and a garbage collection every 16 MB.
 */
async function renderQuick(
  parts: ArchiveParts,
  inside: Inside,
  request: Omit<EncodedFrameToRender, 'bytes'>,
  lengthBytes: number,
  signal: AbortSignal,
): Promise<RenderedImage> {
  const { frameNumber, format } = request;
  const run = (bytes: Uint8Array, memory?: Uint8Array) =>
    parts.imaging.runHere(() => renderHere({ ...request, bytes, ...(memory && { greyMemory: memory }) }), {
      signal,
    });
  const ranges = storedRangesOf(inside, frameNumber);
  const held = ranges && memoryForShort(lengthBytes + format.rows * format.columns);
  if (!held) return run(await frameBytes(parts, inside, frameNumber, signal));
  try {
    const bytes = held.memory.subarray(0, lengthBytes);
    await readStoredInto(parts, inside, ranges, bytes);
    return await run(bytes, held.memory.subarray(lengthBytes));
  } finally {
    held.giveBack();
  }
}

/** It takes memory that processes which render nothing need not spend. */
const loadRenderer = () => import('../../imaging/render/render-encoded-frame.ts');
let renderer: ReturnType<typeof loadRenderer> | undefined;

async function renderHere(request: EncodedFrameToRender): Promise<RenderedImage> {
  renderer ??= loadRenderer();
  return (await renderer).renderEncodedFrame(request);
}

/** `readFrame` gives native frames inflated and little endian (PS3.5 A.2). */
function asRead(transferSyntaxUID: string): string {
  const { bigEndian, deflated } = transferSyntaxOf(transferSyntaxUID);
  return bigEndian || deflated ? explicitVrLittleEndian : transferSyntaxUID;
}

function frameLength({ pixelData }: Inside, frameNumber: number): number {
  const fragments = pixelData ? frameFragments(pixelData, frameNumber) : [];
  const lengthBytes = fragments.reduce((sum, fragment) => sum + fragment.lengthBytes, 0);
  if (lengthBytes <= MOST_FRAME_BYTES) return lengthBytes;
  throw new ImagingError(
    'UNSUPPORTED_PIXELS',
    `A frame of ${lengthBytes} bytes is too large to be worked on.`,
  );
}

async function collect(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) {
    signal.throwIfAborted();
    chunks.push(chunk);
  }
  const [only] = chunks;
  return chunks.length === 1 && only ? only : Buffer.concat(chunks);
}

/** The per-frame functional groups of other frames say nothing of this one, and there can be thousands. */
function withOneFrame(dataSet: DataSet, frameNumber: number): DataSet {
  const groups = dataSet['52009230'];
  if (!groups?.Value || groups.Value.length < 2) return dataSet;
  const sparse = groups.Value.map((item, i) => (i === frameNumber - 1 ? item : {}));
  return { ...dataSet, '52009230': { ...groups, Value: sparse } };
}

async function bulkDataOf(
  parts: ArchiveParts,
  { dataSet, inside }: OpenSubject,
  frameNumber: number,
  signal: AbortSignal,
): Promise<Record<string, Uint8Array>> {
  const values: Record<string, Uint8Array> = {};
  let total = 0;
  for (const uri of bulkDataToRender(dataSet, frameNumber)) {
    const entry = inside.bulkData.find(({ path }) => path === uri);
    if (!entry) continue;
    total += entry.lengthBytes;
    if (total > MOST_BULK_BYTES)
      throw new ImagingError('UNSUPPORTED_PIXELS', 'The tables and overlays of the image are too large.');
    values[uri] = await collect(readBulkValue(parts, inside, entry), signal);
  }
  return values;
}
