/** Which studies an address names, and where in them reading begins. */
export interface AddressedStudies {
  readonly studyInstanceUIDs: readonly string[];
  /** Only these series, when any are named. */
  readonly seriesInstanceUIDs: readonly string[];
  readonly initialSOPInstanceUID: string | undefined;
}

/** Whether a text is a UID, as far as its characters and length tell (PS3.5 9.1). */
export const isUID = (value: string): boolean => /^[0-9.]{1,64}$/.test(value);

function uids(params: URLSearchParams, names: readonly string[]): string[] {
  const listed = names.flatMap((name) => params.getAll(name)).flatMap((value) => value.split(','));
  return [...new Set(listed.map((value) => value.trim()).filter(isUID))];
}

/** Reads the studies of an address of the viewer; what is no UID is left out. */
export function readAddressedStudies(params: URLSearchParams): AddressedStudies {
  return {
    studyInstanceUIDs: uids(params, ['StudyInstanceUIDs', 'studyUID']),
    seriesInstanceUIDs: uids(params, ['SeriesInstanceUIDs']),
    initialSOPInstanceUID: uids(params, ['initialSOPInstanceUID'])[0],
  };
}
