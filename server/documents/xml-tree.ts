import { SaxesParser } from 'saxes';
import { DocumentError } from './document-errors.ts';

export interface XmlElement {
  /** Without its prefix. */
  name: string;
  /** Names with their prefix. */
  attributes: Readonly<Record<string, string>>;
  children: (XmlElement | string)[];
}

/** Past these no clinical document goes; what does would cost more than it is worth. */
const DEEPEST = 200;
const MOST_ELEMENTS = 200_000;

/**
 * Parses an XML document. Entities beyond XML's own five are an error, and nothing outside the text is ever read: a document type
 * declaration declares nothing here. Throws a `DocumentError`.
 */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser();
  const root: XmlElement = { name: '', attributes: {}, children: [] };
  const open = [root];
  let elements = 0;
  const here = () => open.at(-1) ?? root;
  parser.on('error', (error) => {
    throw new DocumentError(`The document is not well-formed XML: ${withoutContent(error.message)}.`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    elements += 1;
    if (elements > MOST_ELEMENTS || open.length > DEEPEST)
      throw new DocumentError('The document has more elements, or deeper ones, than can be shown.');
    const element: XmlElement = { name: name.replace(/^.*:/, ''), attributes, children: [] };
    here().children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.on('text', (chunk) => here().children.push(chunk));
  parser.on('cdata', (chunk) => here().children.push(chunk));
  parser.write(text).close();
  const [document] = elementsOf(root);
  if (!document) throw new DocumentError('The document holds no element.');
  return document;
}

/** Where and what, less what a message quotes from the document. */
function withoutContent(message: string): string {
  return message
    .split(/[:.] /, 2)
    .join(': ')
    .slice(0, 80)
    .replace(/[<>"'&]/g, '');
}

/** The elements right inside, of this name or all. */
export function elementsOf(element: XmlElement, name?: string): XmlElement[] {
  return element.children.filter(
    (child): child is XmlElement => typeof child !== 'string' && (name === undefined || child.name === name),
  );
}

/** The first element at a path of names. */
export function elementAt(element: XmlElement | undefined, ...path: string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>(
    (at, name) => (at ? elementsOf(at, name)[0] : undefined),
    element,
  );
}

/** All text inside, white space as one space. */
export function plainText(element: XmlElement | undefined): string {
  return element ? rawText(element).replace(/\s+/g, ' ').trim() : '';
}

function rawText(element: XmlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : ` ${rawText(child)}`)).join('');
}
