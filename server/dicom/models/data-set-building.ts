import type { DataElement, DataSet } from '../data-set.ts';
import { DataSetError } from '../dicom-errors.ts';
import { vrOf } from '../dictionary.ts';
import { defaultReadLimits } from '../read/read-limits.ts';
import { findVrTraits, type VrTraits, vrTraits } from '../value-representations.ts';

/** What one data set of the JSON or XML model may hold: as much as the Part 10 reader takes. */
export const MODEL_LIMITS = {
  depth: defaultReadLimits.depth,
  /** Elements and items, at all depths together. */
  elements: defaultReadLimits.elements,
  /** Elements beside each other: PS3.6 has some 5000, and objects of so many members are slow. */
  siblings: 20_000,
  /** A large RT Structure Set has a million numbers. */
  values: 4_000_000,
};

/** Counts what one data set holds, all depths together. */
export class ModelCount {
  #elements = 0;
  #values = 0;

  addElement(path: string): void {
    if (++this.#elements > MODEL_LIMITS.elements)
      throw new DataSetError(`more than ${MODEL_LIMITS.elements} elements and items`, path);
  }

  addValues(count: number, path: string): void {
    this.#values += count;
    if (this.#values > MODEL_LIMITS.values)
      throw new DataSetError(`more than ${MODEL_LIMITS.values} values`, path);
  }
}

/** Throws where a data set or item has more elements of its own than any needs. */
export function checkSiblings(count: number, path: string): void {
  if (count > MODEL_LIMITS.siblings)
    throw new DataSetError(`more than ${MODEL_LIMITS.siblings} elements in one data set`, path);
}

/** `(0010,0010)`, below `path`. */
export function pathOf(path: string, tag: string): string {
  const own = `(${tag.slice(0, 4)},${tag.slice(4)})`;
  return path === '' ? own : `${path}.${own}`;
}

/** The traits of the VR that is given, else of the one that PS3.6 has; UN for what neither tells. */
export function traitsOf(given: unknown, tag: string, path: string): VrTraits {
  if (given === undefined) return vrTraits(vrOf(tag) ?? 'UN');
  const traits = typeof given === 'string' ? findVrTraits(given) : undefined;
  if (!traits) throw new DataSetError('its vr is none of PS3.5', path);
  return traits;
}

/** Adds an element that is there once. */
export function addElement(dataSet: DataSet, tag: string, element: DataElement, path: string): void {
  if (Object.hasOwn(dataSet, tag)) throw new DataSetError('it is there twice', path);
  dataSet[tag] = element;
}

/** Base64 (RFC 4648 4) without white space, its padding optional; throws where it is something else. */
export function checkedBase64(text: string, path: string): string {
  const packed = /\s/.test(text) ? text.replace(/\s+/g, '') : text;
  const digits = packed.replace(/={1,2}$/, '');
  if (/[^A-Za-z0-9+/]/.test(digits) || digits.length % 4 === 1)
    throw new DataSetError('its InlineBinary is not base64', path);
  return packed;
}
