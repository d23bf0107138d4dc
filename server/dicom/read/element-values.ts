import type { DataElement } from '../data-set.ts';
import { DicomReadError } from '../dicom-errors.ts';
import { tagInWords } from '../tag-text.ts';
import { type VrTraits, vrTraits } from '../value-representations.ts';
import { isLutData, isLutDescriptor } from './implicit-vr.ts';
import type { ReadContext } from './read-context.ts';
import { inlineBinaryBytes } from './read-limits.ts';
import type { Level } from './sequence-stack.ts';
import { inlineBinary, numberValues, tagValues, textValues, type ValueBytes } from './value-conversion.ts';

/** LUT data up to here is inline whatever its VR: 65536 entries of 16 bits, twice. */
const inlineLutBytes = 256 * 2 ** 10;

/** Puts values into elements of DICOM JSON (PS3.18 F.2). */
export class ElementValues {
  private readonly context: ReadContext;

  constructor(context: ReadContext) {
    this.context = context;
  }

  /** Whether a value of this length is kept inline; if not it is bulk data. Throws where it can be neither. */
  isInline(traits: VrTraits, tag: number, lengthBytes: number, offsetBytes: number): boolean {
    if (traits.kind === 'binary') return lengthBytes <= (isLutData(tag) ? inlineLutBytes : inlineBinaryBytes);
    if (lengthBytes <= this.context.limits.valueBytes) return true;
    if (traits.bulk) return false;
    const text = `a value of ${lengthBytes} bytes in ${tagInWords(tag)} with VR ${traits.vr}`;
    throw new DicomReadError('LIMIT_EXCEEDED', text, offsetBytes);
  }

  read(
    element: DataElement,
    tagNumber: number,
    traits: VrTraits,
    at: ValueBytes,
    level: Level,
    tag: string,
    offsetBytes: number,
  ): void {
    const lengthBytes = at.end - at.start;
    if (lengthBytes === 0) return;
    this.context.countJson(lengthBytes * (traits.kind === 'number' ? 3 : 1.5), offsetBytes);
    if (traits.kind === 'binary') {
      element.InlineBinary = inlineBinary(traits, at);
      return;
    }
    if (lengthBytes % (traits.kind === 'tag' ? 4 : traits.unitBytes) !== 0) {
      this.context.warn(`a length that is no multiple of what VR ${traits.vr} takes`, tag, offsetBytes);
    }
    const values = this.values(tagNumber, traits, at, level, element);
    if (values) element.Value = values;
  }

  private values(tag: number, traits: VrTraits, at: ValueBytes, level: Level, element: DataElement) {
    if (traits.kind === 'text') return textValues(traits, at, level.text);
    if (traits.kind === 'tag') return tagValues(at);
    if (traits.vr !== 'SS' || !level.implicit || !isLutDescriptor(tag)) return numberValues(traits, at);
    // PS3.3 C.11.1.1.1: the number of entries is unsigned even where the first mapped value is signed; one VR has to
    // do for both, so that the larger tables are read as US.
    const unsigned = numberValues(vrTraits('US'), at);
    const entries = unsigned?.[0];
    if (typeof entries === 'number' && entries >= 1 && entries < 32768) return numberValues(traits, at);
    element.vr = 'US';
    return unsigned;
  }
}
