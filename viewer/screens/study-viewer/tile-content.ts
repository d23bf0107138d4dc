import { items, type JsonDataSet, number, text, texts } from '../../dicomweb/data-set.ts';
import { formatAge, formatDate, formatTime } from '../../dicomweb/dates.ts';
import { personName } from '../../dicomweb/person-name.ts';
import { tags } from '../../dicomweb/tags.ts';
import { functionalGroup } from '../../viewport/functional-groups.ts';
import type { ImageDescription } from '../../viewport/image-description.ts';
import { directionLetters } from '../../viewport/orientation.ts';
import type { Surface } from '../../viewport/surface.ts';
import { cross, dot, scale, type Vector3 } from '../../viewport/vectors.ts';

/** A number for reading beside an image: no more digits than mean something. */
export function formatNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

/** First date and time of the object that is there: acquisition, content, secondary capture, series, study (IHE BIR 5.8). */
function dateAndTime(image: ImageDescription): string {
  const { instance } = image;
  const pairs = [
    [tags.AcquisitionDate, tags.AcquisitionTime],
    [tags.ContentDate, tags.ContentTime],
    [tags.DateOfSecondaryCapture, tags.TimeOfSecondaryCapture],
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

/** Lossy Image Compression Method (PS3.3 C.7.6.1.1.5.1) as it is called. */
const methodNames: Readonly<Record<string, string>> = {
  ISO_10918_1: 'JPEG',
  ISO_14495_1: 'JPEG-LS',
  ISO_15444_1: 'JPEG 2000',
  ISO_15444_15: 'HTJ2K',
  ISO_18181_1: 'JPEG XL',
  ISO_13818_2: 'MPEG-2',
  ISO_14496_10: 'H.264',
  ISO_23008_2: 'HEVC',
};

/**
 * Lossy compression of an image (PS3.3 C.7.6.1.1.5): undefined when it never was, else ratios and methods where they are
 * known, in the order in which it was compressed.
 */
export function lossyCompression(
  image: ImageDescription,
): { readonly ratio: string | undefined; readonly method: string | undefined } | undefined {
  if (text(image.instance, tags.LossyImageCompression) !== '01') return undefined;
  const ratios = texts(image.instance, tags.LossyImageCompressionRatio)
    .map(Number)
    .filter((ratio) => ratio > 0)
    .map((ratio) => `${formatNumber(ratio)}:1`);
  const methods = texts(image.instance, tags.LossyImageCompressionMethod)
    .filter(Boolean)
    .map((method) => methodNames[method] ?? method);
  return {
    ratio: ratios.length > 0 ? ratios.join(', ') : undefined,
    method: methods.length > 0 ? methods.join(', ') : undefined,
  };
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
  return locationAlongNormal(position, rowDirection, columnDirection);
}

/** The distance of a plane through a volume from the origin of the patient's coordinates. */
export function planeLocation(surface: Surface): SliceLocation | undefined {
  return locationAlongNormal(surface.toPatient({ x: 0, y: 0 }), surface.xDirection, surface.yDirection);
}

function locationAlongNormal(
  place: Vector3 | undefined,
  row: Vector3 | undefined,
  column: Vector3 | undefined,
): SliceLocation | undefined {
  if (!place || !row || !column) return undefined;
  const normal = cross(row, column);
  const distance = dot(place, normal);
  return { value: Math.abs(distance), sides: directionLetters(scale(normal, distance < 0 ? -1 : 1)) };
}

/** Age as the header gives it, else whole years between birth and study. */
function ageOf(instance: JsonDataSet): string | undefined {
  const given = formatAge(text(instance, tags.PatientAge));
  if (given) return given;
  const [birth, study] = [text(instance, tags.PatientBirthDate), text(instance, tags.StudyDate)].map(
    (date) => (date && /^\d{8}$/.test(date) ? Number(date) : undefined),
  );
  if (birth === undefined || study === undefined || study < birth) return undefined;
  return formatAge(`${String(Math.floor((study - birth) / 10_000)).padStart(3, '0')}Y`);
}

/** Frame, image, then series say which side of a paired part it is. */
function lateralityOf(image: ImageDescription): string | undefined {
  const { instance } = image;
  const anatomy = functionalGroup(instance, image.frameNumber - 1, tags.FrameAnatomySequence);
  return (
    text(anatomy, tags.FrameLaterality) ??
    text(instance, tags.ImageLaterality) ??
    text(instance, tags.Laterality)
  );
}

function contrastOf(instance: JsonDataSet): string | undefined {
  const named = items(instance, tags.ContrastBolusAgentSequence).flatMap(
    (item) => text(item, tags.CodeMeaning) ?? [],
  );
  return text(instance, tags.ContrastBolusAgent) ?? (named.join(', ') || undefined);
}

/** The texts of an image's corners that come from its header; empty ones are left out. */
export function headerTexts(image: ImageDescription) {
  const { instance } = image;
  const of = (tag: string) => text(instance, tag);
  return {
    patientName: personName(instance, tags.PatientName),
    patientID: of(tags.PatientID),
    birthDate: formatDate(of(tags.PatientBirthDate)),
    sexAndAge: [of(tags.PatientSex), ageOf(instance)].filter(Boolean).join(', '),
    institution: of(tags.InstitutionName),
    studyDescription: of(tags.StudyDescription),
    studyId: of(tags.StudyID),
    accession: of(tags.AccessionNumber),
    dateAndTime: dateAndTime(image),
    seriesNumber: of(tags.SeriesNumber),
    seriesDescription: of(tags.SeriesDescription),
    laterality: lateralityOf(image),
    contrast: contrastOf(instance),
  };
}

/** How the image was made: numbers that readers of its modality look for; each as it is named in the texts `imaging.NAME`. */
export function techniqueNumbers(
  image: ImageDescription,
): readonly (readonly [TechniqueText, Readonly<Record<string, string>>])[] {
  const { instance } = image;
  const timing = functionalGroup(instance, image.frameNumber - 1, tags.MRTimingAndRelatedParametersSequence);
  const echo = functionalGroup(instance, image.frameNumber - 1, tags.MREchoSequence);
  const mAs =
    number(instance, tags.Exposure) ??
    multiplied(number(instance, tags.XRayTubeCurrent), number(instance, tags.ExposureTime), 1e-3);
  const found: (readonly [TechniqueText, number | undefined])[] = [
    ['kvp', number(instance, tags.KVP)],
    ['mas', mAs],
    ['ctdi', number(instance, tags.CTDIvol)],
    ['tr', number(timing, tags.RepetitionTime)],
    ['te', number(echo, tags.EffectiveEchoTime) ?? number(instance, tags.EchoTime)],
    ['ti', number(instance, tags.InversionTime)],
    ['flip', number(timing, tags.FlipAngle)],
    ['frameTime', image.numberOfFrames > 1 ? number(instance, tags.FrameTime) : undefined],
  ];
  const force = number(instance, tags.CompressionForce);
  const thickness = number(instance, tags.BodyPartThickness);
  const isMammogram = image.modality === 'MG';
  return [
    ...found.flatMap(([name, value]): (readonly [TechniqueText, Readonly<Record<string, string>>])[] =>
      value ? [[name, { value: formatNumber(value) }]] : [],
    ),
    ...(isMammogram && force ? [['force', { force: formatNumber(force) }] as const] : []),
    ...(isMammogram && thickness ? [['breast', { thickness: formatNumber(thickness) }] as const] : []),
  ];
}

export type TechniqueText =
  | 'kvp'
  | 'mas'
  | 'ctdi'
  | 'tr'
  | 'te'
  | 'ti'
  | 'flip'
  | 'frameTime'
  | 'force'
  | 'breast';

function multiplied(a: number | undefined, b: number | undefined, factor: number): number | undefined {
  return a === undefined || b === undefined ? undefined : a * b * factor;
}

/** What a header warns of, beside lossy compression. */
export function headerFlags(image: ImageDescription) {
  const { instance } = image;
  return {
    isDeidentified: text(instance, tags.PatientIdentityRemoved) === 'YES',
    hasBurnedInAnnotation: text(instance, tags.BurnedInAnnotation) === 'YES',
    view: text(instance, tags.ViewPosition),
    spacingBetweenSlices: number(
      functionalGroup(instance, image.frameNumber - 1, tags.FramePixelSpacingSequence),
      tags.SpacingBetweenSlices,
    ),
  };
}
