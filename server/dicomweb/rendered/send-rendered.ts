import type { Context } from 'koa';
import type { ArchiveParts } from '../../archive/archive-parts.ts';
import {
  DOCUMENT_SECURITY_POLICY,
  type ReportReference,
  renderDocument,
  type UrlOf,
} from '../../archive/render/render-document.ts';
import type { OpenSubject } from '../../archive/render/render-subject.ts';
import { videoContentOf } from '../../archive/render/render-video.ts';
import { isStorableUid } from '../../dicom/uid.ts';
import { HttpError } from '../../http/http-errors.ts';
import type { OutgoingPart } from '../../http/multipart-writer.ts';
import { sendMultipart, sendSized } from '../answer.ts';
import { instanceUrl } from '../uri.ts';

/** PS3.18 8.4.2: a representation of its own. Made for HEAD too: only then is known whether it can be, and how long it is. */
export async function sendImage(
  context: Context,
  mediaType: string,
  make: () => Promise<Uint8Array>,
): Promise<void> {
  context.status = 200;
  const bytes = await make();
  context.body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  inline(context, mediaType);
}

/** To be shown, not saved. */
export function inline(context: Context, mediaType: string): void {
  context.set('Content-Type', mediaType);
  context.set('Content-Disposition', 'inline');
}

/** A document in one of its types, with byte ranges; in parts where `inParts`. */
export async function sendDocument(
  archive: ArchiveParts,
  context: Context,
  subject: OpenSubject,
  mediaType: string,
  { inParts, root }: { inParts: boolean; root: string },
): Promise<void> {
  const content = await renderDocument(archive, subject, mediaType, urlIn(root));
  const type = withCharset(subject, mediaType);
  context.set('Content-Security-Policy', policyFor(mediaType));
  if (inParts) {
    const body = content.read({ start: 0, endExclusive: content.sizeBytes });
    return sendMultipart(context, mediaType, [partOf(root, subject, type, body)]);
  }
  await sendSized(context, { ...content, type });
  inline(context, type);
}

/** A part of what stands for an instance. */
export function partOf(
  root: string,
  { instance }: Pick<OpenSubject, 'instance'>,
  type: string,
  body: OutgoingPart['body'],
): OutgoingPart {
  return {
    headers: { 'Content-Type': type, 'Content-Location': `${instanceUrl(root, instance)}/rendered` },
    body,
  };
}

/** What we write is UTF-8; a stored CDA says in itself what it is in. */
export function withCharset({ category }: OpenSubject, mediaType: string): string {
  const isStored = category === 'clinical-document' && mediaType === 'text/xml';
  return mediaType.startsWith('text/') && mediaType !== 'text/rtf' && !isStored
    ? `${mediaType}; charset=utf-8`
    : mediaType;
}

/** Browsers show a PDF in a page of their own making, which a sandbox would keep from working. */
function policyFor(mediaType: string): string {
  return mediaType === 'application/pdf'
    ? "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    : DOCUMENT_SECURITY_POLICY;
}

/** Where an object lies that a report refers to: as it can be seen. */
export function urlIn(root: string): UrlOf {
  return ({ studyInstanceUID, seriesInstanceUID, sopInstanceUID, frames }: ReportReference) => {
    if (studyInstanceUID === undefined || seriesInstanceUID === undefined) return undefined;
    // They come from a report: what is no UID makes no path.
    if (![studyInstanceUID, seriesInstanceUID, sopInstanceUID].every(isStorableUid)) return undefined;
    const url = instanceUrl(root, { studyInstanceUID, seriesInstanceUID, sopInstanceUID });
    return frames.length === 1 ? `${url}/frames/${frames[0]}/rendered` : `${url}/rendered`;
  };
}

/** A video as stored, with byte ranges. */
export async function sendVideo(
  archive: ArchiveParts,
  context: Context,
  subject: OpenSubject,
  mediaType: string,
  { inParts, root }: { inParts: boolean; root: string },
): Promise<void> {
  const content = videoContentOf(archive, subject);
  if (!content) throw new HttpError(404, 'Where the video of this instance lies is not known.');
  if (inParts) {
    const body = content.read({ start: 0, endExclusive: content.sizeBytes });
    return sendMultipart(context, mediaType, [partOf(root, subject, mediaType, body)]);
  }
  await sendSized(context, { ...content, type: mediaType });
  inline(context, mediaType);
}
