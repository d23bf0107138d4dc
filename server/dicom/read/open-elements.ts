import type { DataElement } from '../data-set.ts';
import type { BulkDataEntry, ReadContext } from './read-context.ts';
import type { SequenceStack } from './sequence-stack.ts';

/** Puts elements into the data set or item that is open, in the order in which they are met. */
export class OpenElements {
  private readonly stack: SequenceStack;
  private readonly context: ReadContext;

  constructor(stack: SequenceStack, context: ReadContext) {
    this.stack = stack;
    this.context = context;
  }

  /** Order and number of elements; called once per element, when it is certain that its value can be read. */
  note(tagNumber: number, tag: string, headerBytes: number, offsetBytes: number): void {
    const { top } = this.stack;
    this.context.countElement(offsetBytes);
    this.context.countJson(headerBytes + 24, offsetBytes);
    if (tagNumber <= top.lastTag) this.context.warn('out of order', tag, offsetBytes);
    top.lastTag = tagNumber;
  }

  /** Of several with one tag the first counts; the others are in no data set. */
  add(tag: string, vr: DataElement['vr'], offsetBytes: number): DataElement {
    const { dataSet } = this.stack.top;
    const element: DataElement = { vr };
    if (dataSet[tag] === undefined) dataSet[tag] = element;
    else this.context.warn('a second time in one data set or item, left out', tag, offsetBytes);
    return element;
  }

  /** Makes the element refer to bulk data; `undefined` for one that was left out. */
  refer(
    element: DataElement,
    tag: string,
    offsetBytes: number,
    lengthBytes: number,
  ): BulkDataEntry | undefined {
    const { top } = this.stack;
    if (top.dataSet[tag] !== element) return undefined;
    const path = top.path + tag;
    element.BulkDataURI = path;
    this.context.countJson(path.length * 2, offsetBytes);
    const entry = { path, vr: element.vr, offsetBytes, lengthBytes };
    this.context.bulkData.push(entry);
    return entry;
  }
}
