import type { DataSet, PersonName } from '../../dicom/data-set.ts';
import { itemsOf, numberOf, personNameOf, textOf, textsOf } from './attribute-values.ts';
import { canWrite } from './fonts.ts';
import { functionalGroup } from './functional-groups.ts';
import { RenderError } from './render-errors.ts';
import type { AnnotationKind, VoiWindow } from './render-request.ts';

export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';

export interface CornerLines {
  corner: Corner;
  lines: string[];
}

const longestLine = 64;

/** The patient in the upper corners, the technique in the lower ones; empty lines and corners are left out. */
export async function annotationLines(
  dataSet: DataSet,
  frameNumber: number,
  kinds: readonly AnnotationKind[],
): Promise<CornerLines[]> {
  const corners: CornerLines[] = [];
  if (kinds.includes('patient')) {
    corners.push({ corner: 'top-left', lines: [await patientName(dataSet), ...patient(dataSet)] });
    corners.push({ corner: 'top-right', lines: study(dataSet) });
  }
  if (kinds.includes('technique')) {
    corners.push({ corner: 'bottom-left', lines: technique(dataSet, frameNumber) });
    corners.push({ corner: 'bottom-right', lines: equipment(dataSet, frameNumber) });
  }
  for (const corner of corners) corner.lines = corner.lines.filter((line) => line !== '').map(shortened);
  return corners.filter(({ lines }) => lines.length > 0);
}

/**
 * The data set with the window that is really shown: the one that was asked for; none where a presentation state has its own. A
 * picture that bears the numbers of another window misleads.
 */
export function withShownWindow(
  dataSet: DataSet,
  window: VoiWindow | undefined,
  hasPresentationState: boolean,
): DataSet {
  if (!window && !hasPresentationState) return dataSet;
  const { '00281050': _center, '00281051': _width, ...rest } = dataSet;
  if (!window) return rest;
  return {
    ...rest,
    '00281050': { vr: 'DS', Value: [window.center] },
    '00281051': { vr: 'DS', Value: [window.width] },
  };
}

function shortened(line: string): string {
  const letters = [...line.replace(/\s+/g, ' ')];
  return letters.length <= longestLine ? letters.join('') : `${letters.slice(0, longestLine - 1).join('')}…`;
}

/**
 * All groups of the name that can be written here, as they are a check of each other. A name of which nothing can be written is
 * an error: an image that shows empty frames for its patient misleads.
 */
async function patientName(dataSet: DataSet): Promise<string> {
  const name = personNameOf(dataSet, 'PatientName');
  if (!name) return '';
  const groups = nameGroups(name);
  const writable: string[] = [];
  for (const group of groups) if (await canWrite(group)) writable.push(group);
  const [first, ...others] = writable;
  if (first !== undefined) return others.length > 0 ? `${first} (${others.join(', ')})` : first;
  if (groups.length === 0) return '';
  throw new RenderError(
    'UNAVAILABLE',
    'The patient name can not be drawn: no font of this server has its characters (install one, such as Noto Sans CJK)',
  );
}

/** Components for people (PS3.5 6.2.1.1): "Family, Prefix Given Middle Suffix"; in East Asian writing the family name stands in front without a comma. */
function nameGroups(name: PersonName): string[] {
  const groups = [name.Alphabetic, name.Ideographic, name.Phonetic].map((group) => {
    const parts = (group ?? '').split('^').map((part) => part.trim());
    const [family = '', given = '', middle = '', prefix = '', suffix = ''] = parts;
    const others = [prefix, given, middle, suffix].filter((part) => part !== '').join(' ');
    return [family, others].filter((part) => part !== '').join(isEastAsian(family) ? ' ' : ', ');
  });
  return groups.filter((group) => group !== '');
}

function isEastAsian(text: string): boolean {
  return /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u.test(text);
}

function patient(dataSet: DataSet): string[] {
  const born = date(textOf(dataSet, 'PatientBirthDate'));
  const facts = [born && `* ${born}`, textOf(dataSet, 'PatientSex'), textOf(dataSet, 'PatientAge')];
  return [labelled('ID', textOf(dataSet, 'PatientID')), facts.filter(Boolean).join('  ')];
}

function study(dataSet: DataSet): string[] {
  const moment = ['AcquisitionDate', 'ContentDate', 'SeriesDate', 'StudyDate'].find((keyword) =>
    textOf(dataSet, keyword),
  );
  const day = moment && date(textOf(dataSet, moment));
  const time = moment && clock(textOf(dataSet, moment.replace('Date', 'Time')));
  return [
    textOf(dataSet, 'InstitutionName') ?? '',
    textOf(dataSet, 'StudyDescription') ?? '',
    labelled('Acc', textOf(dataSet, 'AccessionNumber')),
    [day, time].filter(Boolean).join(' '),
  ];
}

function technique(dataSet: DataSet, frameNumber: number): string[] {
  const measures = functionalGroup(dataSet, frameNumber, 'PixelMeasuresSequence') ?? dataSet;
  const value = (label: string, keyword: string, unit: string, holder: DataSet = dataSet) => {
    const number = numberOf(holder, keyword);
    return number === undefined ? '' : `${label} ${Number(number.toPrecision(4))} ${unit}`.trim();
  };
  return [
    [
      value('', 'KVP', 'kV').trim(),
      value('', 'XRayTubeCurrent', 'mA').trim(),
      value('', 'ExposureTime', 'ms').trim(),
    ]
      .filter((text) => text !== '')
      .join('  '),
    [value('TR', 'RepetitionTime', 'ms'), value('TE', 'EchoTime', 'ms'), value('FA', 'FlipAngle', '°')]
      .filter((text) => text !== '')
      .join('  '),
    value('Slice', 'SliceThickness', 'mm', measures),
    value('Loc', 'SliceLocation', 'mm'),
    [value('W', 'WindowWidth', ''), value('C', 'WindowCenter', '')].filter((text) => text !== '').join('  '),
    agents(dataSet),
  ];
}

function agents(dataSet: DataSet): string {
  const named = itemsOf(dataSet, 'ContrastBolusAgentSequence').flatMap((item) =>
    textsOf(item, 'CodeMeaning'),
  );
  return textOf(dataSet, 'ContrastBolusAgent') ?? named.join(', ');
}

function equipment(dataSet: DataSet, frameNumber: number): string[] {
  const side = textOf(dataSet, 'ImageLaterality') ?? textOf(dataSet, 'Laterality');
  const frames = numberOf(dataSet, 'NumberOfFrames') ?? 1;
  const numbers = [
    labelled('Se', textOf(dataSet, 'SeriesNumber')),
    labelled('Im', textOf(dataSet, 'InstanceNumber')),
    frames > 1 ? `Fr ${frameNumber}/${frames}` : '',
  ];
  return [
    [textOf(dataSet, 'Modality'), textOf(dataSet, 'BodyPartExamined'), side, textOf(dataSet, 'ViewPosition')]
      .filter(Boolean)
      .join('  '),
    textOf(dataSet, 'SeriesDescription') ?? textOf(dataSet, 'ProtocolName') ?? '',
    [textOf(dataSet, 'Manufacturer'), textOf(dataSet, 'ManufacturerModelName')].filter(Boolean).join(' '),
    numbers.filter((text) => text !== '').join('  '),
  ];
}

function labelled(label: string, value: string | undefined): string {
  return value ? `${label} ${value}` : '';
}

/** DA as ISO 8601 writes it; other text as it is. */
function date(text: string | undefined): string {
  return (text ?? '').replace(/^(\d{4})\.?(\d{2})\.?(\d{2})$/, '$1-$2-$3');
}

function clock(text: string | undefined): string {
  const match = /^(\d{2}):?(\d{2}):?(\d{2})?/.exec(text ?? '');
  return match ? [match[1], match[2], match[3]].filter(Boolean).join(':') : '';
}
