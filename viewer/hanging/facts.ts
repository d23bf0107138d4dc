import { items, type JsonDataSet, number, text, texts } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import type { ImageDescription } from '../viewport/image-description.ts';
import type { ImageStack } from '../viewport/stacks.ts';
import { cross } from '../viewport/vectors.ts';

/** What the rules of hanging protocols can ask for; each is a list of words or numbers, empty where nothing is known. */
export interface Facts {
  readonly modality: readonly string[];
  readonly bodyPart: readonly string[];
  readonly studyDescription: readonly string[];
  /** Series Description and Protocol Name. */
  readonly seriesDescription: readonly string[];
  readonly seriesNumber: readonly number[];
  /** `R`, `L` or `B`. */
  readonly laterality: readonly string[];
  /** `CC`, `MLO`, `PA`, `AP`, `LAT` …, however the header says it. */
  readonly view: readonly string[];
  readonly imageType: readonly string[];
  /** Presentation Intent Type: `FOR PRESENTATION` or `FOR PROCESSING`. */
  readonly intent: readonly string[];
  /** `axial`, `coronal`, `sagittal`, `oblique`; computed from the plane. */
  readonly orientation: readonly string[];
  /** Of MR: `T1`, `T1C` (with contrast), `T2`, `FLAIR`, `STIR`, `PD`, `DWI`, `ADC`, `SWI`. */
  readonly weighting: readonly string[];
  readonly imageCount: readonly number[];
  /** Prior studies that are open. */
  readonly priorCount: readonly number[];
}
export type FactName = keyof Facts;

/** What a tile can be given: a display set from its start, or one image of a stack of projections, from 0. */
export interface Candidate {
  readonly displaySetId: string;
  readonly studyInstanceUID: string;
  readonly index: number | undefined;
  readonly imageCount: number;
  readonly facts: Facts;
}

/** PS3.16 CID 4014 (mammography) and CID 4010 (DX), by SNOMED CT and by the older SRT codes. */
const viewCodes: Readonly<Record<string, string>> = {
  '399162004': 'CC',
  'R-10242': 'CC',
  '399368009': 'MLO',
  'R-10226': 'MLO',
  '399260004': 'ML',
  'R-10224': 'ML',
  '399352003': 'LM',
  'R-10228': 'LM',
  '399348003': 'AP',
  'R-10206': 'AP',
  '272479007': 'PA',
  'R-10214': 'PA',
  '399067008': 'LAT',
  'R-10236': 'LAT',
  '399198007': 'LAT',
  'R-10232': 'LAT',
  '399173006': 'LAT',
};
const viewPositions: Readonly<Record<string, string>> = { LL: 'LAT', RL: 'LAT', LATERAL: 'LAT' };
const describedViews: readonly (readonly [RegExp, string])[] = [
  [/\bmlo\b/, 'MLO'],
  [/\bcc\b/, 'CC'],
  [/\b(lat|lateral|seitlich|seitl)\b/, 'LAT'],
  [/\b(pa|p\.a|dv)\b/, 'PA'],
  [/\b(ap|a\.p|vd)\b/, 'AP'],
];

function viewsOf(instance: JsonDataSet): string[] {
  const [code] = items(instance, tags.ViewCodeSequence);
  const coded = code && viewCodes[text(code, tags.CodeValue) ?? ''];
  if (coded) return [coded];
  const position = text(instance, tags.ViewPosition)?.toUpperCase();
  if (position) return [viewPositions[position] ?? position];
  const described = (text(instance, tags.SeriesDescription) ?? '').toLowerCase().replaceAll('_', ' ');
  const match = describedViews.find(([pattern]) => pattern.test(described));
  return match ? [match[1]] : [];
}

/** The side that is written in the header, else in Anatomic Region or description of a projection. */
function lateralityOf(instance: JsonDataSet): string[] {
  const side = text(instance, tags.ImageLaterality) ?? text(instance, tags.Laterality);
  return side ? [side.toUpperCase()] : [];
}

/** Share of the normal that must be along one axis for a plane to have its name (about 37 degrees off). */
const namedPlaneShare = 0.8;

function orientationOf({ rowDirection, columnDirection }: ImageDescription): string[] {
  if (!rowDirection || !columnDirection) return [];
  const [x, y, z] = cross(rowDirection, columnDirection).map(Math.abs) as [number, number, number];
  if (z >= namedPlaneShare) return ['axial'];
  if (y >= namedPlaneShare) return ['coronal'];
  return [x >= namedPlaneShare ? 'sagittal' : 'oblique'];
}

const describedWeightings: readonly (readonly [RegExp, string])[] = [
  [/adc/, 'ADC'],
  [/dwi|diff|trace|\bb-?1000/, 'DWI'],
  [/flair|tirm dark/, 'FLAIR'],
  [/swi|t2\s?\*|hemo|swan/, 'SWI'],
  [/stir|tirm/, 'STIR'],
  [/t2/, 'T2'],
  [/t1/, 'T1'],
  [/\bpd|proton/, 'PD'],
];

/** By the times of the sequence, ms, where no word says it: the usual limits of spin echo imaging. */
function weightingOfTimes(instance: JsonDataSet): string | undefined {
  const repetition = number(instance, tags.RepetitionTime);
  const echo = number(instance, tags.EchoTime);
  const inversion = number(instance, tags.InversionTime) ?? 0;
  if (repetition === undefined || echo === undefined) return undefined;
  if (inversion > 1500 && echo > 70) return 'FLAIR';
  if (echo >= 70) return 'T2';
  if (repetition < 1200) return echo < 30 ? 'T1' : undefined;
  return echo < 50 ? 'PD' : undefined;
}

function weightingOf(instance: JsonDataSet, words: string): string[] {
  if (text(instance, tags.Modality) !== 'MR') return [];
  const named = describedWeightings.find(([pattern]) => pattern.test(words))?.[1];
  const weighting = named ?? weightingOfTimes(instance);
  if (!weighting) return [];
  const isEnhanced =
    /\b(gd|km|post|contrast|\+c|ce)\b/.test(words) || text(instance, tags.ContrastBolusAgent);
  return weighting === 'T1' && isEnhanced ? ['T1C'] : [weighting];
}

const known = (...found: (string | undefined)[]): string[] => found.filter((value) => value !== undefined);

export function factsOf(image: ImageDescription, imageCount: number, priorCount: number): Facts {
  const { instance } = image;
  const region = items(instance, tags.AnatomicRegionSequence)[0];
  const seriesDescription = known(text(instance, tags.SeriesDescription), text(instance, tags.ProtocolName));
  const seriesNumber = number(instance, tags.SeriesNumber);
  return {
    modality: known(text(instance, tags.Modality)),
    bodyPart: known(text(instance, tags.BodyPartExamined), region && text(region, tags.CodeMeaning)),
    studyDescription: known(text(instance, tags.StudyDescription)),
    seriesDescription,
    seriesNumber: seriesNumber === undefined ? [] : [seriesNumber],
    laterality: lateralityOf(instance),
    view: viewsOf(instance),
    imageType: texts(instance, tags.ImageType).filter((part) => part !== ''),
    intent: known(text(instance, tags.PresentationIntentType)),
    orientation: orientationOf(image),
    weighting: weightingOf(instance, seriesDescription.join(' ').toLowerCase().replaceAll('_', ' ')),
    imageCount: [imageCount],
    priorCount: [priorCount],
  };
}

/** Modalities whose images are each a view of its own, though one series may have all of them. */
const singleViewModalities = new Set(['CR', 'DX', 'MG', 'RG', 'IO', 'PX']);

/** What can be chosen of a stack: the stack, or each of its images where these are single views. */
export function candidatesOf(stack: ImageStack, priorCount = 0): Candidate[] {
  const [first] = stack.images;
  if (!first) return [];
  const address = { displaySetId: stack.id, studyInstanceUID: stack.studyInstanceUID };
  const imageCount = stack.images.length;
  const isSingleViews = singleViewModalities.has(first.modality) && !stack.isMultiFrame;
  if (!isSingleViews)
    return [{ ...address, index: undefined, imageCount, facts: factsOf(first, imageCount, priorCount) }];
  return stack.images.map((image, index) => ({
    ...address,
    index,
    imageCount: 1,
    facts: factsOf(image, 1, priorCount),
  }));
}
