import { type JsonDataSet, text } from './data-set.ts';
import { isSurelySamePatient } from './patients.ts';
import { searchForStudies } from './search.ts';
import { tags } from './tags.ts';

export interface OtherStudy {
  readonly dataSet: JsonDataSet;
  /** False where name, birth date or issuer contradict those of the study asked for: it may be another person's. */
  readonly isSurelySamePatient: boolean;
}

/** What a list of studies shows of each; Search gives it on request (PS3.18 Table 10.6.3-3). */
export const studyFields =
  'StudyDescription,ModalitiesInStudy,NumberOfStudyRelatedSeries,NumberOfStudyRelatedInstances,PatientBirthDate,PatientSex,AccessionNumber,IssuerOfPatientID,ReferringPhysicianName,StudyStatusID';

const mostStudies = 200;

/**
 * The other studies with the Patient ID of `study`, newest first; without a Patient ID there are none. Those of another issuer are
 * left out: their IDs are other people's. @throws RequestError
 */
export async function searchForOtherStudies(
  study: JsonDataSet,
  signal?: AbortSignal,
): Promise<readonly OtherStudy[]> {
  const patientID = text(study, tags.PatientID);
  const issuer = text(study, tags.IssuerOfPatientID);
  const studyInstanceUID = text(study, tags.StudyInstanceUID);
  if (patientID === undefined) return [];
  const query = {
    PatientID: patientID,
    includefield: studyFields,
    orderby: '-StudyDate,-StudyTime',
    limit: String(mostStudies),
  };
  const { dataSets } = await searchForStudies(query, signal);
  return dataSets
    .filter((found) => {
      const otherIssuer = text(found, tags.IssuerOfPatientID);
      // An ID may hold `*` or `?`, which Search takes for wildcards.
      return (
        text(found, tags.PatientID) === patientID &&
        text(found, tags.StudyInstanceUID) !== studyInstanceUID &&
        (issuer === undefined || otherIssuer === undefined || issuer === otherIssuer)
      );
    })
    .map((dataSet) => ({ dataSet, isSurelySamePatient: isSurelySamePatient(study, dataSet) }));
}
