import { RequestError } from './request-error.ts';
import { dicomWebRoot } from './root.ts';
import { sendRequest } from './send-request.ts';

const studyUrl = (studyInstanceUID: string) => `${dicomWebRoot}/studies/${studyInstanceUID}`;

/** Removes a study for good; needs the permission `dicom:delete`. What is gone already is no failure. @throws RequestError */
export async function deleteStudy(studyInstanceUID: string): Promise<void> {
  try {
    await sendRequest(studyUrl(studyInstanceUID), { method: 'DELETE' });
  } catch (error) {
    const isGone = error instanceof RequestError && (error.status === 404 || error.status === 410);
    if (!isGone) throw error;
  }
}

/** Where a study comes as a zip archive with a DICOMDIR, each object as it is stored (PS3.18 Table 10.4.4-1). */
export function studyZipUrl(studyInstanceUID: string): string {
  return `${studyUrl(studyInstanceUID)}?accept=${encodeURIComponent('application/zip; transfer-syntax=*')}`;
}

/** Where a small picture of a series comes from; the archive keeps it and answers by ETag (PS3.18 10.4.1.1.4). `size` in pixels. */
export function seriesThumbnailUrl(
  studyInstanceUID: string,
  seriesInstanceUID: string,
  size: number,
): string {
  return `${studyUrl(studyInstanceUID)}/series/${seriesInstanceUID}/thumbnail?viewport=${size},${size}`;
}
