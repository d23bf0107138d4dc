import type { ScreenPoint } from '../viewport/surface.ts';

/** A rectangle on the screen, CSS pixels from the upper left corner of the viewport. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export const labelFontSize = 13;
export const labelLineHeight = 17;
const labelPadding = 4;
/** From what is measured to its label. */
const labelGap = 14;

let measuring: CanvasRenderingContext2D | null | undefined;

function textWidth(text: string): number {
  if (measuring === undefined) {
    measuring =
      typeof CanvasRenderingContext2D === 'undefined'
        ? null
        : document.createElement('canvas').getContext('2d');
    if (measuring) measuring.font = `${labelFontSize}px ${getComputedStyle(document.body).fontFamily}`;
  }
  return measuring?.measureText(text).width ?? text.length * labelFontSize * 0.55;
}

export function labelSize(lines: readonly string[]): { readonly width: number; readonly height: number } {
  const width = Math.max(0, ...lines.map(textWidth));
  return { width: width + 2 * labelPadding, height: lines.length * labelLineHeight + 2 * labelPadding };
}

export const labelTextOrigin = { left: labelPadding, top: labelPadding + labelFontSize };

export function boundsOf(points: readonly ScreenPoint[]): Box {
  const [lefts, tops] = [points.map(({ left }) => left), points.map(({ top }) => top)];
  const [left, top] = [Math.min(...lefts), Math.min(...tops)];
  return { left, top, width: Math.max(...lefts) - left, height: Math.max(...tops) - top };
}

/** Area that two boxes share. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

/**
 * Where a label goes by itself: right of what is measured, else left, below or above, where it is within the viewport and
 * covers no other label or measurement; never over its own.
 */
export function placeLabel(
  size: { readonly width: number; readonly height: number },
  around: Box,
  taken: readonly Box[],
  viewport: { readonly width: number; readonly height: number },
): Box {
  const middle = { left: around.left + around.width / 2, top: around.top + around.height / 2 };
  const candidates: Box[] = [
    { ...size, left: around.left + around.width + labelGap, top: middle.top - size.height / 2 },
    { ...size, left: around.left - labelGap - size.width, top: middle.top - size.height / 2 },
    { ...size, left: middle.left - size.width / 2, top: around.top + around.height + labelGap },
    { ...size, left: middle.left - size.width / 2, top: around.top - labelGap - size.height },
    { ...size, left: around.left + around.width + labelGap, top: around.top + around.height + labelGap },
    { ...size, left: around.left - labelGap - size.width, top: around.top - labelGap - size.height },
  ];
  const inside: Box = { left: 0, top: 0, ...viewport };
  const badness = (box: Box) =>
    4 * (box.width * box.height - overlap(box, inside)) +
    taken.reduce((sum, other) => sum + overlap(box, other), 0);
  return candidates.reduce((best, candidate) => (badness(candidate) < badness(best) ? candidate : best));
}

/** The ends of the leader: where the label is nearest to what is measured, and the nearest point of that. */
export function leaderOf(
  label: Box,
  points: readonly ScreenPoint[],
): readonly [ScreenPoint, ScreenPoint] | undefined {
  const nearestOnLabel = ({ left, top }: ScreenPoint): ScreenPoint => ({
    left: Math.max(label.left, Math.min(label.left + label.width, left)),
    top: Math.max(label.top, Math.min(label.top + label.height, top)),
  });
  let shortest = Number.POSITIVE_INFINITY;
  let found: readonly [ScreenPoint, ScreenPoint] | undefined;
  for (const point of points) {
    const start = nearestOnLabel(point);
    const length = Math.hypot(point.left - start.left, point.top - start.top);
    if (length >= shortest) continue;
    shortest = length;
    found = [start, point];
  }
  return found && shortest > 4 ? found : undefined;
}
