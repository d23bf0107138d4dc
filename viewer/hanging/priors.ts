import { type JsonDataSet, text, texts } from '../dicomweb/data-set.ts';
import { isSurelySamePatient } from '../dicomweb/patients.ts';
import { tags } from '../dicomweb/tags.ts';
import { type DisplaySet, firstInstance } from '../viewport/stacks.ts';

/** A study of the patient, as the archive tells it. */
export interface PatientStudy {
  readonly studyInstanceUID: string;
  /** DA, `YYYYMMDD`; empty where it is not known. */
  readonly date: string;
  readonly time: string;
  readonly description: string;
  readonly modalities: readonly string[];
  /** Body Part Examined of its series. */
  readonly bodyParts: readonly string[];
}

/** Words of the parts of the body, English, German and Latin; those of one line are the same part. */
const regions: readonly (readonly string[])[] = [
  ['head', 'brain', 'skull', 'cranium', 'neuro', 'schädel', 'schaedel', 'kopf', 'cct', 'hirn'],
  ['neck', 'hals', 'carotis', 'carotid'],
  ['chest', 'thorax', 'lung', 'lunge'],
  ['abdomen', 'abdominal', 'liver', 'leber', 'oberbauch'],
  ['pelvis', 'becken', 'prostate', 'prostata'],
  ['spine', 'wirbel', 'lws', 'hws', 'bws', 'lspine', 'cspine', 'tspine'],
  ['breast', 'mamma', 'mammo', 'mammography'],
  ['knee', 'knie'],
  ['hip', 'hüfte', 'huefte'],
  ['shoulder', 'schulter'],
  ['hand', 'wrist', 'handgelenk'],
  ['foot', 'ankle', 'fuß', 'fuss', 'sprunggelenk'],
  ['heart', 'cardiac', 'herz', 'coronary'],
];

/** The parts of the body that a study is of, by its words; numbers are lines of the table. */
function regionsOf(study: PatientStudy): ReadonlySet<number> {
  const words = [...study.bodyParts, study.description]
    .join(' ')
    .toLowerCase()
    .split(/[^\p{L}]+/u);
  const found = regions.flatMap((names, index) =>
    words.some((word) => word !== '' && names.some((name) => word.startsWith(name))) ? [index] : [],
  );
  return new Set(found);
}

export function describeStudy(study: JsonDataSet, series: readonly JsonDataSet[]): PatientStudy {
  const studyInstanceUID = text(study, tags.StudyInstanceUID) ?? '';
  const own = series.filter((entry) => text(entry, tags.StudyInstanceUID) === studyInstanceUID);
  const named = texts(study, tags.ModalitiesInStudy);
  const modalities = named.length > 0 ? named : own.flatMap((entry) => text(entry, tags.Modality) ?? []);
  return {
    studyInstanceUID,
    date: text(study, tags.StudyDate) ?? '',
    time: text(study, tags.StudyTime) ?? '',
    description: text(study, tags.StudyDescription) ?? '',
    modalities: [...new Set(modalities)],
    bodyParts: [...new Set(own.flatMap((entry) => text(entry, tags.BodyPartExamined) ?? []))],
  };
}

const momentOf = ({ date, time }: PatientStudy) => `${date}${time.padEnd(6, '0')}`;

/** Whether one study was surely before another; nothing is sure without dates. */
export function isBefore(study: PatientStudy, other: PatientStudy): boolean {
  return study.date !== '' && other.date !== '' && momentOf(study) < momentOf(other);
}

/** No modality to read by: they come with everything. */
const sideModalities = new Set(['SR', 'KO', 'PR', 'SEG', 'DOC', 'REG', 'OT', 'RTSTRUCT', 'RTPLAN', 'RTDOSE']);

/** How well a study can be compared with another: the same modality first, then the same part of the body. */
function comparability(current: PatientStudy, other: PatientStudy): number {
  const isShared = (modality: string) =>
    !sideModalities.has(modality) && current.modalities.includes(modality);
  const [here, there] = [regionsOf(current), regionsOf(other)];
  const isSamePart = [...there].some((region) => here.has(region));
  const isOtherPart = here.size > 0 && there.size > 0 && !isSamePart;
  return (other.modalities.some(isShared) ? 4 : 0) + (isSamePart ? 3 : isOtherPart ? -2 : 0);
}

export interface OtherStudies {
  /** Surely older, the most comparable first, then the newest. */
  readonly priors: readonly PatientStudy[];
  /** Newer, of the same time, or without a date; the newest first. */
  readonly others: readonly PatientStudy[];
  /** Studies under this Patient ID whose name, issuer or birth date contradict: never offered. */
  readonly contradicting: number;
}

/**
 * The other studies of the patient of an open study among what a search for the Patient ID found. `open` is the header of an
 * instance; what surely is not, or may not be, the same person is left out.
 */
export function otherStudies(
  open: JsonDataSet,
  openUIDs: readonly string[],
  found: readonly JsonDataSet[],
  series: readonly JsonDataSet[],
): OtherStudies {
  const openUID = text(open, tags.StudyInstanceUID) ?? '';
  const elsewhere = found.filter((study) => !openUIDs.includes(text(study, tags.StudyInstanceUID) ?? ''));
  const same = elsewhere.filter((study) => isSurelySamePatient(open, study));
  const openSeries = series.filter((entry) => text(entry, tags.StudyInstanceUID) === openUID);
  const itself = found.find((study) => text(study, tags.StudyInstanceUID) === openUID) ?? open;
  const current = describeStudy(itself, openSeries);
  const newestFirst = (a: PatientStudy, b: PatientStudy) => (momentOf(a) < momentOf(b) ? 1 : -1);
  const studies = same.map((study) => describeStudy(study, series)).sort(newestFirst);
  return {
    priors: studies
      .filter((study) => isBefore(study, current))
      .sort((a, b) => comparability(current, b) - comparability(current, a)),
    others: studies.filter((study) => !isBefore(study, current)),
    contradicting: elsewhere.length - same.length,
  };
}

/** The study of an address that is read: the newest of several; the first of those without a date. */
export function newestStudy(
  sets: readonly DisplaySet[],
  studyInstanceUIDs: readonly string[],
): { readonly studyInstanceUID: string; readonly header: JsonDataSet } | undefined {
  const known = studyInstanceUIDs.flatMap((studyInstanceUID) => {
    const set = sets.find((entry) => entry.studyInstanceUID === studyInstanceUID);
    const header = set && firstInstance(set);
    return header ? [{ studyInstanceUID, header, moment: momentOf(describeStudy(header, [])) }] : [];
  });
  return known.reduce<(typeof known)[number] | undefined>(
    (newest, study) => (newest && newest.moment >= study.moment ? newest : study),
    undefined,
  );
}

/** A span of time as it is said: days up to two weeks, weeks up to two months, months up to three years. */
export interface Span {
  readonly unit: 'days' | 'weeks' | 'months' | 'years';
  readonly count: number;
}

function dayOf(date: string): number | undefined {
  const match = date.match(/^(\d{4})\.?(\d{2})\.?(\d{2})/);
  const day = match ? Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / 86_400_000 : NaN;
  return Number.isFinite(day) ? day : undefined;
}

/** How long before `date` (DA) `earlier` was, negative when after; undefined when one of them is not known. */
export function spanBetween(
  earlier: string,
  date: string,
): (Span & { readonly isBefore: boolean }) | undefined {
  const [from, to] = [dayOf(earlier), dayOf(date)];
  if (from === undefined || to === undefined) return undefined;
  const days = Math.abs(to - from);
  const isBefore = from <= to;
  if (days < 14) return { unit: 'days', count: days, isBefore };
  if (days < 61) return { unit: 'weeks', count: Math.round(days / 7), isBefore };
  if (days < 1096) return { unit: 'months', count: Math.round(days / 30.44), isBefore };
  return { unit: 'years', count: Math.round(days / 365.25), isBefore };
}
