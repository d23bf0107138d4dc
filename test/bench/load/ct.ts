import { makeInstance } from '../../support/make-instance.ts';

/** Where an instance stands; all numbers are from 1. `salt` keeps the instances of one purpose apart from those of another. */
export interface Place {
  readonly salt: number;
  readonly study: number;
  readonly series?: number;
  readonly instance: number;
}

const rootUID = '1.2.826.0.1.3680043.10.1389.9';
const familyNames = [
  'SMITH',
  'MUELLER',
  'TANAKA',
  'GARCIA',
  'KOWALSKI',
  'OKAFOR',
  'SILVA',
  'KHAN',
  'DUBOIS',
  'ROSSI',
  'LARSEN',
  'NOVAK',
];
const givenNames = ['ANNA', 'JOHN', 'MARIA', 'PETER', 'YUKI', 'CHIDI', 'EVA', 'PAULO', 'AISHA', 'LUC'];

export const studyUIDOf = ({ salt, study }: Omit<Place, 'instance'>): string => `${rootUID}.${salt}.${study}`;
export const seriesUIDOf = (place: Omit<Place, 'instance'>): string =>
  `${studyUIDOf(place)}.${place.series ?? 1}`;
export const instanceUIDOf = (place: Place): string => `${seriesUIDOf(place)}.${place.instance}`;

/** Paths below a DICOMweb root. */
export const studyPath = (place: Omit<Place, 'instance'>): string => `studies/${studyUIDOf(place)}`;
export const seriesPath = (place: Omit<Place, 'instance'>): string =>
  `${studyPath(place)}/series/${seriesUIDOf(place)}`;
export const instancePath = (place: Place): string =>
  `${seriesPath(place)}/instances/${instanceUIDOf(place)}`;

/** Twelve family names, as many studies of each; a number after them, so that a prefix finds many or few. */
export function familyNameOf(study: number): string {
  return familyNames[study % familyNames.length] ?? '';
}

export const patientIDOf = (study: number): string => `P${String(study).padStart(8, '0')}`;
export const accessionNumberOf = (study: number): string => `ACC${String(study).padStart(8, '0')}`;

/** `YYYYMMDD`; one study a day, for eleven years. */
export function studyDateOf(study: number): string {
  const day = new Date(Date.UTC(2015, 0, 1) + (study % 4000) * 86_400_000);
  return day.toISOString().slice(0, 10).replaceAll('-', '');
}

const phantoms = new Map<string, Buffer>();
const differentPhantoms = 50;

/** A noisy disc in air, 16 bits signed: it packs about as well as a CT. */
function phantom(size: number, number: number): Buffer {
  const key = `${size} ${number}`;
  const made = phantoms.get(key);
  if (made) return made;
  const pixels = new Int16Array(size * size);
  let seed = (number * 2654435761 + 12345) >>> 0;
  for (let row = 0, at = 0; row < size; row++) {
    const y = (2 * row) / size - 1;
    for (let column = 0; column < size; column++, at++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const x = (2 * column) / size - 1;
      const distance = x * x + y * y;
      const inside = 40 + number + (seed >>> 27) + (distance < 0.1 ? 200 : 0);
      pixels[at] = distance < 0.6 ? inside : -1000 + (seed >>> 28);
    }
  }
  const bytes = Buffer.from(pixels.buffer);
  phantoms.set(key, bytes);
  return bytes;
}

/** A CT slice of `size` x `size` pixels in Explicit VR Little Endian. */
export function ctSlice(place: Place, size: number): Buffer {
  const { study, series = 1, instance } = place;
  const head = makeInstance({
    attributes: {
      SpecificCharacterSet: 'ISO_IR 192',
      ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      SOPInstanceUID: instanceUIDOf(place),
      StudyDate: studyDateOf(study),
      SeriesDate: studyDateOf(study),
      StudyTime: '101112',
      AccessionNumber: accessionNumberOf(study),
      Modality: 'CT',
      Manufacturer: 'BENCH',
      ReferringPhysicianName: 'REFERRING^DOCTOR',
      StudyDescription: `CT ROUTINE ${study % 97}`,
      SeriesDescription: `AXIAL ${series}`,
      PatientName: `${familyNameOf(study)}${Math.floor(study / 120)}^${givenNames[Math.floor(study / 12) % 10]}`,
      PatientID: patientIDOf(study),
      PatientBirthDate: '19600101',
      PatientSex: study % 2 ? 'F' : 'M',
      SliceThickness: '1.0',
      PatientPosition: 'HFS',
      StudyInstanceUID: studyUIDOf(place),
      SeriesInstanceUID: seriesUIDOf(place),
      StudyID: String(study),
      SeriesNumber: series,
      InstanceNumber: instance,
      ImagePositionPatient: ['-250', '-250', String(instance)],
      ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
      FrameOfReferenceUID: `${studyUIDOf(place)}.9999`,
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      Rows: size,
      Columns: size,
      PixelSpacing: ['0.976562', '0.976562'],
      BitsAllocated: 16,
      BitsStored: 16,
      HighBit: 15,
      PixelRepresentation: 1,
      WindowCenter: '40',
      WindowWidth: '400',
      RescaleIntercept: '0',
      RescaleSlope: '1',
    },
  });
  // PS3.5 7.1.2, explicit VR: tag, VR, two bytes reserved, length.
  const pixelHead = Buffer.from('e07f10004f57000000000000', 'hex');
  pixelHead.writeUInt32LE(size * size * 2, 8);
  return Buffer.concat([head, pixelHead, phantom(size, instance % differentPhantoms)]);
}

/** The slices 1 to `count` of one series. */
export function ctSeries(place: Omit<Place, 'instance'>, count: number, size: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => ctSlice({ ...place, instance: i + 1 }, size));
}
