/** What an address asks the viewer to open. */
export interface ViewerRequest {
  readonly studyInstanceUIDs: readonly string[];
  /** Only these series, when any are named. */
  readonly seriesInstanceUIDs: readonly string[];
  readonly initialSOPInstanceUID: string | undefined;
}

const uid = /^[0-9.]{1,64}$/;

function uids(params: URLSearchParams, names: readonly string[]): string[] {
  const listed = names.flatMap((name) => params.getAll(name)).flatMap((value) => value.split(','));
  return [...new Set(listed.map((value) => value.trim()).filter((value) => uid.test(value)))];
}

/**
 * Reads `/viewer?StudyInstanceUIDs=a,b[&SeriesInstanceUIDs=…][&initialSOPInstanceUID=…]`, and IHE Invoke Image Display
 * `?requestType=STUDY&studyUID=…` (RAD TF-2 4.106). What is no UID is left out.
 */
export function readViewerAddress(search: string): ViewerRequest {
  const params = new URLSearchParams(search);
  return {
    studyInstanceUIDs: uids(params, ['StudyInstanceUIDs', 'studyUID']),
    seriesInstanceUIDs: uids(params, ['SeriesInstanceUIDs']),
    initialSOPInstanceUID: uids(params, ['initialSOPInstanceUID'])[0],
  };
}

export function viewerAddress(studyInstanceUIDs: readonly string[]): string {
  return `/viewer?StudyInstanceUIDs=${studyInstanceUIDs.join(',')}`;
}
