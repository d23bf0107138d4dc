import type { DataSet } from '../../dicom/data-set.ts';
import { dataSetAsXml } from '../../dicom/models/data-set-xml.ts';
import { decodeXml, readClinicalDocument } from '../../documents/clinical-document.ts';
import { clinicalDocumentToHtml } from '../../documents/clinical-html.ts';
import { clinicalDocumentToText } from '../../documents/clinical-text.ts';
import { DocumentError } from '../../documents/document-errors.ts';
import { ENCAPSULATED_DOCUMENT, encapsulatedDocumentOf } from '../../documents/encapsulated.ts';
import { isReport, readReport } from '../../documents/read-report.ts';
import type { UrlOf } from '../../documents/report.ts';
import { reportToHtml } from '../../documents/report-html.ts';
import { reportToText } from '../../documents/report-text.ts';
import { textToRtf } from '../../documents/rtf.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { type ByteRange, readBulkValue } from '../retrieve/retrieve-inside.ts';
import type { RenderCategory } from './render-category.ts';
import type { OpenSubject } from './render-subject.ts';

export { DOCUMENT_SECURITY_POLICY } from '../../documents/html.ts';
export type { ReportReference, UrlOf } from '../../documents/report.ts';

/** A document in one media type. */
export interface DocumentContent {
  sizeBytes: number;
  read(range: ByteRange): AsyncIterable<Uint8Array>;
}

const WRITTEN_TYPES = ['text/html', 'text/plain', 'text/xml', 'text/rtf'] as const;

/** PS3.18 Table 8.7.4-1: what documents can be had as, the default first; none for what is no document. */
export function documentTypesOf(category: RenderCategory): readonly string[] {
  if (category === 'pdf') return ['application/pdf'];
  return category === 'report' || category === 'clinical-document' ? WRITTEN_TYPES : [];
}

/** A CDA that is longer is given as it is stored, and not as a page. */
const MOST_CDA_BYTES = 32 * 2 ** 20;

/**
 * The document in `mediaType`, one of `documentTypesOf`. `urlOf` says where objects lie that it refers to. Throws a `DocumentError`
 * where the instance doesn't hold what its class says.
 */
export async function renderDocument(
  parts: ArchiveParts,
  subject: OpenSubject,
  mediaType: string,
  urlOf: UrlOf,
): Promise<DocumentContent> {
  if (subject.category === 'report') return textContent(reportAs(subject, mediaType, urlOf));
  const stored = await storedContent(parts, subject);
  if (subject.category === 'pdf' || mediaType === 'text/xml') return stored;
  if (stored.sizeBytes > MOST_CDA_BYTES)
    throw new DocumentError('The document is too long to be shown as a page; it can be had as text/xml.');
  const chunks: Uint8Array[] = [];
  for await (const chunk of stored.read({ start: 0, endExclusive: stored.sizeBytes })) chunks.push(chunk);
  const document = readClinicalDocument(decodeXml(Buffer.concat(chunks)));
  if (mediaType === 'text/html') return textContent(clinicalDocumentToHtml(document));
  const text = clinicalDocumentToText(document);
  return textContent(mediaType === 'text/rtf' ? textToRtf(text) : text);
}

function reportAs({ dataSet }: OpenSubject, mediaType: string, urlOf: UrlOf): string {
  if (!isReport(dataSet)) throw new DocumentError('The instance holds no content tree (PS3.3 C.17.3).');
  if (mediaType === 'text/xml') return xmlOf(dataSet);
  const report = readReport(dataSet);
  if (mediaType === 'text/html') return reportToHtml(report, urlOf);
  const text = reportToText(report);
  return mediaType === 'text/rtf' ? textToRtf(text) : text;
}

/** Its length must be known: it is made before it is sent. */
const MOST_XML_CHARACTERS = 64 * 2 ** 20;

function xmlOf(dataSet: DataSet): string {
  const pieces: string[] = [];
  let length = 0;
  for (const piece of dataSetAsXml(dataSet)) {
    length += piece.length;
    if (length > MOST_XML_CHARACTERS)
      throw new DocumentError(
        'The report is too long to be given as text/xml; its metadata can be had as XML.',
      );
    pieces.push(piece);
  }
  return pieces.join('');
}

function textContent(text: string): DocumentContent {
  return bytesContent(Buffer.from(text, 'utf8'));
}

function bytesContent(bytes: Buffer): DocumentContent {
  return {
    sizeBytes: bytes.length,
    async *read({ start, endExclusive }) {
      yield bytes.subarray(start, endExclusive);
    },
  };
}

/** The encapsulated document less its padding (PS3.3 C.24.2); it may lie in the metadata, where it is short. */
async function storedContent(
  parts: ArchiveParts,
  { dataSet, inside }: OpenSubject,
): Promise<DocumentContent> {
  const element = dataSet[ENCAPSULATED_DOCUMENT];
  const length = encapsulatedDocumentOf(dataSet)?.lengthBytes;
  if (element?.InlineBinary !== undefined) {
    const bytes = Buffer.from(element.InlineBinary, 'base64');
    return bytesContent(bytes.subarray(0, length ?? (bytes.at(-1) === 0 ? -1 : bytes.length)));
  }
  const entry = inside.bulkData.find(({ path }) => path === ENCAPSULATED_DOCUMENT);
  if (!entry) throw new DocumentError('The instance holds no encapsulated document.');
  const read = (range: ByteRange) => readBulkValue(parts, inside, entry, range);
  const whole = entry.lengthBytes;
  return { sizeBytes: Math.min(length ?? whole - (await paddingOf(read, whole)), whole), read };
}

/** Documents without a length of their own were padded to an even one, with a byte that belongs to neither PDF nor XML. */
async function paddingOf(read: DocumentContent['read'], lengthBytes: number): Promise<0 | 1> {
  if (lengthBytes === 0) return 0;
  for await (const [last] of read({ start: lengthBytes - 1, endExclusive: lengthBytes }))
    return last === 0 ? 1 : 0;
  return 0;
}
