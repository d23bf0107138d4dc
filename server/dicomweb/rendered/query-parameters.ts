import type { Context } from 'koa';
import {
  annotationKinds,
  parseRenderParameters,
  type RenderedMediaType,
  type RenderParameters,
} from '../../archive/render/render-image.ts';
import { HttpError } from '../../http/http-errors.ts';
import { answerTo } from './render-faults.ts';

const KNOWN = ['viewport', 'window', 'quality', 'annotation', 'iccprofile'] as const;

/**
 * The rendering parameters of a request (PS3.18 8.3.5.1); unknown ones are ignored (8.3.1). Throws a 400 that names the one that is
 * malformed. Annotations that are not supported are left out, with a Warning header that names them.
 */
export function renderParametersOf(
  context: Context,
  kind: 'rendered' | 'thumbnail' = 'rendered',
  given = (name: string) => onlyValue(context, name),
): RenderParameters {
  const query = new Map<string, string>();
  for (const name of kind === 'thumbnail' ? (['viewport'] as const) : KNOWN) {
    const value = given(name);
    if (value !== undefined) query.set(name, value);
  }
  const window = query.get('window');
  // 8.3.5.1.4: all three are required.
  if (window !== undefined && window.split(',').length !== 3)
    throw new HttpError(
      400,
      'window has to be center,width,function: two numbers, and linear, linear-exact or sigmoid',
    );
  const annotation = query.get('annotation');
  if (annotation !== undefined) query.set('annotation', supportedAnnotations(context, annotation));
  try {
    return parseRenderParameters((name) => query.get(name), kind);
  } catch (error) {
    throw answerTo(error);
  }
}

/** The one value of a query parameter. Throws a 400 where there are several, or it is empty. */
export function onlyValue(context: Context, name: string): string | undefined {
  const value = context.query[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value)) throw new HttpError(400, `${name} is given more than once.`);
  if (value.trim() === '') throw new HttpError(400, `${name} is given without a value.`);
  return value;
}

/** 8.3.5.1.1: what is no keyword is a 400; keywords that are not supported are ignored, and named. */
function supportedAnnotations(context: Context, text: string): string {
  const keywords = text.split(',').map((keyword) => keyword.trim());
  if (!keywords.every((keyword) => /^[a-z][a-z0-9-]{0,31}$/i.test(keyword)))
    throw new HttpError(400, 'annotation has to be a list of keywords with commas: patient, technique');
  const isSupported = (keyword: string) => annotationKinds.some((kind) => kind === keyword);
  const others = keywords.filter((keyword) => !isSupported(keyword));
  if (others.length > 0)
    context.append(
      'Warning',
      `299 isocenter "The following annotation values are not supported: ${others.join(',')}"`,
    );
  return keywords.filter(isSupported).join(',');
}

/** 8.3.5.1.5. */
const WITH_PROFILES: readonly RenderedMediaType[] = ['image/jpeg', 'image/png', 'image/webp', 'image/jp2'];

/** Throws a 400 where a colour profile is asked for in a media type that has none. */
export function checkIccProfile({ iccProfile }: RenderParameters, mediaType: RenderedMediaType): void {
  if (iccProfile === undefined || iccProfile === 'no' || WITH_PROFILES.includes(mediaType)) return;
  throw new HttpError(400, `iccprofile has to be no: ${mediaType} holds no ICC profile.`);
}

/** Throws a 400 for what is not allowed where the resource is a presentation state (8.3.5.1.3, 8.3.5.1.4). */
export function checkForPresentationState({ window, viewport }: RenderParameters): void {
  if (window) throw new HttpError(400, 'window goes with no presentation state, which has its own.');
  if (viewport?.source || viewport?.flipHorizontally || viewport?.flipVertically)
    throw new HttpError(400, 'viewport of a presentation state has to be vw,vh');
}
