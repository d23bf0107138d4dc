import { begin, takeBegun } from './begun.ts';
import type { JsonDataSet } from './data-set.ts';
import { readJson } from './request-error.ts';
import { dicomWebRoot } from './root.ts';
import { sendRequest } from './send-request.ts';

async function fetchDataSets(url: string): Promise<readonly JsonDataSet[]> {
  const response = await sendRequest(url, { headers: { Accept: 'application/dicom+json' } });
  const answer = response.status === 204 ? [] : await readJson(response);
  return Array.isArray(answer) ? (answer as JsonDataSet[]) : [];
}

const shownAttributes = ['SeriesDescription', 'SeriesNumber', 'NumberOfSeriesRelatedInstances', 'SeriesDate'];

const seriesUrl = (studyInstanceUID: string) =>
  `${dicomWebRoot}/studies/${studyInstanceUID}/series?includefield=${shownAttributes.join(',')}`;
const metadataUrl = (studyInstanceUID: string, seriesInstanceUID: string) =>
  `${dicomWebRoot}/studies/${studyInstanceUID}/series/${seriesInstanceUID}/metadata`;

/** The series of one study, with what the series panel shows (QIDO-RS, PS3.18 10.6). @throws RequestError */
export async function searchForSeries(studyInstanceUID: string): Promise<readonly JsonDataSet[]> {
  const url = seriesUrl(studyInstanceUID);
  return takeBegun(url, () => fetchDataSets(url));
}

/** WADO-RS Retrieve Metadata of one series (PS3.18 10.4.1.1.2): one data set an instance. @throws RequestError */
export async function retrieveSeriesMetadata(
  studyInstanceUID: string,
  seriesInstanceUID: string,
): Promise<readonly JsonDataSet[]> {
  const url = metadataUrl(studyInstanceUID, seriesInstanceUID);
  return takeBegun(url, () => fetchDataSets(url));
}

/** The same two, asked for ahead of need. */
export function beginSeriesSearch(studyInstanceUID: string): Promise<readonly JsonDataSet[]> {
  const url = seriesUrl(studyInstanceUID);
  return begin(url, () => fetchDataSets(url));
}

export function beginSeriesMetadata(
  studyInstanceUID: string,
  seriesInstanceUID: string,
): Promise<readonly JsonDataSet[]> {
  const url = metadataUrl(studyInstanceUID, seriesInstanceUID);
  return begin(url, () => fetchDataSets(url));
}
