import { text } from '../../dicomweb/data-set.ts';
import { formatAge, formatDate, formatTime } from '../../dicomweb/dates.ts';
import { personName } from '../../dicomweb/person-name.ts';
import { tags } from '../../dicomweb/tags.ts';
import type { ImageDescription } from '../../viewport/image-description.ts';
import { directionLetters } from '../../viewport/orientation.ts';
import { cross, dot, scale } from '../../viewport/vectors.ts';

/** A number for reading beside an image: no more digits than mean something. */
export function formatNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

/** First date and time of the object that is there: content, acquisition, series, study (IHE BIR 5.8). */
function dateAndTime(image: ImageDescription): string {
  const { instance } = image;
  const pairs = [
    [tags.AcquisitionDate, tags.AcquisitionTime],
    [tags.ContentDate, tags.ContentTime],
    [tags.SeriesDate, tags.SeriesTime],
    [tags.StudyDate, tags.StudyTime],
  ] as const;
  const dateTime = text(instance, tags.AcquisitionDateTime);
  if (dateTime && dateTime.length >= 8) {
    return [formatDate(dateTime.slice(0, 8)), formatTime(dateTime.slice(8, 14))].filter(Boolean).join(' ');
  }
  const pair = pairs.find(([date]) => text(instance, date) !== undefined);
  if (!pair) return '';
  return [formatDate(text(instance, pair[0])), formatTime(text(instance, pair[1]))].filter(Boolean).join(' ');
}

/** Lossy compression of an image (PS3.3 C.7.6.1.1.5): undefined when it never was, else the ratio where it is known. */
export function lossyCompression(
  image: ImageDescription,
): { readonly ratio: string | undefined } | undefined {
  if (text(image.instance, tags.LossyImageCompression) !== '01') return undefined;
  const ratio = Number(text(image.instance, tags.LossyImageCompressionRatio));
  return { ratio: ratio > 0 ? formatNumber(ratio) : undefined };
}

/** Where a slice is, mm. */
export interface SliceLocation {
  readonly value: number;
  /** The sides of the patient on which it is from the origin; undefined for the number that the header gives. */
  readonly sides: string | undefined;
}

/**
 * Slice Location as the header gives it, else the distance of the slice from the origin of the patient's coordinates, along
 * its normal. Undefined when the slice has no place.
 */
export function sliceLocation(image: ImageDescription): SliceLocation | undefined {
  if (image.sliceLocation !== undefined) return { value: image.sliceLocation, sides: undefined };
  const { position, rowDirection, columnDirection } = image;
  if (!position || !rowDirection || !columnDirection) return undefined;
  const normal = cross(rowDirection, columnDirection);
  const distance = dot(position, normal);
  return { value: Math.abs(distance), sides: directionLetters(scale(normal, distance < 0 ? -1 : 1)) };
}

/** The texts of an image's corners that come from its header; empty ones are left out. */
export function headerTexts(image: ImageDescription) {
  const { instance } = image;
  const of = (tag: string) => text(instance, tag);
  return {
    patientName: personName(instance, tags.PatientName),
    patientID: of(tags.PatientID),
    birthDate: formatDate(of(tags.PatientBirthDate)),
    sexAndAge: [of(tags.PatientSex), formatAge(of(tags.PatientAge))].filter(Boolean).join(', '),
    institution: of(tags.InstitutionName),
    studyDescription: of(tags.StudyDescription),
    accession: of(tags.AccessionNumber),
    dateAndTime: dateAndTime(image),
    seriesNumber: of(tags.SeriesNumber),
    seriesDescription: of(tags.SeriesDescription),
    laterality: of(tags.ImageLaterality) ?? of(tags.Laterality),
  };
}
