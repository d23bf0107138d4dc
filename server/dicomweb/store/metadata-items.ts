import { ScratchFile } from '../../archive/scratch-file.ts';
import { namesOf } from '../../archive/store/instance-record.ts';
import { InstanceRefusal, type StoreOutcome } from '../../archive/store/store-outcome.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { DataSetError } from '../../dicom/dicom-errors.ts';
import { dataSetFromJson, parseJsonDataSets } from '../../dicom/models/data-set-from-json.ts';
import { dataSetFromXml } from '../../dicom/models/data-set-from-xml.ts';
import { planPart10, writePart10 } from '../../dicom/write/part10-writer.ts';
import { HttpError } from '../../http/http-errors.ts';
import { mediaTypeOf } from '../../http/media-type.ts';
import type { MultipartPart } from '../../http/multipart-reader.ts';
import { BulkParts } from './bulk-parts.ts';
import { pixelEncodingOf } from './pixel-parts.ts';
import { type MetadataForm, metadataFormOf, type StoreItem } from './store-content.ts';
import { couldNotUnderstand } from './store-failures.ts';

/**
 * Metadata of one request, all parts together. It has to be parsed as a whole, which takes several times its bytes in memory; that of a
 * thousand slices is some 5 MB, the largest RT structure sets are 10 MB.
 */
export const MOST_METADATA_BYTES = 32 * 2 ** 20;

/** The same of all requests of this process together. */
const MOST_METADATA_AT_ONCE_BYTES = 4 * MOST_METADATA_BYTES;
let heldBytes = 0;

/** What one request holds of that. */
class HeldMetadata {
  #bytes = 0;

  /** Throws a 413 for one request's too much, a 503 for that of all. */
  add(bytes: number): void {
    if (this.#bytes + bytes > MOST_METADATA_BYTES)
      throw new HttpError(413, `The metadata of one request may be ${MOST_METADATA_BYTES} bytes.`);
    if (heldBytes + bytes > MOST_METADATA_AT_ONCE_BYTES)
      throw new HttpError(503, 'Too much metadata is being stored at once; try again soon.', {
        headers: { 'Retry-After': '5' },
      });
    this.#bytes += bytes;
    heldBytes += bytes;
  }

  release(): void {
    heldBytes -= this.#bytes;
    this.#bytes = 0;
  }
}

const PIXEL_DATA = '7FE00010';

/** A data set that is still to be made of JSON or XML. */
type Pending = () => DataSet;

/** One part alone: what is bulk data has to be inline. */
export async function* itemsOfMetadata(
  body: AsyncIterable<Uint8Array>,
  form: MetadataForm,
): AsyncGenerator<StoreItem> {
  const bulk = new BulkParts(new ScratchFile(''), 'about:blank');
  const held = new HeldMetadata();
  try {
    for (const pending of pendingOf(await collect(body, held), form)) yield await itemOf(pending, bulk);
  } finally {
    held.release();
  }
}

/**
 * The instances that the metadata and bulk data parts of a request make (PS3.18 10.5.2), in the order of the metadata. Parts may come in any
 * order, so all are read before the first instance is given; bulk data waits in a scratch file in `scratchFolder`, which is gone when the
 * reader of these items is done.
 */
export async function* itemsOfParts(
  parts: AsyncIterable<MultipartPart>,
  form: MetadataForm,
  scratchFolder: string,
  requestUrl: string,
): AsyncGenerator<StoreItem> {
  const scratch = new ScratchFile(scratchFolder);
  const held = new HeldMetadata();
  try {
    const bulk = new BulkParts(scratch, requestUrl);
    const pending = await readParts(parts, form, bulk, held);
    if (pending.length === 0) throw new HttpError(400, 'The request holds no metadata, so no instance.');
    let all = true;
    for (let next = pending.shift(); next; next = pending.shift()) {
      const item = await itemOf(next, bulk);
      if ('kind' in item) all = false;
      yield item;
    }
    // What nothing refers to would be lost without a word; where metadata failed, that was said already.
    if (all)
      for (const number of bulk.unused()) yield couldNotUnderstand(`no metadata refers to part ${number}`);
  } finally {
    held.release();
    await scratch.close();
  }
}

async function readParts(
  parts: AsyncIterable<MultipartPart>,
  form: MetadataForm,
  bulk: BulkParts,
  held: HeldMetadata,
): Promise<Pending[]> {
  const pending: Pending[] = [];
  let number = 0;
  for await (const { headers, body } of parts) {
    number++;
    const given = headers['content-type'];
    // RFC 2387 3.2: without `start` the first part is the root.
    const partForm = given === undefined && number === 1 ? form : metadataFormOf(mediaTypeOf(given)?.type);
    if (!partForm) {
      await bulk.add(headers, body, number);
      continue;
    }
    for (const one of pendingOf(await collect(body, held), partForm)) pending.push(one);
  }
  return pending;
}

/** JSON that can't be parsed is a bad request; an XML document is one instance, and fails alone. */
function pendingOf(bytes: Uint8Array, form: MetadataForm): Pending[] {
  if (form === 'xml') return [() => dataSetFromXml(bytes)];
  try {
    return parseJsonDataSets(bytes).map((json) => () => dataSetFromJson(json));
  } catch (error) {
    if (error instanceof DataSetError)
      throw new HttpError(400, `The metadata cannot be read: ${error.message}`);
    throw error;
  }
}

async function itemOf(pending: Pending, bulk: BulkParts): Promise<StoreItem> {
  let dataSet: DataSet = {};
  try {
    dataSet = pending();
    return await fileOf(dataSet, bulk);
  } catch (error) {
    return failureOf(error, dataSet);
  }
}

function failureOf(error: unknown, dataSet: DataSet): StoreOutcome {
  const names = namesOf(dataSet, {});
  if (error instanceof DataSetError) return couldNotUnderstand(error.message, names);
  if (error instanceof InstanceRefusal)
    return { kind: 'failed', failure: error.failure, detail: error.message, ...names };
  throw error;
}

/** The file that a data set and its bulk data make, streamed. */
async function fileOf(dataSet: DataSet, bulk: BulkParts): Promise<AsyncIterable<Uint8Array>> {
  const pixelData = dataSet[PIXEL_DATA];
  const pixelParts =
    pixelData?.BulkDataURI === undefined ? [] : bulk.find(pixelData.BulkDataURI, '(7FE0,0010)');
  const encoding = await pixelEncodingOf(dataSet, pixelParts);
  const plan = planPart10({
    dataSet: withPixelVr(dataSet),
    ...encoding,
    bulkValue: (uri, path) => {
      const [part, another] = bulk.find(uri, path);
      if (!part || another) throw new DataSetError('several parts have its BulkDataURI', path);
      return part;
    },
  });
  return writePart10(plan);
}

/** PS3.5 A.2: native pixel data of more than 8 bits is OW. Metadata of compressed pixels says OB, or nothing. */
function withPixelVr(dataSet: DataSet): DataSet {
  const pixelData = dataSet[PIXEL_DATA];
  const bits = dataSet['00280100']?.Value?.[0];
  if (!pixelData || !['OB', 'OW', 'UN'].includes(pixelData.vr)) return dataSet;
  return { ...dataSet, [PIXEL_DATA]: { ...pixelData, vr: Number(bits) > 8 ? 'OW' : 'OB' } };
}

async function collect(body: AsyncIterable<Uint8Array>, held: HeldMetadata): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    held.add(chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
