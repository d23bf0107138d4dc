/** Where the archive speaks DICOMweb; same origin. */
export const dicomWebRoot = '/dicom-web';
