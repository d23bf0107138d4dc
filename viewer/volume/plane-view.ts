import type { ScreenAxes } from '../viewport/orientation.ts';
import type { Point, ScreenPoint } from '../viewport/surface.ts';
import { add, between, dot, scale, type Vector3 } from '../viewport/vectors.ts';
import { extentOn, intoScreen } from './plane.ts';
import type { Raster } from './reslice.ts';
import type { VolumeGrid } from './volume.ts';

/** How a plane lies in an element: what of it is in the middle, and how large. */
export interface PlaneLayout {
  readonly axes: ScreenAxes;
  /** x = y = 0: the middle of the volume, moved along the normal into the plane. LPS, mm. */
  readonly origin: Vector3;
  /** The place of the plane (mm along its axes) in the middle of the element. */
  readonly middle: Point;
  /** CSS pixels for one mm. */
  readonly scale: number;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** Where the fixed origin of a plane is that goes through a point. */
export function planeOrigin(grid: VolumeGrid, axes: ScreenAxes, point: Vector3): Vector3 {
  const normal = intoScreen(axes);
  return add(grid.center, scale(normal, dot(between(grid.center, point), normal)));
}

export function toPatient({ origin, axes }: PlaneLayout, { x, y }: Point): Vector3 {
  return add(origin, add(scale(axes.right, x), scale(axes.down, y)));
}

export function fromPatient(
  { origin, axes }: PlaneLayout,
  place: Vector3,
): Point & { readonly distance: number } {
  const offset = between(origin, place);
  return {
    x: dot(offset, axes.right),
    y: dot(offset, axes.down),
    distance: dot(offset, intoScreen(axes)),
  };
}

export function toScreen(layout: PlaneLayout, { x, y }: Point): ScreenPoint {
  return {
    left: layout.width / 2 + (x - layout.middle.x) * layout.scale,
    top: layout.height / 2 + (y - layout.middle.y) * layout.scale,
  };
}

export function fromScreen(layout: PlaneLayout, { left, top }: ScreenPoint): Point {
  return {
    x: layout.middle.x + (left - layout.width / 2) / layout.scale,
    y: layout.middle.y + (top - layout.height / 2) / layout.scale,
  };
}

/** CSS pixels for one mm that show the whole volume. */
export function fittingScale(
  grid: VolumeGrid,
  axes: ScreenAxes,
  size: { width: number; height: number },
): number {
  const extent = extentOn(grid, axes);
  return Math.min(size.width / extent.width, size.height / extent.height);
}

/** One sample in the middle of each of `columns` x `rows` equal parts of the element. */
export function rasterOf(layout: PlaneLayout, columns: number, rows: number): Raster {
  const [stepX, stepY] = [layout.width / columns, layout.height / rows];
  return {
    width: columns,
    height: rows,
    first: toPatient(layout, fromScreen(layout, { left: stepX / 2, top: stepY / 2 })),
    across: scale(layout.axes.right, stepX / layout.scale),
    down: scale(layout.axes.down, stepY / layout.scale),
  };
}
