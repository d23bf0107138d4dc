/** A line of text over an image. */
export interface OverlayLine {
  readonly key: string;
  readonly text: string;
  /** The smaller, the longer it stays as tiles shrink. */
  readonly priority: number;
}

/** Height of a line of text over a tile, CSS pixels; what imaging.css has for the same widths. */
function lineHeight(width: number): number {
  if (width <= 300) return 13.75;
  return width <= 520 ? 15.6 : 19.6;
}

/** CSS pixels of a tile that no corner uses: its margins, and the letters in the middle of the edges. */
const unused = 34;

/** In a tile of a large grid the picture matters more than what is written over it. */
const mostInSmallTile = 3;

/** How many lines fit into one corner: half of the tile's height, so that two corners never touch. */
export function linesThatFit(
  tile: { readonly width: number; readonly height: number },
  reserved = 0,
): number {
  const fitting = Math.floor(((tile.height - unused) / 2 - reserved) / lineHeight(tile.width));
  return Math.max(1, Math.min(fitting, tile.width <= 300 ? mostInSmallTile : fitting));
}

/**
 * The lines of a corner that fit, in their order; those with the largest priority go first. Lines of priority 0 are who the
 * patient is and which image it is: they stay.
 */
export function fitLines(lines: readonly OverlayLine[], count: number): OverlayLine[] {
  const shown = lines.filter(({ text }) => text !== '');
  const kept = new Set(
    [...shown]
      .sort((a, b) => a.priority - b.priority)
      .filter(({ priority }, index) => priority === 0 || index < count),
  );
  return shown.filter((line) => kept.has(line));
}
