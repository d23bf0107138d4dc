import type { DataSet } from '../data-set.ts';
import { DicomReadError } from '../dicom-errors.ts';
import { locatePixelData } from '../frames/locate-pixel-data.ts';
import type { PixelDataLocation } from '../frames/pixel-data-location.ts';
import {
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  transferSyntaxOf,
} from '../transfer-syntaxes.ts';
import { ByteQueue } from './byte-queue.ts';
import { DataSetReader } from './data-set-reader.ts';
import { DeflatedDataSet } from './deflated-data-set.ts';
import { detectEncoding, type Encoding } from './encoding-detection.ts';
import { type BulkDataEntry, ReadContext } from './read-context.ts';
import { defaultReadLimits, type ReadLimits } from './read-limits.ts';

export type { BulkDataEntry };

/** An instance, as far as it is not bulk data. */
export interface ParsedInstance {
  /** From the file meta information; guessed, with a warning, where it is missing there. */
  transferSyntaxUID: string;
  /** Group 0002; empty where the file has none. */
  fileMeta: DataSet;
  /** DICOM JSON (PS3.18 F). BulkDataURI holds a path relative to the instance's bulk data: `00420011`. */
  dataSet: DataSet;
  bulkData: BulkDataEntry[];
  pixelData: PixelDataLocation | undefined;
  /** Values of Specific Character Set as stored; in `dataSet` it is ISO_IR 192. Empty when absent. */
  characterSets: string[];
  /** For people; they name tags and offsets, no values. */
  warnings: string[];
  /** All bytes that were written to the reader. */
  sizeBytes: number;
  /**
   * The data set is deflated. All offsets beyond `dataSetOffsetBytes` are then those of its inflated bytes, as if
   * these followed the file meta information: inflate everything from `dataSetOffsetBytes` of the instance on, and the
   * value at offset n is at n - `dataSetOffsetBytes` of the result.
   */
  deflated: boolean;
  /** Where the data set begins, after preamble and file meta information. */
  dataSetOffsetBytes: number;
}

const explicitLittleEndian: Encoding = { implicit: false, bigEndian: false };
const preambleBytes = 128;
const headBytes = preambleBytes + 4 + 8;

/**
 * Reads a DICOM file (PS3.10) as its bytes arrive, in chunks of any size. Memory doesn't depend on the length of the
 * instance: pixel data and long binary values are passed over and only their positions kept. After an error the reader
 * can't be used any more.
 */
export class Part10Reader {
  private readonly context: ReadContext;
  private readonly queue = new ByteQueue();
  private state: 'head' | 'meta' | 'data-set' = 'head';
  private meta: DataSetReader | undefined;
  private dataSet: DataSetReader | undefined;
  private deflated: DeflatedDataSet | undefined;
  private transferSyntaxUID = '';
  private dataSetOffsetBytes = 0;
  private sizeBytes = 0;
  private failure: unknown;

  constructor(options: { limits?: Partial<ReadLimits> } = {}) {
    this.context = new ReadContext({ ...defaultReadLimits, ...options.limits });
  }

  /**
   * Takes the next bytes; they may be overwritten once it has returned, or resolved. Throws (or rejects with)
   * `DicomReadError`.
   */
  write(chunk: Uint8Array): Promise<void> | void {
    if (this.failure !== undefined) throw this.failure;
    this.sizeBytes += chunk.length;
    if (this.deflated) return this.writeDeflated(this.deflated, chunk);
    return this.guard(() => {
      this.queue.push(chunk);
      const deflatedRest = this.advance(false);
      this.queue.detach();
      if (deflatedRest && this.deflated) return this.writeDeflated(this.deflated, deflatedRest);
    });
  }

  /** No more bytes follow. Rejects with `DicomReadError` where the instance is incomplete or no DICOM. */
  async end(): Promise<ParsedInstance> {
    if (this.failure !== undefined) throw this.failure;
    await this.guard(() => {
      const deflatedRest = this.advance(true);
      if (deflatedRest && this.deflated) return this.writeDeflated(this.deflated, deflatedRest);
    });
    if (this.deflated) await this.guardAsync(this.deflated.end());
    return this.guard(() => this.result());
  }

  /** Elements and items read so far, at all depths: what the data set in memory grows with. */
  get elementCount(): number {
    return this.context.elementCount;
  }

  /** What has been read, also after an error: to name an instance that could not be read to its end. */
  soFar(): Pick<ParsedInstance, 'fileMeta' | 'dataSet'> {
    return { fileMeta: this.meta?.dataSet ?? {}, dataSet: this.dataSet?.dataSet ?? {} };
  }

  /** Reads what can be read; returns the first bytes of a deflated data set when they come up. */
  private advance(ended: boolean): Uint8Array | undefined {
    if (this.state === 'head' && (ended || this.queue.available >= headBytes)) this.readHead();
    if (this.state === 'meta') {
      const rest = this.readMeta(ended);
      if (rest) return rest;
    }
    if (this.state === 'data-set' && !this.deflated) this.dataSet?.run();
    return undefined;
  }

  /** Preamble and prefix (PS3.10 7.1), where there are any. */
  private readHead(): void {
    const { queue, context } = this;
    if (hasPrefix(queue, preambleBytes)) queue.position += preambleBytes + 4;
    else if (hasPrefix(queue, 0)) {
      context.warn('no preamble', '', 0);
      queue.position += 4;
    } else context.warn('neither preamble nor "DICM"', '', 0);
    if (queue.available < 8) {
      if (queue.offset > 0)
        throw new DicomReadError('TRUNCATED', 'the bytes end after the preamble', queue.offset);
      throw new DicomReadError('NOT_DICOM', queue.available === 0 ? 'it is empty' : 'too short for DICOM', 0);
    }
    const detected = detectEncoding(queue);
    if (!detected) throw new DicomReadError('NOT_DICOM', 'nothing that looks like DICOM', queue.offset);
    if (queue.u16(0, detected.bigEndian) !== 2) {
      context.warn('no file meta information', '', queue.offset);
      this.startDataSet(uidOf(detected));
      return;
    }
    if (detected.implicit || detected.bigEndian) {
      context.warn('file meta information that is not explicit VR little endian', '', queue.offset);
    }
    this.meta = new DataSetReader(queue, context, detected, 2);
    this.state = 'meta';
  }

  private readMeta(ended: boolean): Uint8Array | undefined {
    const { meta, queue, context } = this;
    if (!meta) return undefined;
    let complete = meta.run(this.metaEnd(meta));
    // the length becomes known with the first element
    if (!complete) complete = meta.run(this.metaEnd(meta));
    // to guess a missing transfer syntax takes the first element of the data set
    const uid = this.declaredTransferSyntax(meta);
    const enough =
      queue.available >= 8 || (uid !== '' && transferSyntaxOf(uid).deflated && queue.available > 0);
    if (!complete || (!enough && !ended)) {
      if (ended) {
        meta.end();
        throw new DicomReadError('TRUNCATED', 'no data set after the file meta information', queue.offset);
      }
      return undefined;
    }
    if (queue.available === 0) {
      throw new DicomReadError('TRUNCATED', 'no data set after the file meta information', queue.offset);
    }
    if (meta.fileMetaLength !== undefined && meta.fileMetaLength !== queue.offset) {
      context.warn('a wrong length of the file meta information', '00020000', queue.offset);
    }
    return this.startDataSet(uid === '' ? this.guessTransferSyntax() : uid);
  }

  /** Only where the data set is deflated the length of group 0002 is relied on: its bytes may look like anything. */
  private metaEnd(meta: DataSetReader): number | undefined {
    const isDeflated = transferSyntaxOf(this.declaredTransferSyntax(meta)).deflated;
    return isDeflated ? meta.fileMetaLength : undefined;
  }

  private declaredTransferSyntax(meta: DataSetReader): string {
    const value = meta.dataSet['00020010']?.Value?.[0];
    return typeof value === 'string' ? value : '';
  }

  private guessTransferSyntax(): string {
    this.context.warn('no transfer syntax', '00020010', this.queue.offset);
    const detected = this.queue.available >= 8 ? detectEncoding(this.queue) : undefined;
    return uidOf(detected ?? explicitLittleEndian);
  }

  /** Returns the bytes at hand when they are deflated. */
  private startDataSet(transferSyntaxUID: string): Uint8Array | undefined {
    const { queue, context } = this;
    const { deflated, implicit, bigEndian } = transferSyntaxOf(transferSyntaxUID);
    const encoding = { implicit, bigEndian };
    this.state = 'data-set';
    this.transferSyntaxUID = transferSyntaxUID;
    this.dataSetOffsetBytes = queue.offset;
    if (!deflated) {
      this.dataSet = new DataSetReader(queue, context, encoding);
      return undefined;
    }
    const inflatedQueue = new ByteQueue(queue.offset);
    const dataSet = new DataSetReader(inflatedQueue, context, encoding);
    this.dataSet = dataSet;
    this.deflated = new DeflatedDataSet(
      context.limits,
      queue.offset,
      (bytes) => {
        inflatedQueue.push(bytes);
        dataSet.run();
        inflatedQueue.detach();
      },
      () => context.warn('deflated with a zlib header', '', queue.offset),
    );
    const rest = Uint8Array.from(queue.bytes.subarray(queue.position, queue.end));
    queue.position = queue.end;
    return rest;
  }

  private result(): ParsedInstance {
    const { dataSet, context, transferSyntaxUID } = this;
    if (!dataSet) throw new DicomReadError('NOT_DICOM', 'too short for DICOM', this.sizeBytes);
    dataSet.end();
    const root = dataSet.dataSet;
    // PS3.18 F.2: text beyond ASCII is UTF-8 in JSON, whether a character set was declared or not
    if (dataSet.undeclaredText && !root['00080005']?.Value)
      root['00080005'] = { vr: 'CS', Value: ['ISO_IR 192'] };
    return {
      transferSyntaxUID,
      fileMeta: this.meta?.dataSet ?? {},
      dataSet: root,
      bulkData: context.bulkData,
      pixelData: locatePixelData(dataSet, transferSyntaxUID, context),
      characterSets: dataSet.characterSets,
      warnings: context.warnings,
      sizeBytes: this.sizeBytes,
      deflated: this.deflated !== undefined,
      dataSetOffsetBytes: this.dataSetOffsetBytes,
    };
  }

  private writeDeflated(deflated: DeflatedDataSet, chunk: Uint8Array): Promise<void> {
    return this.guardAsync(deflated.write(chunk));
  }

  private guard<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  private async guardAsync(reading: Promise<void>): Promise<void> {
    try {
      await reading;
    } catch (error) {
      this.failure = error;
      this.deflated?.destroy();
      throw error;
    }
  }
}

function hasPrefix(queue: ByteQueue, at: number): boolean {
  if (queue.available < at + 4) return false;
  return [0x44, 0x49, 0x43, 0x4d].every((byte, i) => queue.bytes[queue.position + at + i] === byte);
}

function uidOf(encoding: Encoding): string {
  if (encoding.bigEndian) return explicitVrBigEndian;
  return encoding.implicit ? implicitVrLittleEndian : explicitVrLittleEndian;
}
