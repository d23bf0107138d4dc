import { textsAt } from '../../../server/archive/search/element-texts.ts';
import { ATTRIBUTES_OF_LEVEL } from '../../../server/archive/search/level-attributes.ts';
import { encodeFrameIndex } from '../../../server/dicom/frames/frame-index.ts';
import {
  columnsOf,
  INDEXED_ATTRIBUTES,
  type Level,
  storedAttributes,
} from '../../../storage/index/attributes.ts';
import { type ColumnValue, toColumns } from '../../../storage/index/search/column-value.ts';
import { type InstanceStatement, patientIdentity } from '../../../storage/index/store/instance-record.ts';
import type { Attributes } from '../../support/make-instance.ts';
import { elementsOf, textOf, type WrittenElement, writtenElement } from './data-sets.ts';
import { isSliced, type MadeUpSeries, type MadeUpStudy, makeUpStudy } from './studies.ts';

/** A row by its columns. */
export type Row = Record<string, ColumnValue | Buffer | bigint>;

/** What stands in a series' texts for what each instance has of its own. */
export const SOP_INSTANCE_UID = '@SOPInstanceUID@';
export const INSTANCE_NUMBER = 987_654_321;
export const SLICE_LOCATION = 987_654_322;

export interface RowsOfStudy {
  patient: Row;
  study: Row;
  series: { row: Row /** Of all its instances: see above. */; instance: Row; instances: number }[];
}

export interface Fullness {
  /** Of a study, at most. */
  series?: number;
  /** Of a series, at most. */
  instances?: number;
  /** Whether metadata have what searches need, and no more: quick to make. */
  bare?: boolean;
}

/** The columns of the attributes of `level`, as storing fills them. */
function attributeRow(level: Level, { values }: InstanceStatement): Row {
  return Object.fromEntries(
    storedAttributes(level).flatMap((attribute) => {
      const names = columnsOf(attribute);
      const columns = columnsOnce(attribute.kind, values[attribute.keyword] ?? []);
      return names.map((name, i) => [name, columns[i] ?? null]);
    }),
  );
}

const nameColumns = new Map<string, ColumnValue[]>();
const MOST_NAMES_KEPT = 50_000;

/** How names sound takes a while to find out. */
function columnsOnce(kind: Parameters<typeof toColumns>[0], values: readonly string[]): ColumnValue[] {
  if (kind !== 'name') return toColumns(kind, values);
  const key = values.join('\\');
  const known = nameColumns.get(key);
  if (known) return known;
  const columns = toColumns(kind, values);
  if (nameColumns.size >= MOST_NAMES_KEPT) nameColumns.clear();
  nameColumns.set(key, columns);
  return columns;
}

const elementsOnce = new WeakMap<Attributes, readonly WrittenElement[]>();

/** What series of one kind have in common is the same object, and written once. */
function elementsOfKind(acquisition: Attributes): readonly WrittenElement[] {
  const known = elementsOnce.get(acquisition);
  if (known) return known;
  const elements = elementsOf(acquisition);
  elementsOnce.set(acquisition, elements);
  return elements;
}

/** An instance's metadata, in order, before what is its own is put in. */
function template(study: MadeUpStudy, series: MadeUpSeries, { bare }: Fullness): WrittenElement[] {
  const { acquisition } = series;
  const own: Attributes = {
    SOPInstanceUID: SOP_INSTANCE_UID,
    InstanceNumber: INSTANCE_NUMBER,
    ...(isSliced(series) &&
      !bare && { ImagePositionPatient: [-180, -180, SLICE_LOCATION], SliceLocation: SLICE_LOCATION }),
  };
  const elements = [
    ...elementsOf(study.attributes),
    ...elementsOf(series.attributes),
    ...(bare ? [] : elementsOfKind(acquisition)),
    ...elementsOf(own),
  ];
  if (acquisition.Rows !== undefined)
    elements.push(writtenElement('7FE00010', { vr: pixelVr(series), BulkDataURI: '7FE00010' }));
  return elements.sort((a, b) => (a.tag < b.tag ? -1 : 1));
}

const pixelVr = ({ bitsAllocated }: MadeUpSeries) => (bitsAllocated === 16 ? 'OW' : 'OB');

/** What a search finds by is made by the functions that storing uses; pixels, which these rows have none of, are made up. */
export function rowsOfStudy(number: number, fullness: Fullness = {}): RowsOfStudy {
  const study = makeUpStudy(number);
  const kept = study.series.slice(0, fullness.series);
  const series = kept.map((one) => rowsOfSeries(study, one, fullness));
  const [first] = series;
  if (!first) throw new Error('a study has a series');
  const { statement } = first;
  const instances = series.reduce((sum, one) => sum + one.instances, 0);
  const distinct = (values: readonly string[]) => [...new Set(values)].sort();
  return {
    patient: {
      identity: patientIdentity(statement),
      patient_id: toColumns('code', statement.values.PatientID ?? [])[0] ?? null,
      issuer_of_patient_id: toColumns('code', statement.values.IssuerOfPatientID ?? [])[0] ?? null,
    },
    study: {
      ...attributeRow('study', statement),
      attributes: statement.studyAttributes,
      modalities_in_study: distinct(kept.map(({ attributes }) => attributes.Modality)),
      sop_classes_in_study: distinct(kept.map(({ attributes }) => attributes.SOPClassUID)),
      number_of_study_related_series: series.length,
      number_of_study_related_instances: instances,
    },
    series: series.map(({ row, instance, instances: count }) => ({ row, instance, instances: count })),
  };
}

const TAGS = {
  study: new Set<string>(ATTRIBUTES_OF_LEVEL.study),
  series: new Set<string>(ATTRIBUTES_OF_LEVEL.series),
  instance: new Set<string>(ATTRIBUTES_OF_LEVEL.instance),
};

function statementOf(elements: readonly WrittenElement[]): InstanceStatement {
  const dataSet = Object.fromEntries(elements.map(({ tag, element }) => [tag, element]));
  const stored = INDEXED_ATTRIBUTES.filter(({ computed }) => !computed);
  return {
    values: Object.fromEntries(stored.map(({ keyword, path }) => [keyword, textsAt(dataSet, path)])),
    studyAttributes: textOf(elements.filter(({ tag }) => TAGS.study.has(tag))),
    seriesAttributes: textOf(elements.filter(({ tag }) => TAGS.series.has(tag))),
  };
}

function rowsOfSeries(study: MadeUpStudy, series: MadeUpSeries, fullness: Fullness) {
  const elements = template(study, series, fullness);
  const metadata = textOf(elements);
  const statement = statementOf(elements);
  const instances = Math.min(series.instances, fullness.instances ?? Number.POSITIVE_INFINITY);
  const pixels = Number(series.acquisition.Rows ?? 0) * Number(series.acquisition.Columns ?? 0);
  const pixelBytes = (pixels * series.bitsAllocated) / 8;
  const { sop_instance_uid: _uid, instance_number: _number, ...found } = attributeRow('instance', statement);
  return {
    statement,
    instances,
    row: {
      ...attributeRow('series', statement),
      attributes: statement.seriesAttributes,
      number_of_series_related_instances: instances,
    },
    instance: {
      ...found,
      uid: series.attributes.SeriesInstanceUID,
      transfer_syntax_uid: '1.2.840.10008.1.2.1',
      attributes: textOf(elements.filter(({ tag }) => TAGS.instance.has(tag))),
      metadata,
      bulk_data: pixelBytes > 0 ? bulkData(series, pixelBytes, metadata.length) : null,
      frame_index: pixelBytes > 0 ? frameIndex(series, pixelBytes, metadata.length) : null,
      size_bytes: pixelBytes + Math.floor(metadata.length / 2),
      patient_identity: patientIdentity(statement),
      modality: series.attributes.Modality,
    },
  };
}

function bulkData(series: MadeUpSeries, lengthBytes: number, metadataLength: number): string {
  const offsetBytes = Math.floor(metadataLength / 2);
  return JSON.stringify({ entries: [{ path: '7FE00010', vr: pixelVr(series), offsetBytes, lengthBytes }] });
}

function frameIndex(series: MadeUpSeries, lengthBytes: number, metadataLength: number): Buffer {
  return Buffer.from(
    encodeFrameIndex({
      tag: '7FE00010',
      vr: pixelVr(series),
      bitsAllocated: series.bitsAllocated,
      bigEndian: false,
      numberOfFrames: 1,
      offsetBytes: Math.floor(metadataLength / 2),
      lengthBytes,
      encapsulated: false,
      frameLengthBits: lengthBytes * 8,
    }),
  );
}
