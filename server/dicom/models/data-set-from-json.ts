import type { DataElement, DataSet, ElementValue, PersonName } from '../data-set.ts';
import { DataSetError } from '../dicom-errors.ts';
import type { VrTraits } from '../value-representations.ts';
import {
  addElement,
  checkedBase64,
  checkSiblings,
  MODEL_LIMITS,
  ModelCount,
  pathOf,
  traitsOf,
} from './data-set-building.ts';
import { NAME_GROUPS } from './data-set-xml.ts';
import { scanJson } from './json-scan.ts';

/**
 * The data sets of a DICOM JSON text (PS3.18 F.2.1: an array of them, or a single one), each as JSON has it and not yet looked at.
 * What would cost more memory than its bytes suggest is refused before it is parsed. Throws a `DataSetError` where the text is no
 * JSON.
 */
export function parseJsonDataSets(bytes: Uint8Array): unknown[] {
  const text = scanJson(bytes);
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed)) return parsed;
    if (typeof parsed === 'object' && parsed !== null) return [parsed];
  } catch (error) {
    // What V8 says repeats the text, which may be of a patient; only the place is passed on.
    const place = /at position \d+/.exec(error instanceof Error ? error.message : '')?.[0];
    throw new DataSetError(`the text is not JSON${place ? ` (${place})` : ''}`);
  }
  throw new DataSetError('the JSON is neither an array of data sets nor a data set');
}

/**
 * A data set out of parsed JSON (PS3.18 F.2.2), its shape checked: tags, VRs, one value field an element, values of the kind that
 * the VR takes. Names of persons may also be plain text, a `vr` may be missing where PS3.6 tells it. Throws a `DataSetError` that
 * names the element. Whether a value fits its VR is for the Part 10 writer.
 */
export function dataSetFromJson(json: unknown): DataSet {
  return readDataSet(json, '', 0, new ModelCount());
}

function readDataSet(json: unknown, path: string, depth: number, count: ModelCount): DataSet {
  if (!isObject(json)) throw new DataSetError('a data set is an object', path);
  if (depth > MODEL_LIMITS.depth) throw new DataSetError(`deeper than ${MODEL_LIMITS.depth} sequences`, path);
  const names = Object.keys(json);
  checkSiblings(names.length, path);
  const dataSet: DataSet = {};
  for (const name of names) {
    const element = json[name];
    if (!/^[0-9A-Fa-f]{8}$/.test(name)) throw new DataSetError('a name that is no tag', path);
    const tag = name.toUpperCase();
    const own = pathOf(path, tag);
    count.addElement(own);
    addElement(dataSet, tag, readElement(element, tag, own, depth, count), own);
  }
  return dataSet;
}

function readElement(
  json: unknown,
  tag: string,
  path: string,
  depth: number,
  count: ModelCount,
): DataElement {
  if (!isObject(json)) throw new DataSetError('an element is an object', path);
  const { vr, Value, InlineBinary, BulkDataURI } = json;
  const traits = traitsOf(vr, tag, path);
  if ([Value, InlineBinary, BulkDataURI].filter((field) => field !== undefined).length > 1)
    throw new DataSetError('it has more than one of Value, InlineBinary and BulkDataURI', path);
  if (BulkDataURI !== undefined) {
    if (typeof BulkDataURI !== 'string') throw new DataSetError('its BulkDataURI is not text', path);
    return { vr: traits.vr, BulkDataURI };
  }
  if (InlineBinary !== undefined) {
    if (typeof InlineBinary !== 'string') throw new DataSetError('its InlineBinary is not text', path);
    if (traits.kind === 'sequence') throw new DataSetError('a sequence has items', path);
    const packed = checkedBase64(InlineBinary, path);
    return packed === '' ? { vr: traits.vr } : { vr: traits.vr, InlineBinary: packed };
  }
  if (Value === undefined) return { vr: traits.vr };
  if (!Array.isArray(Value)) throw new DataSetError('its Value is not an array', path);
  if (Value.length === 0) return { vr: traits.vr };
  count.addValues(Value.length, path);
  if (traits.kind === 'sequence')
    return { vr: 'SQ', Value: Value.map((one, i) => readItem(one, `${path}[${i + 1}]`, depth, count)) };
  return { vr: traits.vr, Value: Value.map((one) => readValue(one, traits, path)) };
}

/** An empty item may be `null` (PS3.18 F.2.5). */
function readItem(json: unknown, path: string, depth: number, count: ModelCount): DataSet {
  count.addElement(path);
  return json === null ? {} : readDataSet(json, path, depth + 1, count);
}

function readValue(json: unknown, traits: VrTraits, path: string): ElementValue {
  if (json === null || typeof json === 'string' || typeof json === 'number') {
    if (traits.kind === 'binary' && json !== null)
      throw new DataSetError(`VR ${traits.vr} takes InlineBinary or BulkDataURI, not Value`, path);
    return json;
  }
  if (traits.vr === 'PN' && isObject(json)) return readPersonName(json, path);
  throw new DataSetError(`a value that is not of VR ${traits.vr}`, path);
}

function readPersonName(json: Readonly<Record<string, unknown>>, path: string): PersonName {
  const name: PersonName = {};
  for (const group of NAME_GROUPS) {
    const text = json[group];
    if (text === undefined || text === null || text === '') continue;
    if (typeof text !== 'string') throw new DataSetError(`its ${group} is not text`, path);
    name[group] = text;
  }
  return name;
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
