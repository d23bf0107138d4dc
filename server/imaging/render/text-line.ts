import type { Rgb } from './raster.ts';
import { svgColor } from './svg-layer.ts';

export interface TextPlace {
  /** Of the baseline, in pixels. */
  x: number;
  y: number;
  /** Pixels. */
  size: number;
  color: Rgb;
  align: 'start' | 'middle' | 'end';
}

/** Tried in this order; fontconfig takes glyphs that one lacks from the others and from what else is installed. */
const families = 'DejaVu Sans, Noto Sans, Noto Sans CJK JP, Noto Sans CJK SC, Arial, sans-serif';

/** An SVG element for a line of text with a dark edge, legible on bright and dark. `escaped`: by `escapeXml`. */
export function textLine(escaped: string, { x, y, size, color, align }: TextPlace): string {
  const round = (value: number) => Math.round(value * 10) / 10;
  const edge = color[0] + color[1] + color[2] > 382 ? 'black' : 'white';
  return (
    `<text xml:space="preserve" x="${round(x)}" y="${round(y)}" font-family="${families}" font-size="${round(size)}" ` +
    `text-anchor="${align}" fill="${svgColor(color)}" stroke="${edge}" stroke-width="${round(size / 6)}" ` +
    `paint-order="stroke" stroke-linejoin="round">${escaped}</text>`
  );
}
