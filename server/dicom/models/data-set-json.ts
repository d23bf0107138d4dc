import type { DataElement, DataSet, ElementValue } from '../data-set.ts';

/**
 * DICOM JSON text (PS3.18 F.2) with the elements in tag order at every depth (F.2.2), which `JSON.stringify` can't give:
 * to JavaScript `30060002` is an index and comes first.
 */
export function stringifyDataSet(dataSet: DataSet): string {
  const parts: string[] = [];
  writeDataSet(dataSet, parts);
  return parts.join('');
}

/** Depth is bounded by `ReadLimits.depth` for what the reader made; a sequence holds items and nothing else. */
function writeDataSet(dataSet: DataSet, parts: string[]): void {
  let separator = '{';
  for (const tag of Object.keys(dataSet).sort()) {
    parts.push(separator, '"', tag, '":');
    separator = ',';
    writeElement(dataSet[tag] as DataElement, parts);
  }
  parts.push(separator === '{' ? '{}' : '}');
}

function writeElement(element: DataElement, parts: string[]): void {
  if (element.vr !== 'SQ' || !element.Value) {
    parts.push(JSON.stringify(element));
    return;
  }
  parts.push('{"vr":"SQ","Value":');
  let separator = '[';
  for (const item of element.Value) {
    parts.push(separator);
    separator = ',';
    writeDataSet((item ?? {}) as DataSet & ElementValue, parts);
  }
  parts.push(separator === '[' ? '[]}' : ']}');
}

/** The inverse of `stringifyDataSet`, for text that it wrote: the shape is not checked. */
export function parseDataSet(json: string): DataSet {
  return JSON.parse(json) as DataSet;
}
