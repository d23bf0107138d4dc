import { items, type JsonDataSet, text } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import type { MeasuredValue } from '../measuring/measurement.ts';

/** A coded concept (PS3.3 8.8): what counts is value and scheme; the meaning is for reading. */
export interface Code {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

export const code = (value: string, scheme: string, meaning: string): Code => ({ value, scheme, meaning });

/** Scheme of codes that no terminology has. PS3.3 8.2: private schemes begin with 99. */
const ownScheme = '99ISOCENTER';

/** Concepts of TID 1500, 1501, 1410, 2010 and what they include (PS3.16). */
export const concepts = {
  imagingMeasurementReport: code('126000', 'DCM', 'Imaging Measurement Report'),
  language: code('121049', 'DCM', 'Language of Content Item and Descendants'),
  observerType: code('121005', 'DCM', 'Observer Type'),
  person: code('121006', 'DCM', 'Person'),
  personObserverName: code('121008', 'DCM', 'Person Observer Name'),
  procedureReported: code('121058', 'DCM', 'Procedure reported'),
  imagingProcedure: code('363679005', 'SCT', 'Imaging procedure'),
  imageLibrary: code('111028', 'DCM', 'Image Library'),
  imageLibraryGroup: code('126200', 'DCM', 'Image Library Group'),
  imagingMeasurements: code('126010', 'DCM', 'Imaging Measurements'),
  measurementGroup: code('125007', 'DCM', 'Measurement Group'),
  trackingIdentifier: code('112039', 'DCM', 'Tracking Identifier'),
  trackingUniqueIdentifier: code('112040', 'DCM', 'Tracking Unique Identifier'),
  finding: code('121071', 'DCM', 'Finding'),
  findingSite: code('363698007', 'SCT', 'Finding Site'),
  shortLabel: code('125309', 'DCM', 'Short label'),
  color: code('718499004', 'SCT', 'Color'),
  comment: code('121106', 'DCM', 'Comment'),
  imageRegion: code('111030', 'DCM', 'Image Region'),
  sourceImage: code('121324', 'DCM', 'Source image'),
  center: code('111010', 'DCM', 'Center'),
  derivation: code('121401', 'DCM', 'Derivation'),
  keyObjectDescription: code('113012', 'DCM', 'Key Object Description'),
  english: code('en', 'RFC5646', 'English'),
} as const;

/** Other codes of the same concepts that older or other writers use, as `scheme|value`. */
const synonyms: Readonly<Record<string, string>> = {
  'SRT|G-D7FE': 'SCT|410668003',
  'DCM|121206': 'SCT|410668003', // Distance
  'DCM|121211': 'SCT|410668003', // Path length
  'SRT|G-A22A': 'SCT|410668003', // Length, as some writers have it
  'SRT|G-A185': 'SCT|103339001',
  'SCT|131187009': 'SCT|103339001', // Major Axis
  'SRT|G-A193': 'SCT|103339001',
  'SRT|G-A186': 'SCT|103340004',
  'SCT|131188004': 'SCT|103340004', // Minor Axis
  'SCT|131189007': 'SCT|103340004', // Perpendicular Axis
  'SRT|G-A194': 'SCT|103340004',
  'SRT|G-A195': 'SCT|103340004',
  'DCM|110859': 'SCT|1483009',
  'SCT|285285000': 'SCT|1483009', // Cobb angle
  'SRT|G-A166': 'SCT|42798000',
  'SRT|G-A16A': 'SCT|42798000', // Area of defined region
  'SCT|131184002': 'SCT|42798000',
  'DCM|121202': 'SCT|42798000',
  'SRT|G-A197': 'SCT|131191004',
  'SCT|74551000': 'SCT|131191004', // Circumference
  'SRT|R-00317': 'SCT|373098007',
  'DCM|113049': 'SCT|373098007', // Pixel by pixel mean
  'SRT|R-10047': 'SCT|386136009',
  'SRT|R-404FB': 'SCT|255605001',
  'DCM|113051': 'SCT|255605001', // Pixel by pixel minimum
  'SRT|G-A437': 'SCT|56851009',
  'DCM|113048': 'SCT|56851009', // Pixel by pixel maximum
  'SRT|G-C0E3': 'SCT|363698007',
  'SNM3|G-C0E3': 'SCT|363698007',
};

/** `scheme|value`, the same for all codes of one concept; the old designators of SNOMED are one scheme. */
export function keyOfCode({ value, scheme }: Pick<Code, 'value' | 'scheme'>): string {
  const key = `${scheme === '99SDM' || scheme === 'SNM3' ? 'SRT' : scheme}|${value}`;
  return synonyms[key] ?? key;
}

export const isSameConcept = (a: Code | undefined, b: Code | undefined): boolean =>
  a !== undefined && b !== undefined && keyOfCode(a) === keyOfCode(b);

/** The code in the first item of a code sequence (PS3.3 8.8), long and URN values too. */
export function readCode(dataSet: JsonDataSet, sequenceTag: string): Code | undefined {
  const item = items(dataSet, sequenceTag)[0];
  if (!item) return undefined;
  const value = text(item, tags.CodeValue) ?? text(item, tags.LongCodeValue) ?? text(item, tags.URNCodeValue);
  if (value === undefined) return undefined;
  return code(value, text(item, tags.CodingSchemeDesignator) ?? '', text(item, tags.CodeMeaning) ?? '');
}

type Quantity = MeasuredValue['quantity'];

/** CID 7470 (lengths), 7471 (areas), 7464 (statistics of a region), and what else is measured. */
const codesOfQuantities: Readonly<Record<Exclude<Quantity, 'value'>, Code>> = {
  length: code('410668003', 'SCT', 'Length'),
  longAxis: code('103339001', 'SCT', 'Long Axis'),
  shortAxis: code('103340004', 'SCT', 'Short Axis'),
  diameter: code('81827009', 'SCT', 'Diameter'),
  angle: code('1483009', 'SCT', 'Angle'),
  area: code('42798000', 'SCT', 'Area'),
  perimeter: code('131191004', 'SCT', 'Perimeter'),
  mean: code('373098007', 'SCT', 'Mean'),
  standardDeviation: code('386136009', 'SCT', 'Standard Deviation'),
  minimum: code('255605001', 'SCT', 'Minimum'),
  maximum: code('56851009', 'SCT', 'Maximum'),
  pixelCount: code('pixelCount', ownScheme, 'Number of pixels'),
  duration: code('110858', 'DCM', 'Time'),
  velocity: code('velocity', ownScheme, 'Velocity'),
};

/** A reader's own words as a finding: other viewers show findings, and few show labels. */
export const labelAsFinding = (label: string): Code => code('label', ownScheme, label);

export const cobbAngle = code('285285000', 'SCT', 'Cobb angle');
const pixelValue = code('pixelValue', ownScheme, 'Pixel value');

/** What a value of one pixel is called depends on what it is counted in. */
const codesOfValues: Readonly<Record<string, Code>> = {
  HU: code('112031', 'DCM', 'Attenuation Coefficient'),
  SUVbw: code('126401', 'DCM', 'SUVbw'),
  SUVlbm: code('126402', 'DCM', 'SUVlbm'),
  SUVbsa: code('126403', 'DCM', 'SUVbsa'),
  SUVibw: code('126404', 'DCM', 'SUVibw'),
};

export function codeOfQuantity(quantity: Quantity, unit: string): Code {
  return quantity === 'value' ? (codesOfValues[unit] ?? pixelValue) : codesOfQuantities[quantity];
}

const quantitiesByKey = new Map<string, Quantity>([
  ...Object.entries(codesOfQuantities).map(
    ([quantity, entry]) => [keyOfCode(entry), quantity as Quantity] as const,
  ),
  ...[pixelValue, ...Object.values(codesOfValues)].map((entry) => [keyOfCode(entry), 'value'] as const),
]);

export const quantityOfCode = (entry: Code | undefined): Quantity | undefined =>
  entry && quantitiesByKey.get(keyOfCode(entry));

/** Units as written beside a number -> UCUM (CID 82, 83, 84, 85). `px` and `px²` are annotations: UCUM has no pixel. */
const unitCodes: readonly (readonly [unit: string, ucum: string, meaning: string])[] = [
  ['mm', 'mm', 'millimeter'],
  ['mm²', 'mm2', 'square millimeter'],
  ['cm', 'cm', 'centimeter'],
  ['cm²', 'cm2', 'square centimeter'],
  ['µm', 'um', 'micrometer'],
  ['°', 'deg', 'degree'],
  ['px', '{pixels}', 'pixels'],
  ['px²', '{pixels}2', 'square pixels'],
  ['HU', "[hnsf'U]", 'Hounsfield unit'],
  ['SUVbw', 'g/ml{SUVbw}', 'Standardized Uptake Value body weight'],
  ['SUVlbm', 'g/ml{SUVlbm}', 'Standardized Uptake Value lean body mass'],
  ['SUVbsa', 'cm2/ml{SUVbsa}', 'Standardized Uptake Value body surface area'],
  ['SUVibw', 'g/ml{SUVibw}', 'Standardized Uptake Value ideal body weight'],
  ['Bq/ml', 'Bq/ml', 'Becquerels/milliliter'],
  ['CNTS', '{counts}', 'Counts'],
  ['s', 's', 'second'],
  ['ms', 'ms', 'millisecond'],
  ['cm/s', 'cm/s', 'centimeter/second'],
  ['%', '%', 'percent'],
  ['', '1', 'no units'],
];

/** Units that are not in the table are annotations of the number 1: UCUM allows any printable ASCII in braces. */
export function codeOfUnit(unit: string): Code {
  const known = unitCodes.find(([written]) => written === unit);
  if (known) return code(known[1], 'UCUM', known[2]);
  const annotation = unit.replace(/[^\x21-\x7e]|[{}\\]/g, '');
  return code(`{${annotation}}`.slice(0, 16), 'UCUM', unit.slice(0, 64));
}

export function unitOfCode(entry: Code | undefined): string {
  if (!entry) return '';
  // OHIF writes pixels as a number without unit that means "px".
  if (entry.value === '1' && /^px/.test(entry.meaning)) return entry.meaning;
  const known = unitCodes.find(([, ucum]) => ucum === entry.value);
  return known ? known[0] : /^\{.*\}$/.test(entry.value) ? entry.meaning : entry.value;
}
