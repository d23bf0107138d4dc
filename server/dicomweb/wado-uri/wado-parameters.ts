import type { Context } from 'koa';
import type { RenderParameters, Viewport } from '../../archive/render/render-image.ts';
import { isStorableUid } from '../../dicom/uid.ts';
import { HttpError } from '../../http/http-errors.ts';
import { onlyValue } from '../rendered/query-parameters.ts';

/** A region of the image in parts of its width and height, from 0 to 1 (PS3.18 9.5.1.2.5). */
export interface Region {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The optional parameters of a rendered instance (PS3.18 9.5.1.2), checked as far as they can be without the image. */
export interface WadoRendering {
  frameNumber: number | undefined;
  parameters: Omit<RenderParameters, 'viewport'>;
  rows: number | undefined;
  columns: number | undefined;
  region: Region | undefined;
  presentation: { seriesInstanceUID: string; sopInstanceUID: string } | undefined;
}

/** The one value of a parameter; undefined where it is absent. Throws a 400 where it is given twice, or empty. */
export type Value = (name: string) => string | undefined;

/** Names that only go with a rendered instance. */
export const RENDERING_NAMES = [
  'frameNumber',
  'annotation',
  'imageAnnotation',
  'imageQuality',
  'rows',
  'columns',
  'region',
  'windowCenter',
  'windowWidth',
  'presentationUID',
  'presentationSeriesUID',
] as const;

export function valuesOf(context: Context): Value {
  return (name) => onlyValue(context, name);
}

/** A UID that has to be there (9.1.2.1), or undefined for one that may be left out. */
export function uidOf(value: Value, name: string): string | undefined {
  const uid = value(name)?.trim();
  if (uid !== undefined && !isStorableUid(uid)) throw new HttpError(400, `${name} is not a UID (PS3.5 9.1).`);
  return uid;
}

export function requiredUid(value: Value, name: string): string {
  const uid = uidOf(value, name);
  if (uid === undefined) throw new HttpError(400, `${name} is missing; it has to be a UID (PS3.18 9.1.2.1).`);
  return uid;
}

/**
 * Throws a 400 that names the parameter that is malformed or goes with no other; `shared` holds those that Rendered Resources have
 * too.
 */
export function renderingOf(value: Value, shared: Omit<RenderParameters, 'viewport'>): WadoRendering {
  const frameNumber = wholeNumber(value, 'frameNumber');
  const presentation = presentationOf(value);
  const parameters = withWindow(value, shared);
  if (presentation && parameters.window)
    throw new HttpError(
      400,
      'windowCenter and windowWidth go with no presentation state, which has its own (9.5.1.2.6).',
    );
  if (presentation && frameNumber !== undefined)
    throw new HttpError(400, 'frameNumber goes with no presentation state (9.5.2.3).');
  return {
    frameNumber,
    parameters,
    rows: wholeNumber(value, 'rows'),
    columns: wholeNumber(value, 'columns'),
    region: regionOf(value),
    presentation,
  };
}

function wholeNumber(value: Value, name: string): number | undefined {
  const text = value(name)?.trim();
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new HttpError(400, `${name} has to be a whole number from 1.`);
  return Number(text);
}

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;

function decimal(text: string | undefined): number | undefined {
  const number = text !== undefined && DECIMAL.test(text.trim()) ? Number(text) : undefined;
  return number !== undefined && Number.isFinite(number) ? number : undefined;
}

/** 9.5.1.2.6: both or none; the function is linear. */
function withWindow(value: Value, shared: WadoRendering['parameters']): WadoRendering['parameters'] {
  const [centerText, widthText] = [value('windowCenter'), value('windowWidth')];
  if (centerText === undefined && widthText === undefined) return shared;
  const [center, width] = [decimal(centerText), decimal(widthText)];
  if (center === undefined || width === undefined || width < 1)
    throw new HttpError(
      400,
      'windowCenter and windowWidth have to be given together: two numbers, the width 1 or more.',
    );
  return { ...shared, window: { center, width, function: 'LINEAR' } };
}

function regionOf(value: Value): Region | undefined {
  const text = value('region');
  if (text === undefined) return undefined;
  const [left, top, right, bottom, ...more] = text.split(',').map(decimal);
  const isRegion =
    more.length === 0 &&
    left !== undefined &&
    top !== undefined &&
    right !== undefined &&
    bottom !== undefined &&
    0 <= left &&
    left < right &&
    right <= 1 &&
    0 <= top &&
    top < bottom &&
    bottom <= 1;
  if (!isRegion)
    throw new HttpError(
      400,
      'region has to be xmin,ymin,xmax,ymax: parts of the width and height from 0 to 1, in rising order.',
    );
  return { left, top, right, bottom };
}

/** 9.5.1.2.7: both or none. */
function presentationOf(value: Value): WadoRendering['presentation'] {
  const seriesInstanceUID = uidOf(value, 'presentationSeriesUID');
  const sopInstanceUID = uidOf(value, 'presentationUID');
  if (seriesInstanceUID === undefined && sopInstanceUID === undefined) return undefined;
  if (seriesInstanceUID === undefined || sopInstanceUID === undefined)
    throw new HttpError(400, 'presentationSeriesUID and presentationUID have to be given together.');
  return { seriesInstanceUID, sopInstanceUID };
}

/** Wide enough to leave the other side to decide. */
const UNBOUNDED = 999_999_999;

/** Region and size (9.5.2.4, 9.5.2.5) as a viewport on an image of so many pixels; undefined where all of it is shown as it is. */
export function viewportOf(
  { rows, columns, region }: Pick<WadoRendering, 'rows' | 'columns' | 'region'>,
  image: { rows: number; columns: number },
): Viewport | undefined {
  if (rows === undefined && columns === undefined && !region) return undefined;
  const flips = { flipHorizontally: false, flipVertically: false };
  if (!region) return { width: columns ?? UNBOUNDED, height: rows ?? UNBOUNDED, ...flips };
  const x = Math.round(region.left * image.columns);
  const y = Math.round(region.top * image.rows);
  const width = Math.max(1, Math.round(region.right * image.columns) - x);
  const height = Math.max(1, Math.round(region.bottom * image.rows) - y);
  const isSized = rows !== undefined || columns !== undefined;
  return {
    width: isSized ? (columns ?? UNBOUNDED) : width,
    height: isSized ? (rows ?? UNBOUNDED) : height,
    source: { x, y, width, height },
    ...flips,
  };
}
