import type { Context } from 'koa';
import type { Scope } from '../archive/retrieve/retrieve-instances.ts';
import { isStorableUid } from '../dicom/uid.ts';
import { HttpError } from '../http/http-errors.ts';

/** Where DICOMweb lies on this server. */
export const DICOMWEB_PREFIX = '/dicom-web';

/**
 * Absolute URL of the DICOMweb root, without a slash at its end: as configured or, without that, as the client addressed
 * us; forwarded headers count where a trusted proxy sent them.
 */
export function rootUrl(context: Context, publicUrl: string | undefined): string {
  const origin = publicUrl ?? `${context.protocol}://${hostOf(context)}`;
  return `${origin}${DICOMWEB_PREFIX}`;
}

function hostOf(context: Context): string {
  const { host } = context;
  // What is echoed into URLs must be a host and nothing else.
  if (!/^[\w.-]+(:\d{1,5})?$|^\[[0-9a-fA-F:.]+\](:\d{1,5})?$/.test(host))
    throw new HttpError(400, 'The Host header is missing or malformed.');
  return host;
}

/** Study, series and instance of a URI template's variables. Throws a 400 that names the one that is no UID. */
export function scopeOf(parameters: Readonly<Record<string, string>>): Scope {
  for (const name of ['study', 'series', 'instance']) {
    const uid = parameters[name];
    if (uid !== undefined && !isStorableUid(uid))
      throw new HttpError(400, `The ${name} in the URL is not a UID (PS3.5 9.1).`);
  }
  const { study = '', series, instance } = parameters;
  return { studyInstanceUID: study, seriesInstanceUID: series, sopInstanceUID: instance };
}

export function studyUrl(root: string, studyInstanceUID: string): string {
  return `${root}/studies/${studyInstanceUID}`;
}

export function seriesUrl(
  root: string,
  names: { studyInstanceUID: string; seriesInstanceUID: string },
): string {
  return `${studyUrl(root, names.studyInstanceUID)}/series/${names.seriesInstanceUID}`;
}

export function instanceUrl(
  root: string,
  names: { studyInstanceUID: string; seriesInstanceUID: string; sopInstanceUID: string },
): string {
  return `${seriesUrl(root, names)}/instances/${names.sopInstanceUID}`;
}
