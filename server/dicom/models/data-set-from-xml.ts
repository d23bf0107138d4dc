import { SaxesParser, type SaxesTagPlain } from 'saxes';
import type { DataElement, DataSet, ElementValue, PersonName, ValueRepresentation } from '../data-set.ts';
import { DataSetError } from '../dicom-errors.ts';
import { tagOf } from '../dictionary.ts';
import { type PrivateElement, placePrivateElements } from '../private-blocks.ts';
import { bigIntegerValue, floatValue } from '../read/number-strings.ts';
import {
  addElement,
  checkedBase64,
  checkSiblings,
  MODEL_LIMITS,
  ModelCount,
  pathOf,
  traitsOf,
} from './data-set-building.ts';
import { NAME_COMPONENTS, NAME_GROUPS } from './data-set-xml.ts';
import { decodeXml } from './xml-encoding.ts';

/**
 * The data set of a Native DICOM Model document (PS3.19 A.1). Throws a `DataSetError` that says where for anything else: text that
 * is no XML, a DOCTYPE (no entity but the five of XML is ever resolved, nothing is fetched), more or deeper elements than an instance may
 * have. The size of the text is for the caller to bound.
 */
export function dataSetFromXml(bytes: Uint8Array): DataSet {
  const reader = new NativeModelReader();
  const parser = new SaxesParser({ xmlns: false, position: true });
  const where = () => `line ${parser.line}, column ${parser.column}`;
  const guarded =
    <T>(handle: (event: T) => void) =>
    (event: T) => {
      try {
        handle(event);
      } catch (error) {
        if (!(error instanceof DataSetError)) throw error;
        throw new DataSetError(`${error.message} (${where()})`, '', { cause: error });
      }
    };
  parser.on('doctype', () => {
    throw new DataSetError(`a DOCTYPE is not taken (${where()})`);
  });
  // What the parser says may repeat the text, which may be of a patient.
  parser.on('error', () => {
    throw new DataSetError(`the text is not well-formed XML (${where()})`);
  });
  parser.on(
    'opentag',
    guarded((tag: SaxesTagPlain) => reader.open(localName(tag.name), tag.attributes)),
  );
  parser.on(
    'closetag',
    guarded(() => reader.close()),
  );
  parser.on(
    'text',
    guarded((text: string) => reader.text(text)),
  );
  parser.on(
    'cdata',
    guarded((text: string) => reader.text(text)),
  );
  const text = decodeXml(bytes);
  // In pieces, so that a DOCTYPE or what is too deep ends it at once.
  for (let at = 0; at < text.length; at += CHUNK_CHARACTERS)
    parser.write(text.slice(at, at + CHUNK_CHARACTERS));
  parser.close();
  return reader.result();
}

const CHUNK_CHARACTERS = 65_536;

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** One open element of the document. */
type Frame =
  | { kind: 'data-set'; dataSet: DataSet; privates: PrivateElement[]; elements: number; path: string }
  | { kind: 'attribute'; element: DataElement; path: string }
  | { kind: 'value'; values: ElementValue[]; vr: ValueRepresentation; path: string; text: string }
  | { kind: 'inline'; element: DataElement; path: string; text: string }
  | { kind: 'name'; name: PersonName; path: string }
  | { kind: 'group'; name: PersonName; group: keyof PersonName; components: string[]; path: string }
  | { kind: 'component'; components: string[]; index: number; path: string; text: string }
  | { kind: 'nothing'; path: string };

type Attributes = Readonly<Record<string, string>>;

class NativeModelReader {
  readonly #frames: Frame[] = [];
  readonly #count = new ModelCount();
  #depth = 0;
  #result: DataSet | undefined;

  result(): DataSet {
    if (!this.#result) throw new DataSetError('the XML holds no NativeDicomModel');
    return this.#result;
  }

  open(name: string, attributes: Attributes): void {
    const parent = this.#frames.at(-1);
    if (name === 'DicomAttribute' || name === 'Item') this.#count.addElement(parent?.path ?? '');
    const frame = this.#frameOf(parent, name, attributes);
    if (!frame) {
      const where = parent ? 'here' : 'at the top: a NativeDicomModel does';
      throw new DataSetError(`an element <${shown(name)}> does not belong ${where}`, parent?.path ?? '');
    }
    this.#frames.push(frame);
  }

  text(text: string): void {
    const frame = this.#frames.at(-1);
    if (!frame) return;
    if ('text' in frame) frame.text += text;
    else if (/\S/.test(text)) throw new DataSetError('text where none belongs', frame.path);
  }

  close(): void {
    const frame = this.#frames.pop();
    if (frame?.kind === 'value') {
      const value = frame.text === '' ? null : modelValue(frame.text, frame.vr, frame.path);
      frame.values[frame.values.length - 1] = value;
    } else if (frame?.kind === 'inline') {
      const packed = checkedBase64(frame.text, frame.path);
      if (packed !== '') frame.element.InlineBinary = packed;
    } else if (frame?.kind === 'component') frame.components[frame.index] = frame.text;
    else if (frame?.kind === 'group') {
      const text = Array.from(frame.components, (component) => component ?? '').join('^');
      if (text !== '') frame.name[frame.group] = text.replace(/\^+$/, '');
    } else if (frame?.kind === 'data-set') {
      placePrivateElements(frame.dataSet, frame.privates);
      if (this.#frames.length === 0) this.#result = frame.dataSet;
      else this.#depth--;
    }
  }

  #frameOf(parent: Frame | undefined, name: string, attributes: Attributes): Frame | undefined {
    if (!parent) {
      if (name !== 'NativeDicomModel') return undefined;
      return { kind: 'data-set', dataSet: {}, privates: [], elements: 0, path: '' };
    }
    if (parent.kind === 'data-set' && name === 'DicomAttribute') return openAttribute(parent, attributes);
    if (parent.kind === 'attribute') return this.#openField(parent, name, attributes);
    const { path } = parent;
    if (parent.kind === 'name') {
      const group = NAME_GROUPS.find((one) => one === name);
      return group && { kind: 'group', name: parent.name, group, components: [], path };
    }
    if (parent.kind === 'group') {
      const index = NAME_COMPONENTS.indexOf(name as (typeof NAME_COMPONENTS)[number]);
      return index < 0
        ? undefined
        : { kind: 'component', components: parent.components, index, path, text: '' };
    }
    return undefined;
  }

  #openField(parent: Frame & { kind: 'attribute' }, name: string, attributes: Attributes): Frame | undefined {
    const { element, path } = parent;
    const { vr } = element;
    if (name === 'Value' || name === 'Item' || name === 'PersonName') {
      const wanted = vr === 'SQ' ? 'Item' : vr === 'PN' ? 'PersonName' : 'Value';
      if (name !== wanted || traitsOf(vr, '', path).kind === 'binary' || hasBulk(element)) return undefined;
      const values = valuesUpTo(element, attributes.number, path, this.#count);
      if (name === 'Value') return { kind: 'value', values, vr, path, text: '' };
      if (name === 'PersonName') {
        const person: PersonName = {};
        values[values.length - 1] = person;
        return { kind: 'name', name: person, path };
      }
      if (++this.#depth > MODEL_LIMITS.depth)
        throw new DataSetError(`deeper than ${MODEL_LIMITS.depth} sequences`, path);
      const dataSet: DataSet = {};
      values[values.length - 1] = dataSet;
      return { kind: 'data-set', dataSet, privates: [], elements: 0, path: `${path}[${values.length}]` };
    }
    if (vr === 'SQ' || hasBulk(element) || element.Value) return undefined;
    if (name === 'InlineBinary') return { kind: 'inline', element, path, text: '' };
    if (name !== 'BulkData') return undefined;
    const uri = attributes.uri ?? (attributes.uuid === undefined ? undefined : `urn:uuid:${attributes.uuid}`);
    if (uri === undefined) throw new DataSetError('its BulkData has neither uri nor uuid', path);
    element.BulkDataURI = uri;
    return { kind: 'nothing', path };
  }
}

function hasBulk({ InlineBinary, BulkDataURI }: DataElement): boolean {
  return InlineBinary !== undefined || BulkDataURI !== undefined;
}

function shown(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}...` : name;
}

function openAttribute(parent: Frame & { kind: 'data-set' }, attributes: Attributes): Frame {
  parent.elements++;
  checkSiblings(parent.elements, parent.path);
  const given = attributes.tag ?? attributes.keyword ?? '';
  const tag = tagOf(given);
  if (tag === undefined)
    throw new DataSetError('a DicomAttribute whose tag is not eight hexadecimal digits', parent.path);
  const path = pathOf(parent.path, tag);
  const element: DataElement = { vr: traitsOf(attributes.vr, tag, path).vr };
  const creator = attributes.privateCreator;
  if (creator) parent.privates.push({ tag, creator, element, path });
  else addElement(parent.dataSet, tag, element, path);
  return { kind: 'attribute', element, path };
}

/** Makes room for the value of this number (1-based); those left out are empty. */
function valuesUpTo(
  element: DataElement,
  number: string | undefined,
  path: string,
  count: ModelCount,
): ElementValue[] {
  element.Value ??= [];
  const { length } = element.Value;
  const index = number === undefined ? length + 1 : Number(number);
  if (!Number.isInteger(index) || index <= length)
    throw new DataSetError('its values are not numbered 1, 2, 3 and so on', path);
  count.addValues(index - length, path);
  while (element.Value.length < index) element.Value.push(element.vr === 'SQ' ? {} : null);
  return element.Value;
}

const INTEGERS = new Set<string>(['US', 'SS', 'UL', 'SL', 'UV', 'SV']);

function modelValue(text: string, vr: ValueRepresentation, path: string): ElementValue {
  const trimmed = text.trim();
  if (INTEGERS.has(vr)) {
    if (!/^[+-]?\d{1,20}$/.test(trimmed)) throw new DataSetError(`a value that is not of VR ${vr}`, path);
    return bigIntegerValue(BigInt(trimmed.replace(/^\+/, '')));
  }
  if (vr === 'FL' || vr === 'FD') return floatOf(trimmed, vr, path);
  return vr === 'DS' || vr === 'IS' || vr === 'AT' ? trimmed || null : text;
}

function floatOf(text: string, vr: string, path: string): number | string {
  const special = /^([+-]?)(nan|inf|infinity)$/i.exec(text);
  if (special) return special[2]?.toLowerCase() === 'nan' ? 'NaN' : special[1] === '-' ? '-inf' : 'inf';
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text))
    throw new DataSetError(`a value that is not of VR ${vr}`, path);
  return floatValue(Number(text));
}
