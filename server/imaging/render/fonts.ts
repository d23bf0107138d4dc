import sharp from 'sharp';
import { RenderError } from './render-errors.ts';

const glyphSize = 32;
const known = new Map<string, Promise<boolean>>();
/** Characters looked at are few in practice; beyond this many the memory is begun anew. */
const mostKnown = 20_000;

/** Rejects with `RenderError` UNAVAILABLE where this machine has no font to write with. */
export async function requireFont(): Promise<void> {
  if (await hasGlyph('A')) return;
  throw new RenderError(
    'UNAVAILABLE',
    'Text can not be drawn: no font is installed on this server (install one, such as DejaVu or Noto)',
  );
}

/** Whether every character of a text has a glyph in an installed font. */
export async function canWrite(text: string): Promise<boolean> {
  const characters = new Set(text.replace(/[\p{White_Space}\p{Mark}\p{Format}\p{Control}]/gu, ''));
  for (const character of characters) {
    if (!(await hasGlyph(character))) return false;
  }
  return true;
}

function hasGlyph(character: string): Promise<boolean> {
  const remembered = known.get(character);
  if (remembered) return remembered;
  if (known.size >= mostKnown) known.clear();
  const answer = drawsGlyph(character);
  known.set(character, answer);
  return answer;
}

/**
 * The text engine draws a frame with the character's number where all fonts lack it: the same frame, of the same size,
 * as for a number that Unicode has not given out.
 */
async function drawsGlyph(character: string): Promise<boolean> {
  const glyph = await draw(character);
  if (!glyph) return false;
  const missing = await draw((character.codePointAt(0) ?? 0) > 0xffff ? '\u{10FFFD}' : '\uFFEF');
  if (!missing || missing.width !== glyph.width || missing.height !== glyph.height) return true;
  return !sameFrame(glyph, missing);
}

interface Ink {
  width: number;
  height: number;
  data: Uint8Array;
}

/** A character's ink, cut to its edges; `undefined` where there is none. */
async function draw(character: string): Promise<Ink | undefined> {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${glyphSize * 3}" height="${glyphSize * 2}">` +
    `<text x="${glyphSize / 2}" y="${glyphSize * 1.5}" font-family="DejaVu Sans, sans-serif" font-size="${glyphSize}">` +
    `&#${character.codePointAt(0)};</text></svg>`;
  const { data, info } = await sharp(Buffer.from(svg))
    .ensureAlpha()
    .extractChannel('alpha')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return cutToInk(data, info.width, info.height);
}

function cutToInk(data: Uint8Array, width: number, height: number): Ink | undefined {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if ((data[y * width + x] ?? 0) < 64) continue;
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
    }
  }
  if (right < 0) return undefined;
  const ink = { width: right - left + 1, height: bottom - top + 1 };
  const cut = new Uint8Array(ink.width * ink.height);
  for (let y = 0; y < ink.height; y++) {
    const from = (top + y) * width + left;
    cut.set(data.subarray(from, from + ink.width), y * ink.width);
  }
  return { ...ink, data: cut };
}

function sameFrame(a: Ink, b: Ink): boolean {
  const { width, height } = a;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (x > 0 && x < width - 1 && y > 0 && y < height - 1) continue;
      if (Math.abs((a.data[y * width + x] ?? 0) - (b.data[y * width + x] ?? 0)) > 8) return false;
    }
  }
  return true;
}
