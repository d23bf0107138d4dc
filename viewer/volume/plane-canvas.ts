import type { Display } from '../viewport/grey-display.ts';
import type { SampledCurve } from '../viewport/pixels/grey-curve.ts';
import { coarseness, paintGreys } from './plane-picture.ts';
import { type PlaneLayout, rasterOf } from './plane-view.ts';
import { reslice, reslicePieces, type Slab } from './reslice.ts';
import { workInTurns } from './turns.ts';
import type { FilledSlices, VolumeGrid } from './volume.ts';

interface Volume {
  readonly grid: VolumeGrid;
  readonly filled: FilledSlices;
}

/** What the samples in hand are samples of. */
interface Sampled extends Volume {
  readonly layout: PlaneLayout;
  readonly slab: Slab | undefined;
  readonly columns: number;
  readonly rows: number;
}

/** Columns and rows of the screen that a layout takes up. */
function pixelsOf({ width, height }: PlaneLayout): readonly [number, number] {
  const ratio = globalThis.devicePixelRatio || 1;
  return [Math.round(width * ratio), Math.round(height * ratio)];
}

const isSameSlab = (a: Slab | undefined, b: Slab | undefined) =>
  a === b || (a?.mode === b?.mode && a?.offsets.length === b?.offsets.length);

function isSameLayout(a: PlaneLayout, b: PlaneLayout): boolean {
  const numbers = ({ axes, origin, middle, scale, width, height }: PlaneLayout) => [
    ...axes.right,
    ...axes.down,
    ...origin,
    middle.x,
    middle.y,
    scale,
    width,
    height,
  ];
  const others = numbers(b);
  return numbers(a).every((value, index) => value === others[index]);
}

/** The canvas of one viewport: a sample for each pixel of the screen, or for a square of them while something moves. */
export class PlaneCanvas {
  readonly #canvas = document.createElement('canvas');
  readonly #small = document.createElement('canvas');
  #values = new Float32Array();
  #sampled: Sampled | undefined;
  /** Where the fine samples go while they are computed; what is on the screen stays until they are all there. */
  #fineValues = new Float32Array();
  #stopRefining = () => {};

  constructor(element: HTMLElement) {
    this.#canvas.className = 'plane-canvas';
    element.append(this.#canvas);
  }

  remove(): void {
    this.#stopRefining();
    this.#canvas.remove();
  }

  clear(): void {
    this.#sampled = undefined;
    this.#stopRefining();
    this.#values = new Float32Array();
    this.#fineValues = new Float32Array();
    this.#canvas.width = 0;
    this.#small.width = 0;
  }

  /** Draws a plane at once, and gives up refining; says whether it is as fine as the screen. */
  draw(volume: Volume, layout: PlaneLayout, slab: Slab | undefined, display: Display): boolean {
    this.#stopRefining();
    const [width, height] = pixelsOf(layout);
    // Only the greys are new: what is already sampled finely stays so.
    const isKept = this.#isSampled(volume, layout, slab, width, height);
    const factor = isKept ? 1 : coarseness(width * height, slab?.offsets.length ?? 1);
    const [columns, rows] = [Math.ceil(width / factor), Math.ceil(height / factor)];
    if (!isKept) {
      if (this.#values.length !== columns * rows) this.#values = new Float32Array(columns * rows);
      reslice(volume.grid, volume.filled, rasterOf(layout, columns, rows), slab, this.#values);
      this.#sampled = { ...volume, layout, slab, columns, rows };
    }
    this.#paint(display.sample(), columns, rows, width, height);
    return factor === 1;
  }

  /**
   * Samples a plane for each pixel of the screen, in turns with the page: a thick slab takes seconds. `onDone` when it can be
   * drawn; never when something else is drawn before.
   */
  refine(volume: Volume, layout: PlaneLayout, slab: Slab | undefined, onDone: () => void): void {
    this.#stopRefining();
    const [columns, rows] = pixelsOf(layout);
    if (this.#fineValues.length !== columns * rows) this.#fineValues = new Float32Array(columns * rows);
    const { grid, filled } = volume;
    const pieces = reslicePieces(grid, filled, rasterOf(layout, columns, rows), slab, this.#fineValues);
    this.#stopRefining = workInTurns(pieces, () => {
      [this.#values, this.#fineValues] = [this.#fineValues, this.#values];
      this.#sampled = { ...volume, layout, slab, columns, rows };
      onDone();
    });
  }

  #isSampled(
    volume: Volume,
    layout: PlaneLayout,
    slab: Slab | undefined,
    columns: number,
    rows: number,
  ): boolean {
    const before = this.#sampled;
    return (
      before !== undefined &&
      before.filled === volume.filled &&
      before.columns === columns &&
      before.rows === rows &&
      isSameSlab(before.slab, slab) &&
      isSameLayout(before.layout, layout)
    );
  }

  #paint(curve: SampledCurve, columns: number, rows: number, width: number, height: number): void {
    const target = columns === width && rows === height ? this.#canvas : this.#small;
    if (target.width !== columns || target.height !== rows) {
      target.width = columns;
      target.height = rows;
    }
    const picture = new ImageData(columns, rows);
    paintGreys(this.#values, curve, new Uint32Array(picture.data.buffer));
    target.getContext('2d')?.putImageData(picture, 0, 0);
    if (target === this.#canvas) return;
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#canvas.getContext('2d')?.drawImage(this.#small, 0, 0, width, height);
  }
}
