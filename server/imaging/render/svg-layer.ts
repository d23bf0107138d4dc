import sharp from 'sharp';
import { requireFont } from './fonts.ts';
import { asRgb, isGrey, type Raster, type Rgb } from './raster.ts';

/** What is drawn over a finished image: SVG elements in its pixels, and the colours in them. */
export interface SvgLayer {
  elements: string[];
  colors: Rgb[];
  hasText: boolean;
}

/** Text for SVG: markup is written as characters, control characters are left out (XML 1.0 2.2 has none). */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to go
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '')
      .replace(/[<>&'"]/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}

export function svgColor([red, green, blue]: Rgb): string {
  return `rgb(${red},${green},${blue})`;
}

/** Draws over the raster; it stays grey where all colours are. */
export async function drawSvg(raster: Raster, layer: SvgLayer): Promise<Raster> {
  if (layer.elements.length === 0) return raster;
  if (layer.hasText) await requireFont();
  const { width, height } = raster;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${layer.elements.join('')}</svg>`;
  const drawn = sharp(Buffer.from(svg), { unlimited: true, limitInputPixels: false });
  const rgba = new Uint8Array(await drawn.ensureAlpha().raw().toBuffer());
  const under = layer.colors.every(isGrey) ? raster : asRgb(raster);
  return { ...under, data: blended(under, rgba) };
}

function blended(under: Raster, rgba: Uint8Array): Uint8Array {
  const { channels } = under;
  const data = under.data.slice();
  for (let pixel = 0; pixel * 4 < rgba.length; pixel++) {
    const alpha = rgba[pixel * 4 + 3] ?? 0;
    if (alpha === 0) continue;
    for (let channel = 0; channel < channels; channel++) {
      const at = pixel * channels + channel;
      const below = data[at] ?? 0;
      data[at] = Math.round(below + (((rgba[pixel * 4 + channel] ?? 0) - below) * alpha) / 255);
    }
  }
  return data;
}
