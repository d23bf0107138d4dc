import { items, type JsonDataSet, text } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import { element, type InstanceReference } from './content-items.ts';
import { dateAndTimeOf, offsetMinutes, offsetText } from './evidence-time.ts';
import { newUID } from './new-uid.ts';

/** An instance of the archive, with the series and study it is in. */
export interface StoredReference extends InstanceReference {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
}

/** What is the same in all objects of a patient and a study (PS3.3 C.7.1.1, C.7.2.1, C.7.2.2): copied as it is. */
const inherited = [
  tags.PatientName,
  tags.PatientID,
  tags.IssuerOfPatientID,
  tags.IssuerOfPatientIDQualifiersSequence,
  tags.OtherPatientIDsSequence,
  tags.PatientBirthDate,
  tags.PatientBirthTime,
  tags.PatientSex,
  tags.PatientAge,
  tags.PatientSize,
  tags.PatientWeight,
  tags.StudyDate,
  tags.StudyTime,
  tags.AccessionNumber,
  tags.IssuerOfAccessionNumberSequence,
  tags.ReferringPhysicianName,
  tags.StudyID,
  tags.StudyDescription,
  tags.ProcedureCodeSequence,
] as const;

/** Of these, what must be there, empty where it is not known (type 2). */
const typeTwo: readonly (readonly [tag: string, vr: string])[] = [
  [tags.PatientName, 'PN'],
  [tags.PatientID, 'LO'],
  [tags.PatientBirthDate, 'DA'],
  [tags.PatientSex, 'CS'],
  [tags.StudyDate, 'DA'],
  [tags.StudyTime, 'TM'],
  [tags.AccessionNumber, 'SH'],
  [tags.ReferringPhysicianName, 'PN'],
  [tags.StudyID, 'SH'],
];

export interface DocumentFacts {
  readonly sopClassUID: string;
  readonly modality: 'SR' | 'KO';
  readonly studyInstanceUID: string;
  /** Any instance of the study: whose and what study it is. */
  readonly source: JsonDataSet;
  readonly seriesNumber: number;
  readonly seriesDescription: string;
  readonly now: Date;
}

/** Zone of a document, minutes east of UTC: that of the times of the study, else of where it is made. One holds for all times. */
export function zoneOf({ source, now }: Pick<DocumentFacts, 'source' | 'now'>): number {
  return offsetMinutes(text(source, tags.TimezoneOffsetFromUTC)) ?? -now.getTimezoneOffset();
}

/** All of a new document but its content: patient, study, a series of its own, equipment, and when it was made. */
export function documentHeader(facts: DocumentFacts): JsonDataSet {
  const { source, now } = facts;
  const zone = zoneOf(facts);
  const { date, time } = dateAndTimeOf(now, zone);
  const copied = inherited.flatMap((tag) => (source[tag] ? [[tag, source[tag]] as const] : []));
  return {
    ...Object.fromEntries(typeTwo.map(([tag, vr]) => [tag, element(vr)])),
    ...Object.fromEntries(copied),
    [tags.SpecificCharacterSet]: element('CS', 'ISO_IR 192'),
    [tags.InstanceCreationDate]: element('DA', date),
    [tags.InstanceCreationTime]: element('TM', time),
    [tags.SOPClassUID]: element('UI', facts.sopClassUID),
    [tags.SOPInstanceUID]: element('UI', newUID()),
    [tags.TimezoneOffsetFromUTC]: element('SH', offsetText(zone)),
    [tags.ContentDate]: element('DA', date),
    [tags.ContentTime]: element('TM', time),
    [tags.SeriesDate]: element('DA', date),
    [tags.SeriesTime]: element('TM', time),
    [tags.Modality]: element('CS', facts.modality),
    [tags.Manufacturer]: element('LO', 'Isocenter'),
    [tags.ManufacturerModelName]: element('LO', 'Isocenter viewer'),
    [tags.SeriesDescription]: element('LO', facts.seriesDescription),
    [tags.ReferencedPerformedProcedureStepSequence]: element('SQ'),
    [tags.StudyInstanceUID]: element('UI', facts.studyInstanceUID),
    [tags.SeriesInstanceUID]: element('UI', newUID()),
    [tags.SeriesNumber]: element('IS', facts.seriesNumber),
    [tags.InstanceNumber]: element('IS', 1),
  };
}

const referenceItem = ({ sopClassUID, sopInstanceUID }: InstanceReference): JsonDataSet => ({
  [tags.ReferencedSOPClassUID]: element('UI', sopClassUID),
  [tags.ReferencedSOPInstanceUID]: element('UI', sopInstanceUID),
});

function groupBy<T>(entries: readonly T[], key: (entry: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const entry of entries) groups.set(key(entry), [...(groups.get(key(entry)) ?? []), entry]);
  return groups;
}

/** Hierarchical SOP Instance Reference Macro (PS3.3 C.17.2.1): study, series, instance; each instance once. */
export function referencedStudies(references: readonly StoredReference[]): readonly JsonDataSet[] {
  const once = [...new Map(references.map((entry) => [entry.sopInstanceUID, entry])).values()];
  return [...groupBy(once, (entry) => entry.studyInstanceUID)].map(([studyInstanceUID, ofStudy]) => ({
    [tags.ReferencedSeriesSequence]: element(
      'SQ',
      ...[...groupBy(ofStudy, (entry) => entry.seriesInstanceUID)].map(([seriesInstanceUID, ofSeries]) => ({
        [tags.ReferencedSOPSequence]: element('SQ', ...ofSeries.map(referenceItem)),
        [tags.SeriesInstanceUID]: element('UI', seriesInstanceUID),
      })),
    ),
    [tags.StudyInstanceUID]: element('UI', studyInstanceUID),
  }));
}

/** The inverse of {@link referencedStudies}. */
export function readReferencedStudies(
  document: JsonDataSet,
  sequenceTag: string,
): readonly StoredReference[] {
  return items(document, sequenceTag).flatMap((study) =>
    items(study, tags.ReferencedSeriesSequence).flatMap((series) =>
      items(series, tags.ReferencedSOPSequence).map((reference) => ({
        studyInstanceUID: text(study, tags.StudyInstanceUID) ?? '',
        seriesInstanceUID: text(series, tags.SeriesInstanceUID) ?? '',
        sopClassUID: text(reference, tags.ReferencedSOPClassUID) ?? '',
        sopInstanceUID: text(reference, tags.ReferencedSOPInstanceUID) ?? '',
      })),
    ),
  );
}
