import { RenderError } from './render-errors.ts';
import {
  type AnnotationKind,
  annotationKinds,
  type IccProfileChoice,
  iccProfileChoices,
  type RenderParameters,
  type Viewport,
  type VoiFunction,
  type VoiWindow,
} from './render-request.ts';
import { isUsableWidth } from './voi-transform.ts';

/** Gives the text of a query parameter, undecoded commas and all; `undefined` where it is absent. */
export type QueryParameters = (name: string) => string | undefined;

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;
const functionNames: Readonly<Record<string, VoiFunction>> = {
  linear: 'LINEAR',
  'linear-exact': 'LINEAR_EXACT',
  sigmoid: 'SIGMOID',
};

/**
 * The query parameters of PS3.18 8.3.5.1; unknown ones are ignored (8.3.1). A thumbnail takes a viewport of two values and
 * nothing else. Throws `RenderError` INVALID_PARAMETER that says what would be right.
 */
export function parseRenderParameters(
  query: QueryParameters,
  kind: 'rendered' | 'thumbnail' = 'rendered',
): RenderParameters {
  const parsed = <T>(name: string, parse: (text: string) => T): T | undefined => {
    const text = query(name)?.trim();
    return text === undefined || text === '' ? undefined : parse(text);
  };
  const viewport = parsed('viewport', kind === 'thumbnail' ? parseThumbnailViewport : parseViewport);
  if (kind === 'thumbnail') return viewport ? { viewport } : {};
  const window = parsed('window', parseWindow);
  const quality = parsed('quality', parseQuality);
  const annotation = parsed('annotation', parseAnnotation);
  const iccProfile = parsed('iccprofile', parseIccProfile);
  return {
    ...(viewport && { viewport }),
    ...(window && { window }),
    ...(quality !== undefined && { quality }),
    ...(annotation && { annotation }),
    ...(iccProfile && { iccProfile }),
  };
}

/** `vw,vh[,[sx],[sy],[sw],[sh]]` of 8.3.5.1.3: a negative sw or sh flips, empty members are left to their defaults. */
export function parseViewport(text: string): Viewport {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length < 2 || parts.length > 6) throw invalidViewport();
  const [width = '', height = '', ...region] = parts;
  const [x, y, sourceWidth, sourceHeight] = region.map(optionalDecimal);
  if ((x ?? 0) < 0 || (y ?? 0) < 0 || sourceWidth === 0 || sourceHeight === 0) throw invalidViewport();
  const hasSource = [x, y, sourceWidth, sourceHeight].some((value) => value !== undefined);
  return {
    width: pixelCount(width),
    height: pixelCount(height),
    ...(hasSource && {
      source: {
        x: x ?? 0,
        y: y ?? 0,
        ...(sourceWidth !== undefined && { width: Math.abs(sourceWidth) }),
        ...(sourceHeight !== undefined && { height: Math.abs(sourceHeight) }),
      },
    }),
    flipHorizontally: (sourceWidth ?? 0) < 0,
    flipVertically: (sourceHeight ?? 0) < 0,
  };
}

/** `vw,vh` of 8.3.5.2. */
export function parseThumbnailViewport(text: string): Viewport {
  if (text.split(',').length !== 2) {
    throw invalid('viewport', 'of a thumbnail has to be a width and a height in pixels, such as 128,128');
  }
  return parseViewport(text);
}

function invalidViewport(): RenderError {
  return invalid(
    'viewport',
    'has to be vw,vh or vw,vh,sx,sy,sw,sh: sizes in whole pixels above 0, and a region that begins at 0,0 or later',
  );
}

function pixelCount(text: string): number {
  const count = /^\+?\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw invalidViewport();
  return count;
}

function optionalDecimal(text: string): number | undefined {
  if (text === '') return undefined;
  const value = decimal.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw invalidViewport();
  return value;
}

/** `center,width,function` of 8.3.5.1.4; without a function `linear` is meant. */
export function parseWindow(text: string): VoiWindow {
  const [center = '', width = '', name = 'linear', ...more] = text.split(',').map((part) => part.trim());
  const voiFunction = functionNames[name.toLowerCase().replace('_', '-')];
  if (more.length > 0 || !decimal.test(center) || !decimal.test(width) || !voiFunction) {
    throw invalid(
      'window',
      'has to be center,width,function: two numbers, and linear, linear-exact or sigmoid',
    );
  }
  if (!isUsableWidth(Number(width), voiFunction) || !Number.isFinite(Number(center))) {
    throw invalid('window', 'needs a width of at least 1 (linear), or above 0 (linear-exact, sigmoid)');
  }
  return { center: Number(center), width: Number(width), function: voiFunction };
}

/** 8.3.5.1.2. */
export function parseQuality(text: string): number {
  const quality = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (quality < 1 || quality > 100)
    throw invalid('quality', 'has to be a whole number from 1 (worst) to 100 (best)');
  return quality;
}

/** 8.3.5.1.1: a list with commas. */
export function parseAnnotation(text: string): AnnotationKind[] {
  const names = text.split(',').map((name) => name.trim());
  return [
    ...new Set(
      names.map((name) => oneOf(annotationKinds, name) ?? fail('annotation', 'patient and technique')),
    ),
  ];
}

/** 8.3.5.1.5. */
export function parseIccProfile(text: string): IccProfileChoice {
  return oneOf(iccProfileChoices, text.toLowerCase()) ?? fail('iccprofile', iccProfileChoices.join(', '));
}

function oneOf<T extends string>(choices: readonly T[], text: string): T | undefined {
  return choices.find((choice) => choice === text);
}

function fail(name: string, choices: string): never {
  throw invalid(name, `can be: ${choices}`);
}

/** What was sent is not repeated: it goes into an answer. */
function invalid(name: string, what: string): RenderError {
  return new RenderError('INVALID_PARAMETER', `${name} ${what}`);
}
