import { hash32 } from '../../../server/demo/random.ts';
import type { Attributes } from '../../support/make-instance.ts';
import { SOP_CLASS_OF_MODALITY, STUDY_KINDS, type StudyKind } from './modalities.ts';
import { chance, oneOf, person, physician, skewed } from './people.ts';

/** A study that chance made up, the same for the same number. */
export interface MadeUpStudy {
  /** Of patient and study, by keyword. */
  attributes: Attributes & { StudyInstanceUID: string; StudyDate: string };
  series: readonly MadeUpSeries[];
}

export interface MadeUpSeries {
  /** Of series and equipment. */
  attributes: Attributes & { SeriesInstanceUID: string; SOPClassUID: string; Modality: string };
  /** What its images have in common, without the UIDs; the same object for all series of a kind. */
  acquisition: Attributes;
  instances: number;
  bitsAllocated: 8 | 16;
}

/** What the UIDs of all that is made up begin with. */
export const ROOT_UID = '1.2.826.0.1.3680043.10.1389.8';
/** The years that the archive holds; the last day is that of its making up. */
const YEARS = 8;
const LAST_DAY = Date.UTC(2026, 9, 31);
const DAY_MS = 86_400_000;
/** Most series of a kind have around its mean, few many times that. */
const MOST_TIMES_MEAN = 12;

function uid(...numbers: [number, number?]): string {
  const digits = [11, 12].map((topic) => String(hash32(topic, numbers[0], numbers[1] ?? 0)));
  return `${ROOT_UID}.${digits.join('.')}.${numbers.join('.')}`;
}

export function studyUidOf(number: number): string {
  return uid(number);
}

/** Patients come again, the more often the more often they have come: half of all studies are of somebody known. */
function patientOf(study: number): number {
  let first = study;
  while (first > 0 && chance(13, first) < 0.55) first = Math.floor(chance(14, first) * first);
  return first;
}

/** More in later years, few on weekends, most between eight and four. */
function momentOf(study: number): Date {
  const daysAgo = Math.floor(YEARS * 365 * chance(15, study) ** 1.3);
  let day = LAST_DAY - daysAgo * DAY_MS;
  const weekday = new Date(day).getUTCDay();
  if ((weekday === 0 || weekday === 6) && chance(16, study) < 0.8) day -= 2 * DAY_MS;
  const hour = chance(17, study) < 0.85 ? 8 + chance(18, study) * 8 : chance(18, study) * 24;
  return new Date(day + Math.floor(hour * 3_600_000));
}

const dateOf = (moment: Date) => moment.toISOString().slice(0, 10).replaceAll('-', '');
const timeOf = (moment: Date) => moment.toISOString().slice(11, 19).replaceAll(':', '');

function kindOf(study: number): StudyKind {
  let rest = chance(19, study) * 100;
  const found = STUDY_KINDS.find(({ percent }) => {
    rest -= percent;
    return rest < 0;
  });
  return found ?? oneOf(STUDY_KINDS, 0);
}

const INDICATIONS = [
  'routine',
  'follow-up',
  'pain',
  'trauma',
  'pre-op',
  'staging',
  'screening',
  'w/o contrast',
  'w contrast',
];

/** `number` from 0 on. */
export function makeUpStudy(number: number): MadeUpStudy {
  const { otherPatientID, ...patient } = person(patientOf(number));
  const kind = kindOf(number);
  const moment = momentOf(number);
  const bodyPart = oneOf(kind.bodyParts, chance(20, number));
  const modality = kind.series[0]?.modality ?? '';
  const described = `${modality} ${bodyPart.toLowerCase()} ${oneOf(INDICATIONS, chance(21, number))}`;
  return {
    attributes: {
      SpecificCharacterSet: 'ISO_IR 192',
      StudyDate: dateOf(moment),
      StudyTime: timeOf(moment),
      AccessionNumber: `A${String(number).padStart(9, '0')}`,
      ReferringPhysicianName: physician(chance(22, number)),
      StudyDescription: chance(23, number) < 0.04 ? '' : described.replace(/ +/g, ' '),
      ...patient,
      PatientAge: `${String(Math.max(0, moment.getUTCFullYear() - Number(patient.PatientBirthDate.slice(0, 4)))).padStart(3, '0')}Y`,
      ...(otherPatientID !== undefined && {
        OtherPatientIDsSequence: [{ PatientID: otherPatientID, TypeOfPatientID: 'TEXT' }],
      }),
      StudyInstanceUID: studyUidOf(number),
      StudyID: String(1 + (hash32(24, number) % 99_999)),
    },
    series: seriesOf(number, kind, moment, bodyPart),
  };
}

const INSTITUTIONS = ['City Hospital', 'City Hospital', 'University Clinic Møn', 'Praxis am Markt'];

function seriesOf(study: number, kind: StudyKind, start: Date, bodyPart: string): MadeUpSeries[] {
  const having = kind.series.filter((_, i) => i < kind.always || chance(25, study, i) < 0.6);
  return having.map(({ modality, instances, description }, i) => {
    const moment = new Date(start.getTime() + 240_000 * (i + 1));
    const station = skewed(12, chance(26, study));
    const isReport = modality === 'SR';
    return {
      attributes: {
        ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
        SOPClassUID: (i > 0 && SOP_CLASS_OF_MODALITY[modality]) || kind.sopClassUID,
        SeriesDate: dateOf(moment),
        SeriesTime: timeOf(moment),
        ContentDate: dateOf(moment),
        ContentTime: timeOf(moment),
        AcquisitionDate: dateOf(moment),
        AcquisitionTime: timeOf(moment),
        Modality: modality,
        Manufacturer: kind.manufacturer,
        InstitutionName: oneOf(INSTITUTIONS, chance(27, station)),
        StationName: `${modality}${station + 1}`,
        SeriesDescription: description,
        PerformingPhysicianName: physician(chance(28, study), 40),
        OperatorsName: physician(chance(29, study), 60),
        ManufacturerModelName: `${kind.manufacturer} ${1 + (station % 4)}`,
        BodyPartExamined: bodyPart,
        DeviceSerialNumber: String(hash32(30, station)),
        SoftwareVersions: '5.1.2',
        ProtocolName: `${bodyPart} ${description}`.trim(),
        SeriesInstanceUID: uid(study, i + 1),
        SeriesNumber: String(i + 1),
        PerformedProcedureStepStartDate: dateOf(start),
        PerformedProcedureStepStartTime: timeOf(start),
        PerformedProcedureStepID: String(study),
        ...(chance(31, study) < 0.7 && {
          RequestAttributesSequence: [
            { ScheduledProcedureStepID: `SPS${study}`, RequestedProcedureID: `RP${study}` },
          ],
        }),
        ...(!isReport && { FrameOfReferenceUID: `${uid(study)}.${i + 1}` }),
      },
      acquisition: isReport ? REPORT : acquisitionOf(kind),
      instances: Math.max(
        1,
        Math.min(instances * MOST_TIMES_MEAN, Math.round(-instances * Math.log(1 - chance(32, study, i)))),
      ),
      bitsAllocated: kind.bitsAllocated,
    };
  });
}

const REPORT: Attributes = {};
const acquisitions = new Map<StudyKind, Attributes>();

function acquisitionOf(kind: StudyKind): Attributes {
  const known = acquisitions.get(kind);
  if (known) return known;
  const { rows, columns, bitsAllocated } = kind;
  const acquisition: Attributes = {
    ...(kind.acquisition as Attributes),
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    BitsAllocated: bitsAllocated,
    BitsStored: bitsAllocated === 16 ? 12 : 8,
    HighBit: bitsAllocated === 16 ? 11 : 7,
    PixelRepresentation: 0,
  };
  acquisitions.set(kind, acquisition);
  return acquisition;
}

/** Whether its images lie in space. */
export function isSliced({ acquisition }: MadeUpSeries): boolean {
  return acquisition.ImageOrientationPatient !== undefined;
}

/** What tells the instances of a series apart; `number` from 1 on. */
export function instanceAttributes(series: MadeUpSeries, number: number): Attributes {
  return {
    SOPInstanceUID: `${series.attributes.SeriesInstanceUID}.${number}`,
    InstanceNumber: String(number),
    ...(isSliced(series) && {
      ImagePositionPatient: ['-180', '-180', String(number)],
      SliceLocation: String(number),
    }),
  };
}
