import type { DataElement, DataSet, ElementValue } from '../../../server/dicom/data-set.ts';
import { tagOf, vrOf } from '../../../server/dicom/dictionary.ts';
import { stringifyDataSet } from '../../../server/dicom/models/data-set-json.ts';
import { parsePersonName } from '../../../server/dicom/person-name.ts';
import { type Attributes, type AttributeValue, makeInstance } from '../../support/make-instance.ts';
import { instanceAttributes, type MadeUpSeries, type MadeUpStudy } from './studies.ts';

const NUMBERS = new Set(['DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'UL', 'US']);

/** An element of a data set with its DICOM JSON text. */
export interface WrittenElement {
  tag: string;
  element: DataElement;
  /** Such as `"00080060":{"vr":"CS","Value":["CT"]}`. */
  text: string;
}

/** `attributes` as the archive has them of a file, in no order. */
export function elementsOf(attributes: Attributes): WrittenElement[] {
  return Object.entries(attributes).flatMap(([keyword, value]) => {
    const tag = tagOf(keyword);
    const vr = tag && vrOf(tag);
    if (!tag || !vr) throw new TypeError(`not a keyword of PS3.6: ${keyword}`);
    return value === undefined ? [] : [writtenElement(tag, elementOf(vr, value))];
  });
}

export function writtenElement(tag: string, element: DataElement): WrittenElement {
  return { tag, element, text: stringifyDataSet({ [tag]: element }).slice(1, -1) };
}

/** DICOM JSON text of `elements`, which are in the order of their tags. */
export function textOf(elements: readonly WrittenElement[]): string {
  return `{${elements.map(({ text }) => text).join(',')}}`;
}

function dataSetOf(attributes: Attributes): DataSet {
  return Object.fromEntries(elementsOf(attributes).map(({ tag, element }) => [tag, element]));
}

function elementOf(vr: DataElement['vr'], value: AttributeValue): DataElement {
  const values = (Array.isArray(value) ? value : [value]) as (string | number | Attributes)[];
  if (values.length === 1 && values[0] === '') return { vr };
  return {
    vr,
    Value: values.map((one): ElementValue => {
      if (typeof one === 'object') return dataSetOf(one);
      if (vr === 'PN') return parsePersonName(String(one));
      return NUMBERS.has(vr) ? Number(one) : String(one);
    }),
  };
}

/** Pixels of thin files, whatever the made-up modality would make of a patient. */
const THIN: Attributes = { Rows: 16, Columns: 16 };

/** A file of the instance `number`, from 1 on: its image is black, and small where it is to be `thin`. */
export function fileOf(
  study: MadeUpStudy,
  series: MadeUpSeries,
  number: number,
  { thin }: { thin: boolean },
): Uint8Array {
  const attributes: Attributes = {
    ...study.attributes,
    ...series.attributes,
    ...series.acquisition,
    ...instanceAttributes(series, number),
    ...(thin && series.acquisition.Rows !== undefined && THIN),
  };
  if (attributes.Rows === undefined) return makeInstance({ attributes });
  const { bitsAllocated } = series;
  const pixelBytes = new Uint8Array(
    (Number(attributes.Rows) * Number(attributes.Columns) * bitsAllocated) / 8,
  );
  return makeInstance({ attributes, image: { bitsAllocated, pixelBytes } });
}
