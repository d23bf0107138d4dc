import { makeInstance, testUid } from '../../support/make-instance.ts';

/** An MR series of small slices, one mm apart, of a pattern that moves from slice to slice. */
export function makeSlices(studyInstanceUID: string, count: number): Uint8Array[] {
  const shared = {
    StudyInstanceUID: studyInstanceUID,
    SeriesInstanceUID: testUid(),
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
    Modality: 'MR',
    PatientName: 'Keys^Mouse',
    SeriesDescription: 'T2 TSE',
    FrameOfReferenceUID: testUid(),
    PixelSpacing: ['1', '1'],
    ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
    WindowCenter: '128',
    WindowWidth: '256',
  };
  const pixels = (slice: number) => Uint16Array.from({ length: 64 * 64 }, (_, at) => (at + slice * 8) % 256);
  return Array.from({ length: count }, (_, slice) =>
    makeInstance({
      image: { rows: 64, columns: 64, bitsAllocated: 16, pixelBytes: new Uint8Array(pixels(slice).buffer) },
      attributes: {
        ...shared,
        SOPInstanceUID: testUid(),
        InstanceNumber: slice + 1,
        ImagePositionPatient: ['0', '0', String(-slice)],
      },
    }),
  );
}
