import { getWebWorkerManager } from '@cornerstonejs/core';
import { init as initImageLoader } from '@cornerstonejs/dicom-image-loader';
import { correctLevelShift, jpegPrecision } from './jpeg-twelve-bit.ts';
import { DecodeError, type PixelLayout, type RawFrame, type Samples } from './raw-frame.ts';

/** A decoder that has not answered after this is taken as hung: damaged streams can make one loop for ever. */
const decodeTimeoutMs = 30_000;
const workerName = 'dicomImageLoader';

/** Extended and progressive JPEG, which one decoder does. */
const lossyJpegOfAnyDepth = new Set(['51', '53', '55'].map((last) => `1.2.840.10008.1.2.4.${last}`));

let isRegistered = false;

/** Starts Cornerstone's codec workers. They load each codec's WebAssembly when it is first needed. */
function registerWorkers(): void {
  if (isRegistered) return;
  isRegistered = true;
  initImageLoader({ maxWebWorkers: Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1)) });
}

/** The part of a worker's answer that is used. */
interface DecodedFrame {
  readonly pixelData?: unknown;
  readonly rows?: number;
  readonly columns?: number;
  readonly planarConfiguration?: number;
  /** JPEG-LS: 0 none (planar), 1 line, 2 sample. */
  readonly interleaveMode?: number;
}

function withTimeout<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DecodeError('The decoder did not answer')), timeoutMs);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

function runDecoder(
  bytes: Uint8Array<ArrayBuffer>,
  transferSyntaxUID: string,
  layout: PixelLayout,
): Promise<unknown> {
  registerWorkers();
  // Signs and colours are ours to interpret, the same way for every encoding: ask for samples as stored.
  const imageFrame = {
    rows: layout.rows,
    columns: layout.columns,
    samplesPerPixel: layout.samplesPerPixel,
    bitsAllocated: layout.bitsAllocated,
    bitsStored: layout.bitsStored,
    photometricInterpretation: layout.photometricInterpretation,
    pixelRepresentation: 0,
    planarConfiguration: 0,
  };
  return getWebWorkerManager().executeTask(workerName, 'decodeTask', {
    imageFrame,
    transferSyntax: transferSyntaxUID,
    pixelData: bytes,
    options: { preScale: { enabled: false } },
    decodeConfig: {},
  });
}

/** Decodes a compressed frame off the main thread. @throws DecodeError, also when the worker does not answer in time. */
export async function decodeWithWorker(
  bytes: Uint8Array<ArrayBuffer>,
  transferSyntaxUID: string,
  layout: PixelLayout,
): Promise<RawFrame> {
  let answer: DecodedFrame;
  try {
    answer = (await withTimeout(
      runDecoder(bytes, transferSyntaxUID, layout),
      decodeTimeoutMs,
    )) as DecodedFrame;
  } catch (cause) {
    if (cause instanceof DecodeError) throw cause;
    throw new DecodeError(`The compressed pixels can't be decoded (${String(cause)})`, { cause });
  }
  if (!ArrayBuffer.isView(answer.pixelData)) throw new DecodeError('The decoder gave no pixels');
  const { rows = layout.rows, columns = layout.columns } = answer;
  if (rows !== layout.rows || columns !== layout.columns) {
    throw new DecodeError(
      `The compressed image is ${columns} x ${rows}; the header says ${layout.columns} x ${layout.rows}`,
    );
  }
  const samples = answer.pixelData as Samples;
  if (lossyJpegOfAnyDepth.has(transferSyntaxUID) && jpegPrecision(bytes) === 12) correctLevelShift(samples);
  return {
    samples,
    isPlanar: answer.interleaveMode === 0 && layout.samplesPerPixel > 1,
    photometricInterpretation: layout.photometricInterpretation,
  };
}

/** Starts the workers ahead of need, so that their code is there when the first compressed frame is. */
export function warmUpDecoders(): void {
  registerWorkers();
}
