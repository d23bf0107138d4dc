import { type VrTraits, vrTraits } from '../value-representations.ts';
import type { ElementHeader } from './element-header.ts';
import { vrFromDictionary } from './implicit-vr.ts';
import type { ReadContext } from './read-context.ts';

export const sequenceTraits = vrTraits('SQ');
export const unknownTraits = vrTraits('UN');

/** The VR to read a value by: as written, or from the dictionary where that tells nothing. */
export function resolveVr(
  header: ElementHeader,
  pixelRepresentation: number,
  context: ReadContext,
  tag: string,
  offsetBytes: number,
): VrTraits {
  const { traits, problem } = header;
  if (traits !== undefined && traits !== unknownTraits) return traits;
  const fromDictionary = vrFromDictionary(header.tag, pixelRepresentation);
  if (problem !== undefined) {
    context.warn(
      `${problem === 'unknown-vr' ? 'an unknown VR' : 'no VR'}, read by the dictionary`,
      tag,
      offsetBytes,
    );
    return fromDictionary;
  }
  if (traits === undefined) return fromDictionary;
  // PS3.5 6.2.2 Note: a value stored as UN may be read by the VR that the attribute is known to have
  const readable = fromDictionary !== sequenceTraits && header.length % fromDictionary.unitBytes === 0;
  return readable ? fromDictionary : unknownTraits;
}

/** A sequence stored as UN with a defined length: to be read as one if its bytes are items in implicit VR. */
export function isUnknownSequence(header: ElementHeader): boolean {
  return (
    header.traits === unknownTraits &&
    header.length >= 8 &&
    vrFromDictionary(header.tag, 0) === sequenceTraits
  );
}
