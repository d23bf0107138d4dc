import type { DecodedFrame } from '../pixel-format.ts';
import { type AttributeSource, elementOf, itemAt, textOf } from './attribute-values.ts';
import type { GreyPipeline } from './grey-pipeline.ts';
import { lookUp, readLookupTable } from './lookup-table.ts';
import { type ModalityTransform, modalityOf } from './modality-transform.ts';
import type { FrameReference } from './referenced-images.ts';
import { itemsFor } from './referenced-images.ts';
import { voiOf, voiTransform } from './voi-transform.ts';

/**
 * The grayscale transformations that a softcopy presentation state has for a frame. They take the place of all that the
 * image says, its Photometric Interpretation included; what is absent is the identity (PS3.4 N.2.1.1 to N.2.1.4).
 */
export function presentationPipeline(
  state: AttributeSource,
  frame: DecodedFrame,
  reference: FrameReference,
): GreyPipeline {
  const modality = modalityOf(state, state.dataSet, frame.pixelRepresentation === 1);
  const voi = voiFor(state, reference, modality);
  return { modality, ...(voi && { voi }), presentation: presentationLut(state) };
}

function voiFor(state: AttributeSource, reference: FrameReference, modality: ModalityTransform) {
  for (const item of itemsFor(state.dataSet, 'SoftcopyVOILUTSequence', reference)) {
    const voi = voiOf(state, item, modality.canBeNegative);
    if (voi) return voiTransform(voi);
  }
  return undefined;
}

/** PS3.3 C.11.6: a table over the whole range of its input, or one of two shapes. */
function presentationLut(state: AttributeSource): (value: number) => number {
  const item = itemAt(state.dataSet, 'PresentationLUTSequence', 0);
  if (item && elementOf(item, 'LUTDescriptor')) {
    const table = readLookupTable(state, item, false);
    const highest = 2 ** table.bitsPerEntry - 1;
    const last = table.entries.length - 1;
    // C.11.6.1.1: the first value mapped is 0; the output range of the VOI LUT is spread over all entries.
    return (value) => lookUp({ ...table, firstMapped: 0 }, value * last) / highest;
  }
  const inverse = textOf(state.dataSet, 'PresentationLUTShape')?.trim() === 'INVERSE';
  return inverse ? (value) => 1 - value : (value) => value;
}
