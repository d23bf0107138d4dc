import sharp, { type Sharp } from 'sharp';
import { RenderError } from './render/render-errors.ts';
import type { RenderedImage, RenderedMediaType, Viewport } from './render/render-request.ts';

/** What stands for an instance that has no picture of its own. */
export type IconKind = 'document' | 'video' | 'other';

/** Drawn on 100 x 100, without letters: fonts differ from server to server. */
const SHAPES: Readonly<Record<IconKind, string>> = {
  document:
    '<path d="M26 14h34l16 16v56H26z" fill="#f4f4f4"/><path d="M60 14v16h16z" fill="#b8b8b8"/>' +
    '<path d="M34 42h34M34 52h34M34 62h34M34 72h22" stroke="#555" stroke-width="4"/>',
  video:
    '<rect x="12" y="24" width="76" height="52" rx="4" fill="#f4f4f4"/>' +
    '<path d="M18 30h8v8h-8zM18 46h8v8h-8zM18 62h8v8h-8zM74 30h8v8h-8zM74 46h8v8h-8zM74 62h8v8h-8z" fill="#333"/>' +
    '<path d="M42 36l22 14-22 14z" fill="#333"/>',
  other:
    '<rect x="12" y="20" width="76" height="60" rx="4" fill="#f4f4f4"/>' +
    '<path d="M18 52h16l6-20 10 38 8-26 6 8h18" fill="none" stroke="#333" stroke-width="4" stroke-linejoin="round"/>',
};

const USUAL_SIZE = 128;
const LARGEST_SIZE = 1024;

/** A square icon as large as fits into `viewport`, up to 1024 pixels. Throws a `RenderError` for a media type that it can't be in. */
export async function thumbnailIcon(
  kind: IconKind,
  mediaType: RenderedMediaType,
  viewport: Viewport | undefined,
): Promise<RenderedImage> {
  const size = Math.min(viewport?.width ?? USUAL_SIZE, viewport?.height ?? USUAL_SIZE, LARGEST_SIZE);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="${size}" height="${size}"><rect width="100" height="100" fill="#222"/>${SHAPES[kind]}</svg>`;
  const image = sharp(Buffer.from(svg)).resize(size, size).flatten({ background: '#222' });
  return { bytes: await encoded(image, mediaType).toBuffer(), mediaType, width: size, height: size };
}

export const iconTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const;

function encoded(image: Sharp, mediaType: RenderedMediaType): Sharp {
  switch (mediaType) {
    case 'image/jpeg':
      return image.jpeg();
    case 'image/png':
      return image.png();
    case 'image/gif':
      return image.gif();
    case 'image/webp':
      return image.webp();
    default:
      throw new RenderError('INVALID_PARAMETER', `There is no icon as ${mediaType}.`);
  }
}
