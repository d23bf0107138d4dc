import { getWebWorkerManager } from '@cornerstonejs/core';
import { correctLevelShift, jpegPrecision } from './jpeg-twelve-bit.ts';
import { DecodeError, type PixelLayout, type RawFrame, type Samples } from './raw-frame.ts';
import { type PoolWorker, WorkerPool } from './worker-pool.ts';

/** A decoder that has not answered after this is taken as hung: damaged streams can make one loop for ever. */
const decodeTimeoutMs = 30_000;
/** Extended and progressive JPEG, which one decoder does. */
const lossyJpegOfAnyDepth = new Set(['51', '53', '55'].map((last) => `1.2.840.10008.1.2.4.${last}`));

type CodecWorker = PoolWorker<object, unknown>;

/** Registers one worker, alone under its name: Cornerstone can end workers only by name, all that bear it. */
function registerWorker(name: string, start: () => Worker): CodecWorker {
  const manager = getWebWorkerManager();
  manager.registerWorker(name, start, { maxWorkerInstances: 1 });
  return {
    run: (task) => manager.executeTask<unknown>(name, 'decodeTask', task),
    // The manager starts another one for the next task.
    end: () => manager.terminate(name),
  };
}

/** Starts the worker of Cornerstone's image loader, alone: its entry point would bring all codecs to the page as well. */
function startWorker(): Worker {
  // The package does not export it.
  return new Worker(
    new URL(
      '../../../node_modules/@cornerstonejs/dicom-image-loader/dist/esm/decodeImageFrameWorker.js',
      import.meta.url,
    ),
    { type: 'module' },
  );
}

/** Starts the codec workers. They load each codec's WebAssembly when it is first needed. */
function startWorkers(): WorkerPool<object, unknown> {
  const count = Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1));
  const workers = Array.from({ length: count }, (_, index) => registerWorker(`codec-${index}`, startWorker));
  return new WorkerPool(workers, decodeTimeoutMs, () => new DecodeError('The decoder did not answer'));
}

let startedPool: WorkerPool<object, unknown> | undefined;

function pool(): WorkerPool<object, unknown> {
  startedPool ??= startWorkers();
  return startedPool;
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

function runDecoder(
  bytes: Uint8Array<ArrayBuffer>,
  transferSyntaxUID: string,
  layout: PixelLayout,
  decodeLevel = 0,
): Promise<unknown> {
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
    decodeLevel,
  };
  return pool().run({
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
    answer = (await runDecoder(bytes, transferSyntaxUID, layout)) as DecodedFrame;
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

/** Pixels taken from an image halved `level` times, each as often as it was before. */
function enlarge(samples: Samples, level: number, { rows, columns, samplesPerPixel }: PixelLayout): Samples {
  const from = Math.ceil(columns / 2 ** level);
  const Constructor = samples.constructor as new (length: number) => Samples;
  const enlarged = new Constructor(rows * columns * samplesPerPixel);
  for (let row = 0, to = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = ((row >> level) * from + (column >> level)) * samplesPerPixel;
      for (let sample = 0; sample < samplesPerPixel; sample++) enlarged[to++] = samples[at + sample] ?? 0;
    }
  }
  return enlarged;
}

/**
 * Decodes the beginning of a High-Throughput JPEG 2000 frame at a lower resolution (its sides halved `level` times), as a frame
 * of the whole size. What it shows is coarse, and no value of it is to be measured. @throws DecodeError
 */
export async function decodePart(
  bytes: Uint8Array<ArrayBuffer>,
  transferSyntaxUID: string,
  layout: PixelLayout,
  level: number,
): Promise<RawFrame> {
  const answer = (await runDecoder(bytes, transferSyntaxUID, layout, level)) as DecodedFrame;
  const [rows, columns] = [layout.rows, layout.columns].map((side) => Math.ceil(side / 2 ** level));
  const samples = answer.pixelData as Samples;
  const isWhole =
    ArrayBuffer.isView(samples) && samples.length === (rows ?? 0) * (columns ?? 0) * layout.samplesPerPixel;
  if (!isWhole) throw new DecodeError('The beginning of the frame gives no smaller image');
  return {
    samples: enlarge(samples, level, layout),
    isPlanar: false,
    photometricInterpretation: layout.photometricInterpretation,
  };
}

/** Starts the workers ahead of need, so that their code is there when the first compressed frame is. */
export function warmUpDecoders(): void {
  pool();
}
