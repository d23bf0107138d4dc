import { type JsonDataSet, number, text, texts } from '../../dicomweb/data-set.ts';
import { formatDate, formatTime } from '../../dicomweb/dates.ts';
import { personName } from '../../dicomweb/person-name.ts';
import { asStudyStatus, type StudyStatus } from '../../dicomweb/study-status.ts';
import { tags } from '../../dicomweb/tags.ts';

/** One study as the list shows it. */
export interface StudyRow {
  readonly studyInstanceUID: string;
  readonly patientName: string | undefined;
  readonly patientID: string | undefined;
  readonly birthDate: string | undefined;
  readonly sex: string | undefined;
  readonly date: string | undefined;
  readonly time: string | undefined;
  readonly modalities: string;
  readonly description: string | undefined;
  readonly accession: string | undefined;
  readonly referringPhysician: string | undefined;
  readonly studyID: string | undefined;
  readonly series: number | undefined;
  readonly images: number | undefined;
  readonly status: StudyStatus | undefined;
  /** As the archive told it. */
  readonly dataSet: JsonDataSet;
}

export function readStudyRow(dataSet: JsonDataSet): StudyRow {
  return {
    studyInstanceUID: text(dataSet, tags.StudyInstanceUID) ?? '',
    patientName: personName(dataSet, tags.PatientName),
    patientID: text(dataSet, tags.PatientID),
    birthDate: formatDate(text(dataSet, tags.PatientBirthDate)),
    sex: text(dataSet, tags.PatientSex),
    date: formatDate(text(dataSet, tags.StudyDate)),
    // To the minute: that is how studies are told apart.
    time: formatTime(text(dataSet, tags.StudyTime))?.slice(0, 5),
    modalities: texts(dataSet, tags.ModalitiesInStudy).filter(Boolean).join(', '),
    description: text(dataSet, tags.StudyDescription),
    accession: text(dataSet, tags.AccessionNumber),
    referringPhysician: personName(dataSet, tags.ReferringPhysicianName),
    studyID: text(dataSet, tags.StudyID),
    series: number(dataSet, tags.NumberOfStudyRelatedSeries),
    images: number(dataSet, tags.NumberOfStudyRelatedInstances),
    status: asStudyStatus(text(dataSet, tags.StudyStatusID)),
    dataSet,
  };
}
