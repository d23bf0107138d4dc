import { text } from '../dicomweb/data-set.ts';
import { formatDate, formatTime } from '../dicomweb/dates.ts';
import { personName } from '../dicomweb/person-name.ts';
import { tags } from '../dicomweb/tags.ts';
import type { ViewportState } from '../viewport/viewport-controller.ts';

/** What a print says of a viewport; empty where the object does not say. */
export interface ImageFacts {
  readonly patientName: string;
  readonly patientID: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly studyDate: string;
  readonly studyDescription: string;
  readonly institution: string;
  readonly accessionNumber: string;
  readonly series: string;
  /** As `n / N`. */
  readonly image: string;
  /** As `width / center`. */
  readonly window: string;
  readonly zoom: string;
}

const rounded = (value: number): string => String(Number(value.toFixed(Math.abs(value) >= 10 ? 0 : 2)));

/** The facts of what a viewport shows; undefined where it shows nothing. */
export function imageFacts(state: ViewportState): ImageFacts | undefined {
  const { image, stack, window } = state;
  if (!image || !stack) return undefined;
  const of = (tag: string) => text(image.instance, tag) ?? '';
  const isPlane = state.surface?.kind === 'plane';
  return {
    patientName: personName(image.instance, tags.PatientName) ?? '',
    patientID: of(tags.PatientID),
    birthDate: formatDate(of(tags.PatientBirthDate)) ?? '',
    sex: of(tags.PatientSex),
    studyDate: [formatDate(of(tags.StudyDate)), formatTime(of(tags.StudyTime))].filter(Boolean).join(' '),
    studyDescription: of(tags.StudyDescription),
    institution: of(tags.InstitutionName),
    accessionNumber: of(tags.AccessionNumber),
    series: [of(tags.SeriesNumber), of(tags.SeriesDescription)].filter(Boolean).join(' '),
    image: isPlane ? '' : `${stack.images.indexOf(image) + 1} / ${stack.images.length}`,
    window: window ? `${rounded(window.width)} / ${rounded(window.center)}` : '',
    zoom: `${Math.round(state.zoom * 100)} %`,
  };
}
