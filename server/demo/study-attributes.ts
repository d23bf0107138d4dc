import type { Attributes } from './part10.ts';
import { deriveUid } from './unique-identifiers.ts';

/** One instance as it leaves the generator. */
export interface DemoInstance {
  /** For people: the study it belongs to. */
  readonly study: string;
  /** A whole DICOM file. */
  readonly bytes: Uint8Array;
}

/** What all studies are made from. */
export interface DemoContext {
  readonly seed: number;
  /** The day that study dates count back from. */
  readonly referenceDay: Date;
}

interface DemoPatient {
  readonly PatientName: string;
  readonly PatientID: string;
  readonly PatientBirthDate: string;
  readonly PatientSex: 'F' | 'M' | 'O';
}

/** Nobody: the given names are those of people dead for centuries, the family name says what they are. */
export const demoPatients = {
  ada: { PatientName: 'Demo^Ada', PatientID: 'DEMO-001', PatientBirthDate: '19681210', PatientSex: 'F' },
  blaise: {
    PatientName: 'Demo^Blaise',
    PatientID: 'DEMO-002',
    PatientBirthDate: '19750619',
    PatientSex: 'M',
  },
  caroline: {
    PatientName: 'Demo^Caroline',
    PatientID: 'DEMO-003',
    PatientBirthDate: '19900316',
    PatientSex: 'F',
  },
  daniel: {
    PatientName: 'Demo^Daniel',
    PatientID: 'DEMO-004',
    PatientBirthDate: '19540208',
    PatientSex: 'M',
  },
} as const satisfies Record<string, DemoPatient>;

/** A study of the demonstration: who, what, and how long ago. */
export interface StudyPlan {
  /** Short and unique; UIDs derive from it. */
  readonly key: string;
  readonly patient: DemoPatient;
  readonly daysAgo: number;
  /** hhmmss */
  readonly time: string;
  readonly AccessionNumber: string;
  readonly StudyID: string;
  readonly StudyDescription: string;
  readonly ReferringPhysicianName: string;
}

/** A series within it. */
export interface SeriesPlan {
  readonly key: string;
  readonly number: number;
  readonly SOPClassUID: string;
  readonly Modality: string;
  readonly SeriesDescription: string;
  readonly BodyPartExamined: string;
  readonly ManufacturerModelName: string;
  /** Seconds after the start of the study. */
  readonly startSeconds: number;
}

/** UID of a study, series or instance of the demonstration, the same for the same context. */
export function demoUid(context: DemoContext, ...names: (string | number)[]): string {
  return deriveUid('isocenter-demo', 1, context.seed, dateOf(context, 0), ...names);
}

/** `YYYYMMDD`, so many days before the reference day (UTC). */
export function dateOf(context: DemoContext, daysAgo: number): string {
  const day = new Date(context.referenceDay.getTime() - daysAgo * 86_400_000);
  return day.toISOString().slice(0, 10).replaceAll('-', '');
}

/** The patient, study, series, equipment and SOP common modules of instance `instanceNumber` (1-based). PS3.3 C.7, C.12.1. */
export function commonAttributes(
  context: DemoContext,
  study: StudyPlan,
  series: SeriesPlan,
  instanceNumber: number,
): Attributes {
  const date = dateOf(context, study.daysAgo);
  const seriesTime = secondsAfter(study.time, series.startSeconds);
  const contentTime = secondsAfter(study.time, series.startSeconds + instanceNumber);
  return {
    // dcmjs writes every text in UTF-8, whatever this says.
    SpecificCharacterSet: 'ISO_IR 192',
    InstanceCreationDate: date,
    InstanceCreationTime: contentTime,
    SOPClassUID: series.SOPClassUID,
    SOPInstanceUID: demoUid(context, study.key, series.key, instanceNumber),
    // SOP Common module (PS3.3 C.12.1): made by a computer, not acquired from anybody.
    SyntheticData: 'YES',
    StudyDate: date,
    SeriesDate: date,
    AcquisitionDate: date,
    ContentDate: date,
    StudyTime: study.time,
    SeriesTime: seriesTime,
    AcquisitionTime: contentTime,
    ContentTime: contentTime,
    AccessionNumber: study.AccessionNumber,
    Modality: series.Modality,
    Manufacturer: 'Isocenter',
    InstitutionName: 'Isocenter Demonstration',
    InstitutionalDepartmentName: 'Radiology',
    ReferringPhysicianName: study.ReferringPhysicianName,
    StationName: `DEMO-${series.Modality}1`,
    StudyDescription: study.StudyDescription,
    SeriesDescription: series.SeriesDescription,
    OperatorsName: 'Demo^Operator',
    ManufacturerModelName: series.ManufacturerModelName,
    ...study.patient,
    PatientAge: ageAt(study.patient.PatientBirthDate, date),
    PatientComments: 'Synthetic demonstration data: this is not a person.',
    BodyPartExamined: series.BodyPartExamined,
    DeviceSerialNumber: 'DEMO-0001',
    SoftwareVersions: 'demo 1',
    ProtocolName: series.SeriesDescription,
    StudyInstanceUID: demoUid(context, study.key),
    SeriesInstanceUID: demoUid(context, study.key, series.key),
    StudyID: study.StudyID,
    SeriesNumber: series.number,
    AcquisitionNumber: 1,
    InstanceNumber: instanceNumber,
    BurnedInAnnotation: 'NO',
    ImageComments: 'Synthetic image, not for diagnostic use',
  };
}

/** Image Pixel module for one sample a pixel (PS3.3 C.7.6.3). */
export function grayscaleAttributes(
  rows: number,
  columns: number,
  bitsStored: number,
  isSigned: boolean,
  photometricInterpretation: 'MONOCHROME1' | 'MONOCHROME2' = 'MONOCHROME2',
): Attributes {
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: photometricInterpretation,
    Rows: rows,
    Columns: columns,
    BitsAllocated: 16,
    BitsStored: bitsStored,
    HighBit: bitsStored - 1,
    PixelRepresentation: isSigned ? 1 : 0,
  };
}

/** A Code Sequence of one SNOMED CT item (PS3.3 8.8). */
export function snomed(code: string, meaning: string): Attributes[] {
  return [{ CodeValue: code, CodingSchemeDesignator: 'SCT', CodeMeaning: meaning }];
}

/** A number as DS text: at most 16 characters (PS3.5 6.2), without an exponent. */
export function decimal(value: number): string {
  const text = value.toFixed(6).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}

function secondsAfter(time: string, seconds: number): string {
  const start = Number(time.slice(0, 2)) * 3600 + Number(time.slice(2, 4)) * 60 + Number(time.slice(4, 6));
  const total = Math.floor(start + seconds) % 86_400;
  const parts = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join('');
}

/** Whole years as AS (PS3.5 6.2), such as `057Y`. */
function ageAt(birthDate: string, date: string): string {
  const years = Math.floor((Number(date) - Number(birthDate)) / 10_000);
  return `${String(years).padStart(3, '0')}Y`;
}
