import { explicitItem, sequenceElement } from './explicit-elements.ts';

/** What is to be different in a data set, at its own level; everything by tag (group * 65536 + element). */
export interface ReEncodingChanges {
  /** Whole elements in Explicit VR Little Endian, in place of what is stored or in addition; `undefined` leaves one out. */
  elements?: ReadonlyMap<number, Uint8Array | undefined>;
  /** The encoded elements of an item that is to stand first in a sequence, before those stored. */
  firstItems?: ReadonlyMap<number, Uint8Array>;
}

/** Changes that wait for their place in the order of tags (PS3.5 7.1). */
export class PendingChanges {
  private readonly changes: ReEncodingChanges;
  private readonly waiting: number[];

  constructor(changes: ReEncodingChanges) {
    this.changes = changes;
    const tags = [...(changes.elements?.keys() ?? []), ...(changes.firstItems?.keys() ?? [])];
    this.waiting = tags.sort((a, b) => b - a);
  }

  /** The elements that come before `tag`, and the one that comes in its place. */
  before(tag: number): Uint8Array {
    const due: Uint8Array[] = [];
    for (let next = this.waiting.at(-1); next !== undefined && next <= tag; next = this.waiting.at(-1)) {
      // an item for a sequence that is there goes into it
      if (next === tag && this.changes.firstItems?.has(tag)) break;
      this.waiting.pop();
      due.push(this.element(next));
    }
    return Buffer.concat(due);
  }

  /** What is left once the data set is at its end. */
  rest(): Uint8Array {
    return this.before(Number.POSITIVE_INFINITY);
  }

  /** Whether the stored element is to be left out. */
  replaces(tag: number): boolean {
    return this.changes.elements?.has(tag) === true;
  }

  /** The item, with its header, for the sequence that begins; asked once. */
  firstItemOf(tag: number): Uint8Array | undefined {
    if (this.waiting.at(-1) !== tag) return undefined;
    const content = this.changes.firstItems?.get(tag);
    if (!content) return undefined;
    this.waiting.pop();
    return explicitItem(content);
  }

  private element(tag: number): Uint8Array {
    const item = this.changes.firstItems?.get(tag);
    return item ? sequenceElement(tag, [item]) : (this.changes.elements?.get(tag) ?? new Uint8Array(0));
  }
}
