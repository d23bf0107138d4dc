import type { TextDecoding } from '../characters/character-sets.ts';
import type { DataElement, DataSet, ElementValue } from '../data-set.ts';
import { DicomReadError } from '../dicom-errors.ts';
import type { Encoding } from './encoding-detection.ts';

/** The data set, an item, or a sequence that is being read. */
export interface Level extends Encoding {
  /** `elements`: the data set or an item; `items`: a sequence. */
  kind: 'elements' | 'items';
  /** Offset after the last byte; Infinity where the length is undefined, and for the data set. */
  endOffset: number;
  undefinedLength: boolean;
  /** Innermost end known from here outwards: nothing inside may reach past it. */
  limitOffset: number;
  /** Of `elements`. */
  dataSet: DataSet;
  /** Of `items`: the element whose Value they become. */
  sequence: DataElement;
  values: ElementValue[];
  /** In front of the tags of this level: `` or `54000100/1/`; of `items`, with the sequence's tag. */
  path: string;
  /** The tag before, -1 at the beginning. */
  lastTag: number;
  text: TextDecoding;
  pixelRepresentation: number;
  /** Within a UN of undefined length, where writers disagree about the VR encoding. */
  insideUnknown: boolean;
}

const noDataSet: DataSet = {};
const noSequence: DataElement = { vr: 'SQ' };
const noValues: ElementValue[] = [];

/** The outermost level. */
export function rootLevel(encoding: Encoding, text: TextDecoding): Level {
  return {
    kind: 'elements',
    implicit: encoding.implicit,
    bigEndian: encoding.bigEndian,
    endOffset: Number.POSITIVE_INFINITY,
    undefinedLength: false,
    limitOffset: Number.POSITIVE_INFINITY,
    dataSet: {},
    sequence: noSequence,
    values: noValues,
    path: '',
    lastTag: -1,
    text,
    pixelRepresentation: 0,
    insideUnknown: false,
  };
}

/** What is open, from the data set inwards, in place of recursion. */
export class SequenceStack {
  top: Level;
  private readonly levels: Level[];
  private readonly depthLimit: number;

  constructor(root: Level, depthLimit: number) {
    this.levels = [root];
    this.top = root;
    this.depthLimit = depthLimit;
  }

  /** Sequences and items that are open; 0 in the data set itself. */
  get depth(): number {
    return this.levels.length - 1;
  }

  /** Opens a sequence. `endOffset` is Infinity for an undefined length. */
  pushSequence(
    sequence: DataElement,
    tag: string,
    endOffset: number,
    encoding: Encoding,
    insideUnknown: boolean,
    offsetBytes: number,
  ) {
    // data set, sequence, item, sequence, ...: every two levels are one sequence
    if (this.levels.length / 2 >= this.depthLimit) {
      const text = `sequences nested more than ${this.depthLimit} deep`;
      throw new DicomReadError('LIMIT_EXCEEDED', text, offsetBytes);
    }
    const { top } = this;
    this.push({
      ...top,
      kind: 'items',
      implicit: encoding.implicit,
      bigEndian: encoding.bigEndian,
      endOffset,
      undefinedLength: endOffset === Number.POSITIVE_INFINITY,
      limitOffset: Math.min(endOffset, top.limitOffset),
      dataSet: noDataSet,
      sequence,
      values: [],
      path: `${top.path}${tag}/`,
      lastTag: -1,
      insideUnknown,
    });
  }

  /** Opens the next item of the sequence on top. `endOffset` is Infinity for an undefined length. */
  pushItem(endOffset: number): void {
    const { top } = this;
    const dataSet: DataSet = {};
    top.values.push(dataSet);
    this.push({
      ...top,
      kind: 'elements',
      endOffset,
      undefinedLength: endOffset === Number.POSITIVE_INFINITY,
      limitOffset: Math.min(endOffset, top.limitOffset),
      dataSet,
      sequence: noSequence,
      values: noValues,
      path: `${top.path}${top.values.length}/`,
      lastTag: -1,
    });
  }

  /** Closes what is on top; a sequence without items stays without Value (PS3.18 F.2.5). */
  pop(): void {
    const { top } = this;
    if (top.kind === 'items' && top.values.length > 0) top.sequence.Value = top.values;
    this.levels.pop();
    this.top = this.levels[this.levels.length - 1] as Level;
  }

  private push(level: Level): void {
    this.levels.push(level);
    this.top = level;
  }
}
