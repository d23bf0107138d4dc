import { type JsonDataSet, number, text } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';

/** What an instance is to the viewer; every kind but `image` gets a tile with its name. Keys of the texts. */
export type InstanceKind =
  | 'image'
  | 'structuredReport'
  | 'keyObjects'
  | 'presentationState'
  | 'segmentation'
  | 'rtStructureSet'
  | 'rtDose'
  | 'rtPlan'
  | 'document'
  | 'waveform'
  | 'video'
  | 'wholeSlide'
  | 'annotations'
  | 'other';

const storage = '1.2.840.10008.5.1.4.1.1';

/** SOP Class UIDs (PS3.4 B.5), longest prefix first where one begins another. */
const kindsOfPrefix: readonly (readonly [string, InstanceKind])[] = [
  [`${storage}.88.59`, 'keyObjects'],
  [`${storage}.88`, 'structuredReport'],
  [`${storage}.11`, 'presentationState'],
  [`${storage}.66.4`, 'segmentation'],
  [`${storage}.66.5`, 'segmentation'],
  [`${storage}.66.7`, 'segmentation'],
  [`${storage}.481.2`, 'rtDose'],
  [`${storage}.481.3`, 'rtStructureSet'],
  [`${storage}.481.5`, 'rtPlan'],
  [`${storage}.481.8`, 'rtPlan'],
  [`${storage}.104`, 'document'],
  [`${storage}.9`, 'waveform'],
  [`${storage}.77.1.1.1`, 'video'],
  [`${storage}.77.1.2.1`, 'video'],
  [`${storage}.77.1.4.1`, 'video'],
  [`${storage}.77.1.6`, 'wholeSlide'],
  [`${storage}.91.1`, 'annotations'],
];

/** Decides by SOP class first, then by whether there are rows and columns to show. */
export function instanceKind(instance: JsonDataSet): InstanceKind {
  const sopClassUID = text(instance, tags.SOPClassUID) ?? '';
  const match = kindsOfPrefix.find(
    ([prefix]) => sopClassUID === prefix || sopClassUID.startsWith(`${prefix}.`),
  );
  if (match) return match[1];
  const hasPixels = (number(instance, tags.Rows) ?? 0) > 0 && (number(instance, tags.Columns) ?? 0) > 0;
  return hasPixels ? 'image' : 'other';
}

/** Modalities whose instances are no images (PS3.3 C.7.3.1.1.1). */
const modalitiesWithoutImages = new Set([
  ...[
    'SR',
    'KO',
    'PR',
    'DOC',
    'PLAN',
    'REG',
    'FID',
    'SEG',
    'ANN',
    'ASMT',
    'STAIN',
    'RWV',
    'M3D',
    'SMR',
    'TEXTUREMAP',
  ],
  ...['RTSTRUCT', 'RTPLAN', 'RTRECORD', 'RTDOSE', 'RTINTENT', 'RTRAD', 'RTSEGANN', 'RESP', 'POS', 'AU'],
  ...['ECG', 'EEG', 'EMG', 'EOG', 'EPS', 'HD'],
]);

/** Whether a series is of images, as far as its modality says: for lists, where no instance is known yet. */
export const isModalityOfImages = (modality: string | undefined): boolean =>
  modality === undefined || !modalitiesWithoutImages.has(modality);

/** Modalities of projection images, which alone may be turned and mirrored (IHE BIR). */
const projectionModalities = new Set([
  'CR',
  'DX',
  'MG',
  'RG',
  'RF',
  'XA',
  'IO',
  'PX',
  'XC',
  'OP',
  'GM',
  'SC',
  'OT',
]);

/** Whether rotating and flipping is offered: not for cross-sections, whose sides are read by convention. */
export function mayRotate(image: { readonly modality: string; readonly rowDirection: unknown }): boolean {
  return projectionModalities.has(image.modality) && image.rowDirection === undefined;
}
