import { createHash, randomUUID } from 'node:crypto';
import { BlobStoreFullError } from '../../../storage/blobs/blob-errors.ts';
import { IndexFullError, isCertainlyNotCommitted } from '../../../storage/index/index-errors.ts';
import type { InstanceRecord } from '../../../storage/index/store/instance-record.ts';
import { takeBlob } from '../../../storage/index/store/take-blob.ts';
import { DicomReadError } from '../../dicom/dicom-errors.ts';
import { Part10Reader } from '../../dicom/read/part10-reader.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { Turns } from '../turns.ts';
import { type InstanceIdentity, identityOf, invalidValues, namesOf, recordOf } from './instance-record.ts';
import {
  type FailedInstance,
  type FailureKind,
  type InstanceNames,
  InstanceRefusal,
  type StoredInstance,
  type StoreOutcome,
  type StoreWarning,
} from './store-outcome.ts';

export interface StoreRequest {
  /** The bytes of one Part 10 instance, as they arrive. */
  content: AsyncIterable<Uint8Array>;
  /** The study that the sender named; an instance of another one is refused. */
  studyInstanceUID?: string | undefined;
  /** Ends the storing, with nothing kept. */
  signal?: AbortSignal;
  /** The instance sent before it: its row comes first. */
  after?: Storing | undefined;
}

export interface Storing {
  /** Resolves when `content` needs no more reading and the next instance may be begun. Never rejects. */
  consumed: Promise<void>;
  /** Resolves when the row has its place among those to be written, or there will be none. Never rejects. */
  placed: Promise<void>;
  /**
   * Resolves once the instance is durable, or refused with nothing of it kept. Rejects only when `content` itself threw, or
   * `signal` aborted.
   */
  outcome: Promise<StoreOutcome>;
}

/** The largest instance: the Extended Offset Table's reach has no practical end, a disk has. */
const LARGEST_INSTANCE_BYTES = 1024 ** 4;

/** Nearly all metadata is smaller; that of an enhanced multi-frame object need not be. */
const SMALL_METADATA_CHARACTERS = 256 * 1024;

/** From so many elements on an instance waits for its turn: in memory they take some hundred bytes each. */
const MANY_ELEMENTS = 50_000;
/** Of these one at a time: half a million elements, which the limits allow, take some 400 MiB until they are stored. */
const largeDataSets = new Turns(1);

/**
 * Stores one instance: its bytes into the blob store while its head is read (law 2: blob first, row second, answer third).
 * What becomes of an object whose UIDs are stored already is for `parts.duplicates`; none is ever lost without a word.
 */
export function storeInstance(parts: ArchiveParts, request: StoreRequest): Storing {
  const consumed = signalling();
  const placed = signalling();
  const outcome = store(parts, request, consumed.signal, placed.signal).finally(() => {
    consumed.signal();
    placed.signal();
  });
  return { consumed: consumed.given, placed: placed.given, outcome };
}

function signalling(): { given: Promise<void>; signal: () => void } {
  let signal: () => void = () => undefined;
  const given = new Promise<void>((resolve) => {
    signal = resolve;
  });
  return { given, signal };
}

async function store(
  parts: ArchiveParts,
  request: StoreRequest,
  consumed: () => void,
  placed: () => void,
): Promise<StoreOutcome> {
  const key = newBlobKey();
  const intake = new Intake(request, key, consumed);
  try {
    await parts.blobs.put(key, intake.read(), request.signal ? { signal: request.signal } : {});
    const { record, identity } = intake.result();
    await request.after?.placed;
    const inserting = insert(parts, { ...record, replacesOther: parts.duplicates === 'replace' }, identity);
    placed();
    const stored = await inserting;
    parts.metrics.instancesStored.inc({ outcome: stored.already ? 'already' : 'stored' });
    return stored;
  } catch (error) {
    if (error === intake.sourceError || request.signal?.aborted) throw error;
    parts.metrics.instancesStored.inc({ outcome: 'failed' });
    return failureOf(parts, error, intake.names());
  } finally {
    intake.endTurn();
  }
}

/** Days make folders that stay small enough to list, and that backups can take one by one. */
function newBlobKey(): string {
  const [date = '', time = ''] = new Date().toISOString().split('T');
  return `instances/${date.replaceAll('-', '/')}/${time.slice(0, 2)}/${randomUUID()}.dcm`;
}

interface Read {
  record: InstanceRecord;
  identity: InstanceIdentity;
}

/** Reads the head, counts and digests the bytes of one instance as they pass on their way to the blob store. */
class Intake {
  /** What `content` itself threw: not this instance's fault. */
  sourceError: unknown;
  readonly #request: StoreRequest;
  readonly #blobKey: string;
  readonly #consumed: () => void;
  readonly #reader = new Part10Reader();
  #result: Read | undefined;
  #endTurn: (() => void) | undefined;

  constructor(request: StoreRequest, blobKey: string, consumed: () => void) {
    this.#request = request;
    this.#blobKey = blobKey;
    this.#consumed = consumed;
  }

  async *read(): AsyncGenerator<Uint8Array> {
    const reader = this.#reader;
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const chunk of this.#source()) {
      sizeBytes += chunk.length;
      if (sizeBytes > LARGEST_INSTANCE_BYTES)
        throw new InstanceRefusal('too-large', 'the instance is larger than 1 TiB');
      hash.update(chunk);
      const pending = reader.write(chunk);
      if (pending) await pending;
      if (reader.elementCount > MANY_ELEMENTS)
        this.#endTurn ??= await largeDataSets.take(this.#request.signal);
      yield chunk;
    }
    const parsed = await reader.end();
    const identity = identityOf(parsed);
    const wanted = this.#request.studyInstanceUID;
    if (wanted !== undefined && wanted !== identity.studyInstanceUID) {
      // PS3.18 10.5.1: instances of other studies than the one in the URI are refused.
      throw new InstanceRefusal('study-mismatch', 'its StudyInstanceUID is not that of the request');
    }
    const record = recordOf(parsed, identity, { key: this.#blobKey, sizeBytes, digest: hash.digest() });
    this.#result = { record, identity };
    // Law 4: the next instance may come while this one is written, but not beside the metadata of thirty large ones.
    if (record.metadata.length <= SMALL_METADATA_CHARACTERS) this.#consumed();
  }

  /** To be called when what was read is no longer held. */
  endTurn(): void {
    this.#endTurn?.();
    this.#endTurn = undefined;
  }

  async *#source(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#request.content;
    } catch (error) {
      this.sourceError = error;
      throw error;
    }
  }

  /** As far as they were read, so that the sender learns which of its instances failed. */
  names(): InstanceNames {
    const { dataSet, fileMeta } = this.#reader.soFar();
    return namesOf(dataSet, fileMeta);
  }

  result(): Read {
    if (!this.#result) throw new Error('the blob store did not read to the end');
    return this.#result;
  }
}

async function insert(
  parts: ArchiveParts,
  record: InstanceRecord,
  identity: InstanceIdentity,
): Promise<StoredInstance> {
  try {
    const outcome = await parts.insertQueue.insert(record);
    if (outcome.kind === 'duplicate') {
      const isSame = Buffer.compare(outcome.digest, record.digest) === 0;
      const tookPlace = isSame && (await tookPlaceOfLost(parts, outcome.blobKey, record));
      if (!tookPlace) await discard(parts, record.blobKey);
      if (isSame && !tookPlace && parts.duplicates === 'refuse')
        throw new InstanceRefusal('duplicate', 'it is stored already, and sending again is refused here');
      if (!isSame) {
        throw new InstanceRefusal(
          'duplicate',
          'another object with these UIDs is stored already; it was kept, this one was not',
        );
      }
    }
    if (outcome.kind === 'stored' && outcome.isUncertain && !(await parts.blobs.stat(record.blobKey)))
      throw new Error('its bytes were deleted while the index gave no answer');
    const mismatch = outcome.kind === 'stored' && outcome.patientMismatch;
    const warnings: StoreWarning[] = [...invalidValues(record, identity)];
    if (mismatch)
      warnings.unshift({ kind: 'patient-mismatch', detail: 'its patient is not that of the study' });
    if (mismatch) parts.logger.warn({ ...identity }, 'patient_mismatch');
    const replaced = outcome.kind === 'stored' && outcome.replaced;
    if (replaced) parts.logger.info({ ...identity }, 'instance_replaced');
    return { kind: 'stored', ...identity, already: outcome.kind === 'duplicate', replaced, warnings };
  } catch (error) {
    // Wherever the row may be there after all, the blob must stay. The sweeper knows when it looks.
    if (isCertainlyNotCommitted(error)) await discard(parts, record.blobKey);
    throw error;
  }
}

/** Whoever hears that an instance is stored already deletes their own: were its blob lost or cut off, the one that was sent again takes its place. */
async function tookPlaceOfLost(
  parts: ArchiveParts,
  storedKey: string,
  { blobKey, sizeBytes }: InstanceRecord,
): Promise<boolean> {
  const stored = await parts.blobs.stat(storedKey);
  if (stored?.sizeBytes === sizeBytes) return false;
  const took = await takeBlob(parts.pool, storedKey, blobKey);
  if (took) parts.logger.warn({ blobKey: storedKey }, 'lost_blob_stored_again');
  return took;
}

async function discard(parts: ArchiveParts, key: string): Promise<void> {
  await parts.blobs.delete(key).catch((error: unknown) => {
    parts.logger.warn({ err: error, blobKey: key }, 'blob_left_for_the_sweeper');
  });
}

function failureOf(parts: ArchiveParts, error: unknown, names: InstanceNames): FailedInstance {
  const failed = (failure: FailureKind, detail: string): FailedInstance => ({
    kind: 'failed',
    failure,
    detail,
    ...names,
  });
  if (error instanceof InstanceRefusal) return failed(error.failure, error.message);
  if (error instanceof DicomReadError) return failed('cannot-understand', error.message);
  parts.logger.error({ err: error, ...names }, 'store_failed');
  if (error instanceof BlobStoreFullError || error instanceof IndexFullError) {
    return failed('out-of-resources', 'the archive has no room left');
  }
  return failed('processing-failure', 'the archive failed to store it; send it again');
}
