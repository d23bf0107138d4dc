/** A DICOMweb server under measurement. */
export interface Archive {
  readonly name: 'Isocenter' | 'Orthanc';
  /** The DICOMweb root, without a slash at its end. */
  readonly root: string;
  stop(): Promise<void>;
}
