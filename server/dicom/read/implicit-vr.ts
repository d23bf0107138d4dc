import { dictionaryEntry } from '../dictionary.ts';
import { tagText } from '../tag-text.ts';
import { type VrTraits, vrTraits } from '../value-representations.ts';

const unknown = vrTraits('UN');

const resolved = new Map<number, { unsigned: VrTraits; signed: VrTraits } | undefined>();

/**
 * The VR of an attribute whose encoding doesn't tell it (implicit VR, or UN): from the dictionary, "US or SS" by Pixel
 * Representation, "OB or OW" as OW (PS3.5 A.1). LO for private creators, UL for group lengths, UN for the rest.
 */
export function vrFromDictionary(tag: number, pixelRepresentation: number): VrTraits {
  const entry = entryOf(tag);
  if (!entry) return fallback(tag);
  return pixelRepresentation === 1 ? entry.signed : entry.unsigned;
}

function entryOf(tag: number) {
  if (resolved.has(tag)) return resolved.get(tag);
  const vrs = dictionaryEntry(tagText(tag))?.vrs;
  const first = vrs?.[0];
  let entry: { unsigned: VrTraits; signed: VrTraits } | undefined;
  if (vrs && first) {
    const wide = vrs.includes('OW');
    const unsigned = vrTraits(wide ? 'OW' : first);
    entry = { unsigned, signed: vrs.includes('SS') ? vrTraits('SS') : unsigned };
  }
  // only tags of the dictionary are kept, so that a file with many private tags can't fill the memory
  if (entry) resolved.set(tag, entry);
  return entry;
}

function fallback(tag: number): VrTraits {
  const element = tag % 65536;
  if (element === 0) return vrTraits('UL');
  const odd = Math.floor(tag / 65536) % 2 === 1;
  // PS3.5 7.8.1
  return odd && element >= 0x10 && element <= 0xff ? vrTraits('LO') : unknown;
}

/** First values of LUT Descriptors: numbers of entries, unsigned whatever the Pixel Representation (PS3.3 C.11.1.1.1). */
export function isLutDescriptor(tag: number): boolean {
  return tag === 0x00283002 || (tag >= 0x00281101 && tag <= 0x00281104);
}

/** Look-up tables that viewers need along with the other attributes, however long. */
export function isLutData(tag: number): boolean {
  return (tag >= 0x00281200 && tag <= 0x0028122f) || tag === 0x00283006;
}
