import type { RenderedMediaType } from '../../archive/render/render-image.ts';
import type { MediaRange } from '../../http/media-type.ts';
import { takes } from '../negotiation.ts';

/** How a rendered resource can be given. */
export interface Offer {
  mediaType: string;
  /**
   * single: one representation; parts: multipart/related of as many as there are; animation: all frames in one.
   */
  form: 'single' | 'parts' | 'animation';
}

/** PS3.18 Table 8.7.4-1, and webp and jphc beside it; the default first. */
export const IMAGE_TYPES: readonly RenderedMediaType[] = [
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/jp2',
  'image/jphc',
];
const ANIMATIONS = ['image/gif', 'image/webp'] as const;

const asForm = (form: Offer['form'], types: readonly string[]): Offer[] =>
  types.map((mediaType) => ({ mediaType, form }));

/** One frame, or what else is one representation. */
export function offersOfOne(types: readonly string[]): Offer[] {
  return [...asForm('single', types), ...asForm('parts', types)];
}

/** Several frames that were asked for by their numbers. */
export function offersOfFrames(animated: boolean): Offer[] {
  return [...asForm('animation', animated ? ANIMATIONS : []), ...asForm('parts', IMAGE_TYPES)];
}

/**
 * An instance of several frames. As one image it is its first frame, as every client expects that puts it into an img element; GIF and
 * WebP have all of them (PS3.18 Table 8.7.4-1).
 */
export function offersOfMultiFrame(animated: boolean): Offer[] {
  return [
    ...asForm(
      'single',
      IMAGE_TYPES.filter((type) => !isAnimation(type)),
    ),
    ...asForm('animation', animated ? ANIMATIONS : []),
    ...asForm('parts', IMAGE_TYPES),
  ];
}

export function isAnimation(mediaType: string): mediaType is (typeof ANIMATIONS)[number] {
  return ANIMATIONS.some((type) => type === mediaType);
}

/** A study, a series, a presentation state: a part for each thing it shows. */
export function offersOfMany(types: readonly string[]): Offer[] {
  return asForm('parts', types);
}

/**
 * The first offer that the client takes, by its own order. A range that names no multipart takes parts of its type too, where there is
 * more to give than one (PS3.18 8.7.8.1: the type is selected for each part).
 */
export function chooseOffer(ranges: readonly MediaRange[], offers: readonly Offer[]): Offer | undefined {
  const canBeOne = offers.some(({ form }) => form === 'single');
  for (const range of ranges) {
    const isMultipart = range.type === 'multipart/related' || range.type === 'multipart/*';
    const inner = isMultipart ? (range.parameters.type?.toLowerCase() ?? '*/*') : range.type;
    const found = offers.find(
      ({ form, mediaType }) =>
        takes({ ...range, type: inner }, mediaType, form === 'parts') &&
        (isMultipart ? form === 'parts' : form !== 'parts' || !canBeOne) &&
        // Nobody who takes anything expects to wait for a film.
        (form !== 'animation' || inner === mediaType),
    );
    if (found) return found;
  }
  return undefined;
}

/** The types that the client takes, for parts of several kinds. */
export function takenTypes(ranges: readonly MediaRange[], types: readonly string[]): string[] {
  return ranges.flatMap((range) => {
    const isMultipart = range.type === 'multipart/related' || range.type === 'multipart/*';
    const inner = isMultipart ? (range.parameters.type?.toLowerCase() ?? '*/*') : range.type;
    return types.filter((type) => takes({ ...range, type: inner }, type, true));
  });
}

/** For a 406: what could be had, as Accept writes it. */
export function offersInWords(offers: readonly Offer[]): string[] {
  return offers.map(({ form, mediaType }) =>
    form === 'parts' ? `multipart/related; type="${mediaType}"` : mediaType,
  );
}
