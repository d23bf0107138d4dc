import { DocumentError } from './document-errors.ts';
import { dateTimeInWords } from './words.ts';
import { elementAt, elementsOf, parseXml, plainText, type XmlElement } from './xml-tree.ts';

/** An HL7 CDA document (Release 2) as people read it: its header in words, its narrative as XML. */
export interface ClinicalDocument {
  title: string;
  facts: [label: string, value: string][];
  /** The sections with their narrative blocks, in order. */
  sections: ClinicalSection[];
  /** Media type of a body that is not XML (a scan, say), which is not shown. */
  otherBody: string | undefined;
}

export interface ClinicalSection {
  title: string;
  /** The narrative block (CDA `text`). */
  narrative: XmlElement | undefined;
  sections: ClinicalSection[];
}

/** Decodes by byte order mark or XML declaration, else as UTF-8. Throws a `DocumentError` for an encoding that is unknown. */
export function decodeXml(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const declared = /^\s*(?:\u00ef\u00bb\u00bf)?<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1];
  const byMark = head.startsWith('\u00ff\u00fe')
    ? 'utf-16le'
    : head.startsWith('\u00fe\u00ff')
      ? 'utf-16be'
      : undefined;
  try {
    // PS3.3 C.24.2: the value is padded to even length, which XML does not allow.
    return new TextDecoder(byMark ?? declared ?? 'utf-8').decode(bytes).replace(/\0+$/, '');
  } catch (error) {
    throw new DocumentError('The document is in an encoding that is not known here.', { cause: error });
  }
}

/** Throws a `DocumentError` where `text` is no CDA. */
export function readClinicalDocument(text: string): ClinicalDocument {
  const root = parseXml(text);
  if (root.name !== 'ClinicalDocument') throw new DocumentError('The document is no CDA document.');
  const body = elementAt(root, 'component');
  const structured = elementAt(body, 'structuredBody');
  const other = elementAt(body, 'nonXMLBody', 'text');
  return {
    title: plainText(elementAt(root, 'title')) || 'Clinical document',
    facts: factsOf(root),
    sections: structured ? sectionsOf(structured) : [],
    otherBody: other && (other.attributes.mediaType ?? 'of an unknown type'),
  };
}

function sectionsOf(parent: XmlElement): ClinicalSection[] {
  return elementsOf(parent, 'component').flatMap((component) =>
    elementsOf(component, 'section').map((section) => ({
      title: plainText(elementAt(section, 'title')),
      narrative: elementAt(section, 'text'),
      sections: sectionsOf(section),
    })),
  );
}

function factsOf(root: XmlElement): [string, string][] {
  const role = elementAt(root, 'recordTarget', 'patientRole');
  const patient = elementAt(role, 'patient');
  const authors = elementsOf(root, 'author').map((author) => {
    const assigned = elementAt(author, 'assignedAuthor');
    const name = nameOf(elementAt(assigned, 'assignedPerson', 'name'));
    return name || plainText(elementAt(assigned, 'representedOrganization', 'name'));
  });
  const facts: [string, string | undefined][] = [
    ['Patient', nameOf(elementAt(patient, 'name'))],
    ['Patient ID', elementAt(role, 'id')?.attributes.extension],
    ['Birth date', timeOf(elementAt(patient, 'birthTime'))],
    ['Sex', codeOf(elementAt(patient, 'administrativeGenderCode'))],
    ['Document', codeOf(elementAt(root, 'code'))],
    ['Made', timeOf(elementAt(root, 'effectiveTime'))],
    ...authors.map((author): [string, string] => ['Author', author]),
    [
      'Custodian',
      plainText(
        elementAt(root, 'custodian', 'assignedCustodian', 'representedCustodianOrganization', 'name'),
      ),
    ],
  ];
  return facts.filter((fact): fact is [string, string] => Boolean(fact[1]));
}

function nameOf(name: XmlElement | undefined): string {
  if (!name) return '';
  const part = (which: string) => elementsOf(name, which).map(plainText).join(' ');
  const called = [part('prefix'), part('given')].filter(Boolean).join(' ');
  return [part('family'), called, part('suffix')].filter(Boolean).join(', ') || plainText(name);
}

function codeOf(code: XmlElement | undefined): string | undefined {
  return code?.attributes.displayName ?? code?.attributes.code;
}

/** HL7 TS has the form of DICOM's DT. */
function timeOf(time: XmlElement | undefined): string | undefined {
  const value = time?.attributes.value;
  return value === undefined ? undefined : dateTimeInWords(value);
}
