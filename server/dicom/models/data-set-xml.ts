import type { DataElement, DataSet, ElementValue, PersonName } from '../data-set.ts';
import { keywordOf } from '../dictionary.ts';
import { creatorTagOf, isCreatorTag } from '../private-elements.ts';

export const NATIVE_DICOM_NAMESPACE = 'http://dicom.nema.org/PS3.19/models/NativeDICOM';

/** PS3.19 A.1.5: the components of a person's name, in the order of PS3.5 6.2.1.1. */
export const NAME_COMPONENTS = ['FamilyName', 'GivenName', 'MiddleName', 'NamePrefix', 'NameSuffix'] as const;

export const NAME_GROUPS = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

/**
 * A data set of the DICOM JSON Model as a Native DICOM Model document (PS3.19 A.1), its elements in tag order. Private elements name
 * their creator instead of their block (PS3.19 Table A.1.5-2). A character that XML 1.0 can't hold becomes U+FFFD.
 */
export function dataSetToXml(dataSet: DataSet): string {
  return [...dataSetAsXml(dataSet)].join('');
}

/** The text of `dataSetToXml`, to be encoded as UTF-8, piece by piece: it can be twenty times as long as what it tells of. */
export function* dataSetAsXml(dataSet: DataSet): Generator<string> {
  const text = new XmlText();
  text.push('<?xml version="1.0" encoding="UTF-8"?>\n');
  text.push(`<NativeDicomModel xmlns="${NATIVE_DICOM_NAMESPACE}" xml:space="preserve">`);
  yield* writeElements(dataSet, text);
  text.push('</NativeDicomModel>\n');
  yield text.take();
}

const PIECE_CHARACTERS = 64 * 1024;

/** What is written and not yet taken. */
class XmlText {
  #parts: string[] = [];
  #length = 0;

  push(...texts: string[]): void {
    for (const text of texts) {
      this.#parts.push(text);
      this.#length += text.length;
    }
  }

  get isPiece(): boolean {
    return this.#length >= PIECE_CHARACTERS;
  }

  take(): string {
    const text = this.#parts.join('');
    this.#parts = [];
    this.#length = 0;
    return text;
  }
}

/** Depth is bounded by `ReadLimits.depth` for what the readers made. */
function* writeElements(dataSet: DataSet, text: XmlText): Generator<string> {
  const tags = Object.keys(dataSet).sort();
  const firstBlocks = firstBlocksOf(dataSet, tags);
  for (const tag of tags) {
    const element = dataSet[tag] as DataElement;
    text.push('<DicomAttribute', nameOf(dataSet, tag, element, firstBlocks));
    if (isEmpty(element)) text.push('/>');
    else {
      text.push('>');
      yield* writeContent(element, text);
      text.push('</DicomAttribute>');
    }
    if (text.isPiece) yield text.take();
  }
}

function isEmpty({ Value, InlineBinary, BulkDataURI }: DataElement): boolean {
  return BulkDataURI === undefined && !InlineBinary && !Value?.length;
}

function nameOf(dataSet: DataSet, tag: string, { vr }: DataElement, firstBlocks: FirstBlocks): string {
  const creator = privateCreatorOf(dataSet, tag, firstBlocks);
  if (creator !== undefined) {
    const { text, isOnlyBlock } = creator;
    const written = isOnlyBlock ? `${tag.slice(0, 4)}00${tag.slice(6)}` : tag;
    return ` tag="${written}" vr="${vr}" privateCreator="${escapeAttribute(text)}"`;
  }
  const keyword = keywordOf(tag);
  return ` tag="${tag}" vr="${vr}"${keyword === undefined ? '' : ` keyword="${keyword}"`}`;
}

/** The first block (two digits) of each private group (four digits) and creator, by both in a row. */
type FirstBlocks = ReadonlyMap<string, string>;

/** `tags` are in order. */
function firstBlocksOf(dataSet: DataSet, tags: readonly string[]): FirstBlocks {
  const blocks = new Map<string, string>();
  for (const tag of tags) {
    if (!isCreatorTag(tag)) continue;
    const key = `${tag.slice(0, 4)}${creatorName(dataSet, tag)}`;
    if (!blocks.has(key)) blocks.set(key, tag.slice(6));
  }
  return blocks;
}

/**
 * The creator that reserved the block of a private element (PS3.5 7.8.1), where one did. Of several blocks with one name only the
 * first can be told by it; elements of the others keep their whole tag.
 */
function privateCreatorOf(
  dataSet: DataSet,
  tag: string,
  firstBlocks: FirstBlocks,
): { text: string; isOnlyBlock: boolean } | undefined {
  if (!isPrivateBlockElement(tag)) return undefined;
  const text = creatorName(dataSet, creatorTagOf(tag));
  if (text === undefined) return undefined;
  return { text, isOnlyBlock: firstBlocks.get(`${tag.slice(0, 4)}${text}`) === tag.slice(4, 6) };
}

/** An element of a private group, other than one that reserves a block. */
export function isPrivateBlockElement(tag: string): boolean {
  return '13579BDF'.includes(tag.charAt(3)) && tag.slice(4, 6) >= '10';
}

/** The text of a Private Creator element (gggg,00bb). */
export function creatorName(dataSet: DataSet, tag: string): string | undefined {
  const value = dataSet[tag]?.Value?.[0];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function* writeContent(element: DataElement, text: XmlText): Generator<string> {
  const { vr, Value = [], InlineBinary, BulkDataURI } = element;
  if (BulkDataURI !== undefined) text.push('<BulkData uri="', escapeAttribute(BulkDataURI), '"/>');
  else if (InlineBinary) text.push('<InlineBinary>', InlineBinary, '</InlineBinary>');
  let number = 0;
  for (const value of Value) {
    number += 1;
    const attribute = ` number="${number}"`;
    if (vr === 'SQ') {
      text.push('<Item', attribute, '>');
      yield* writeElements((value ?? {}) as DataSet & ElementValue, text);
      text.push('</Item>');
    } else if (vr === 'PN') writePersonName(value, attribute, text);
    else writeValue(value, attribute, text);
    if (text.isPiece) yield text.take();
  }
}

function writeValue(value: ElementValue, number: string, text: XmlText): void {
  if (value === null || value === '') text.push('<Value', number, '/>');
  else text.push('<Value', number, '>', escapeText(String(value)), '</Value>');
}

function writePersonName(value: ElementValue, number: string, text: XmlText): void {
  text.push('<PersonName', number, '>');
  const name = (typeof value === 'string' ? { Alphabetic: value } : (value ?? {})) as PersonName;
  for (const group of NAME_GROUPS) {
    const written = name[group];
    if (!written) continue;
    text.push(`<${group}>`);
    const components = written.split('^');
    // Five are all that PS3.5 6.2.1 knows; what follows stays with the last.
    const suffix = components.splice(NAME_COMPONENTS.length - 1).join('^');
    [...components, suffix].forEach((component, i) => {
      const tag = NAME_COMPONENTS[i];
      if (component !== '') text.push(`<${tag}>`, escapeText(component), `</${tag}>`);
    });
    text.push(`</${group}>`);
  }
  text.push('</PersonName>');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A reader would turn these into line feeds, and in attributes into spaces (XML 1.0 2.11, 3.3.3).
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** What XML 1.0 2.2 leaves out: most control characters, surrogates without their half, U+FFFE and U+FFFF. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const NOT_OF_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu;

function escapeText(text: string): string {
  return text.replace(NOT_OF_XML, '\ufffd').replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? '');
}

function escapeAttribute(text: string): string {
  return text.replace(NOT_OF_XML, '\ufffd').replace(/[&<>"\r\n\t]/g, (character) => ESCAPES[character] ?? '');
}
