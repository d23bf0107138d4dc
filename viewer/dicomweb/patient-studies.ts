import { dicomWebClient, translateError } from './client.ts';
import type { JsonDataSet } from './data-set.ts';
import { searchForStudies } from './search.ts';

/** What the archive has under a Patient ID; whose it is, is for `patients.ts` to say. */
export interface PatientFolder {
  readonly studies: readonly JsonDataSet[];
  readonly series: readonly JsonDataSet[];
}

/** More is not looked through for what can be compared. */
const mostSeries = 2000;
const mostStudies = 500;

/** Studies and series under a Patient ID (PS3.18 10.6, Search for all Series). @throws RequestError */
export async function searchForPatient(patientID: string, signal?: AbortSignal): Promise<PatientFolder> {
  const studyFields = 'StudyDescription,ModalitiesInStudy,PatientBirthDate,IssuerOfPatientID';
  const { dataSets } = await searchForStudies(
    { PatientID: patientID, includefield: studyFields, limit: String(mostStudies) },
    signal,
  );
  if (dataSets.length < 2) return { studies: dataSets, series: [] };
  try {
    const series: unknown = await dicomWebClient(signal ? { signal } : {}).searchForSeries({
      queryParams: {
        PatientID: patientID,
        includefield: 'StudyInstanceUID,Modality,BodyPartExamined',
        limit: String(mostSeries),
      },
    });
    return { studies: dataSets, series: Array.isArray(series) ? (series as JsonDataSet[]) : [] };
  } catch (error) {
    throw translateError(error);
  }
}
