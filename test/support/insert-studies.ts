import { statementIn } from '../../server/archive/store/instance-record.ts';
import type { DataSet } from '../../server/dicom/data-set.ts';
import { stringifyDataSet } from '../../server/dicom/models/data-set-json.ts';
import { inTransaction, type Pool } from '../../storage/index/pool.ts';
import { insertInstances } from '../../storage/index/store/insert-instances.ts';
import { testUid } from './make-instance.ts';

/** What one of many studies says; the rest is made up. */
export interface ListedStudy {
  studyInstanceUID: string;
  patientName: string;
  patientID: string;
  birthDate: string;
  sex: string;
  /** `YYYYMMDD`. */
  date: string;
  time: string;
  description: string;
  accession: string;
  referringPhysician: string;
  studyID: string;
  /** One for each series. */
  modalities: readonly string[];
  instancesOfSeries: number;
}

const insertedAtOnce = 500;

function instancesOf(study: ListedStudy): DataSet[] {
  return study.modalities.flatMap((modality) => {
    const seriesInstanceUID = testUid();
    return Array.from({ length: study.instancesOfSeries }, (): DataSet => {
      const text = (vr: 'CS' | 'DA' | 'LO' | 'SH' | 'TM' | 'UI', value: string) => ({ vr, Value: [value] });
      return {
        '00080016': text('UI', '1.2.840.10008.5.1.4.1.1.7'),
        '00080018': text('UI', testUid()),
        '00080020': text('DA', study.date),
        '00080030': text('TM', study.time),
        '00080050': text('SH', study.accession),
        '00080060': text('CS', modality),
        '00080090': { vr: 'PN', Value: [{ Alphabetic: study.referringPhysician }] },
        '00081030': text('LO', study.description),
        '00100010': { vr: 'PN', Value: [{ Alphabetic: study.patientName }] },
        '00100020': text('LO', study.patientID),
        '00100030': text('DA', study.birthDate),
        '00100040': text('CS', study.sex),
        '0020000D': text('UI', study.studyInstanceUID),
        '0020000E': text('UI', seriesInstanceUID),
        '00200010': text('SH', study.studyID),
      };
    });
  });
}

/** Puts studies into the index without objects behind them: thousands in a second, to be listed and not to be opened. */
export async function insertStudies(pool: Pool, studies: readonly ListedStudy[]): Promise<void> {
  const records = studies.flatMap(instancesOf).map((dataSet) => {
    const metadata = stringifyDataSet(dataSet);
    return {
      ...statementIn(metadata),
      instanceAttributes: '{}',
      metadata,
      transferSyntaxUID: '1.2.840.10008.1.2.1',
      frameIndex: null,
      bulkData: null,
      blobKey: `instances/${testUid()}`,
      sizeBytes: 1,
      digest: Uint8Array.of(0),
    };
  });
  for (let at = 0; at < records.length; at += insertedAtOnce) {
    const some = records.slice(at, at + insertedAtOnce);
    await inTransaction(pool, (client) => insertInstances(client, some, statementIn));
  }
}
