import type { DataElement, DataSet } from './data-set.ts';
import { DataSetError } from './dicom-errors.ts';
import { addElement } from './models/data-set-building.ts';
import { creatorName } from './models/data-set-xml.ts';

/** A private element that names its creator; its tag may lack the block (gggg00ee), as PS3.19 A.1.5 has it. */
export interface PrivateElement {
  tag: string;
  creator: string;
  element: DataElement;
  path: string;
}

/** The blocks of one private group (PS3.5 7.8.1): two hexadecimal digits each. */
interface PrivateGroup {
  blockByCreator: Map<string, string>;
  taken: Set<string>;
}

/**
 * Puts private elements into the blocks that their creators reserved in `dataSet`, reserving the first free block for a creator
 * that has none.
 */
export function placePrivateElements(dataSet: DataSet, elements: readonly PrivateElement[]): void {
  if (elements.length === 0) return;
  const groups = privateGroupsOf(dataSet, elements);
  for (const { tag, creator, element, path } of elements) {
    const group = tag.slice(0, 4);
    const written = tag.slice(4, 6);
    const known = groups.get(group);
    if (!known) throw new DataSetError('it has a privateCreator and is not private', path);
    const block = written === '00' ? blockOf(known, creator.trim(), path) : written;
    reserve(dataSet, `${group}00${block}`, creator, path);
    addElement(dataSet, `${group}${block}${tag.slice(6)}`, element, path);
  }
}

function privateGroupsOf(dataSet: DataSet, elements: readonly PrivateElement[]): Map<string, PrivateGroup> {
  const groups = new Map<string, PrivateGroup>();
  const tags = [...Object.keys(dataSet), ...elements.map(({ tag }) => tag)];
  // In tag order, so that of two blocks with one name the first is meant.
  for (const tag of tags.sort()) {
    if (!'13579BDF'.includes(tag.charAt(3))) continue;
    const group = groups.get(tag.slice(0, 4)) ?? { blockByCreator: new Map(), taken: new Set() };
    groups.set(tag.slice(0, 4), group);
    const reserves = tag.slice(4, 6) === '00';
    const block = reserves ? tag.slice(6) : tag.slice(4, 6);
    const name = reserves ? creatorName(dataSet, tag)?.trim() : undefined;
    if (name !== undefined && !group.blockByCreator.has(name)) group.blockByCreator.set(name, block);
    if (!reserves || name !== undefined) group.taken.add(block);
  }
  return groups;
}

function blockOf({ blockByCreator, taken }: PrivateGroup, creator: string, path: string): string {
  const own = blockByCreator.get(creator);
  if (own !== undefined) return own;
  for (let block = 0x10; block <= 0xff; block++) {
    const text = block.toString(16).toUpperCase();
    if (taken.has(text)) continue;
    taken.add(text);
    blockByCreator.set(creator, text);
    return text;
  }
  throw new DataSetError('no block is left for its privateCreator', path);
}

function reserve(dataSet: DataSet, tag: string, creator: string, path: string): void {
  const name = creatorName(dataSet, tag);
  if (name === undefined) dataSet[tag] = { vr: 'LO', Value: [creator] };
  else if (name.trim() !== creator.trim())
    throw new DataSetError('its block is of another creator than its privateCreator', path);
}
