import dcmjs from 'dcmjs';
import type { JsonDataSet } from '../../../viewer/dicomweb/data-set.ts';
import {
  type MeasurementReport,
  writeMeasurementReport,
} from '../../../viewer/evidence/write-measurement-report.ts';
import { writePart10 } from '../../../viewer/evidence/write-part10.ts';

/** The first report of a reader, on a day of its own, unless `more` says otherwise. */
export function writeReport(
  more: Pick<MeasurementReport, 'studyInstanceUID' | 'source' | 'measurements' | 'imageOf'> &
    Partial<MeasurementReport>,
): JsonDataSet {
  return writeMeasurementReport({
    keptItems: () => [],
    carriedGroups: [],
    carriedReferences: [],
    predecessors: [],
    removedUIDs: [],
    author: 'reader',
    now: new Date('2026-11-22T21:00:00Z'),
    ...more,
  });
}

/** As the archive gives it back: what dcmjs, which is none of ours, reads of the file. */
export function throughFile(dataSet: JsonDataSet): JsonDataSet {
  const { dict } = dcmjs.data.DicomMessage.readFile(writePart10(dataSet).buffer);
  return JSON.parse(JSON.stringify(dict)) as JsonDataSet;
}
