import type { Context } from 'koa';
import { isValidUid } from '../../dicom/uid.ts';
import { HttpError } from '../../http/http-errors.ts';
import type { DicomwebService } from '../service.ts';
import { rootUrl } from '../uri.ts';

/** The work item that the URL names. Throws a 400 where it is no UID. */
export function workItemOf(parameters: Readonly<Record<string, string>>): string {
  const { workitem = '' } = parameters;
  if (!isValidUid(workitem)) throw new HttpError(400, 'The work item in the URL is not a UID (PS3.5 9.1).');
  return workitem;
}

/** An AE title (PS3.5 6.2): up to 16 characters of ASCII, no backslash. Throws a 400 where `text` is none. */
export function aeTitleOf(text: string, where: string): string {
  const title = text.trim();
  if (!/^[\x20-\x5B\x5D-\x7E]{1,16}$/.test(title))
    throw new HttpError(400, `The ${where} is not an AE title: 1 to 16 characters of ASCII, no backslash.`);
  return title;
}

/**
 * A UID in the query: of one of `names`, or alone, as in `/workitems?1.2.3` (PS3.18 11.4.1.1 writes `?{workitem}`). Throws a 400 where
 * it is no UID, or where there are two.
 */
export function uidInQuery(context: Context, names: readonly string[]): string | undefined {
  const uids = new Set<string>();
  for (const [name, value] of new URLSearchParams(context.querystring)) {
    if (names.includes(name.toLowerCase())) {
      if (!isValidUid(value)) throw new HttpError(400, `The parameter ${names[0]} is not a UID (PS3.5 9.1).`);
      uids.add(value);
    } else if (value === '' && isValidUid(name)) uids.add(name);
  }
  if (uids.size > 1) throw new HttpError(400, 'The query holds more than one UID.');
  return [...uids][0];
}

export function workItemUrl(context: Context, service: DicomwebService, sopInstanceUID: string): string {
  return `${rootUrl(context, service.publicUrl)}/workitems/${sopInstanceUID}`;
}

/** Answers with a status and headers alone; Koa would write the status' name as a text. */
export function answerEmpty(context: Context, status: number): void {
  context.body = null;
  context.status = status;
}

/** A Warning header's value as PS3.18 writes them: 299, the service's base URL, and what there is to say. */
export function warning(context: Context, service: DicomwebService, text: string): string {
  return `299 ${rootUrl(context, service.publicUrl)}: ${text}`;
}
