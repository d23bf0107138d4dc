import type { ScreenPoint, Surface } from '../viewport/surface.ts';
import { add, dot, type Vector3 } from '../viewport/vectors.ts';
import type { PlaneName } from '../workspace/tile-content.ts';
import type { MprState } from './mpr-state.ts';
import { cutDirection, intoScreen } from './plane.ts';

/** Where another plane cuts the one on the screen; CSS pixels. */
export interface PlaneLine {
  readonly name: PlaneName;
  /** The point that all planes go through. */
  readonly center: ScreenPoint;
  /** Along the line, of length 1 on the screen. */
  readonly along: { readonly x: number; readonly y: number };
  /** From the line to each border of its slab; 0 without one. */
  readonly slabPixels: number;
  /** CSS pixels for one mm across the line: less where the planes meet at another angle than a right one. */
  readonly pixelsPerMm: number;
}

/** The lines of `others` on the plane `shown`; planes parallel to it have none. */
export function planeLines(
  surface: Surface,
  mpr: MprState,
  shown: PlaneName,
  others: readonly PlaneName[],
): PlaneLine[] {
  const at = surface.fromPatient(mpr.point);
  if (!at) return [];
  const center = surface.toScreen(at);
  return others.flatMap((name): PlaneLine[] => {
    const cut = name === shown ? undefined : cutDirection(mpr.axes[shown], mpr.axes[name]);
    if (!cut) return [];
    const end = onScreen(surface, add(mpr.point, cut));
    const [x, y] = [end.left - center.left, end.top - center.top];
    const pixels = Math.hypot(x, y);
    if (!(pixels > 0)) return [];
    const steepness = Math.sqrt(1 - dot(intoScreen(mpr.axes[shown]), intoScreen(mpr.axes[name])) ** 2);
    const pixelsPerMm = pixels / steepness;
    const slabPixels = (mpr.slabs[name].thickness / 2) * pixelsPerMm;
    return [{ name, center, along: { x: x / pixels, y: y / pixels }, slabPixels, pixelsPerMm }];
  });
}

function onScreen(surface: Surface, place: Vector3): ScreenPoint {
  return surface.toScreen(surface.fromPatient(place) ?? { x: 0, y: 0 });
}

/** The part of a line through a point, from `from` to where it leaves the rectangle; undefined when it is not seen at all. */
export function lineWithin(
  center: ScreenPoint,
  along: { readonly x: number; readonly y: number },
  size: { readonly width: number; readonly height: number },
  from: number,
): readonly [ScreenPoint, ScreenPoint] | undefined {
  let [begin, end] = [from, Number.POSITIVE_INFINITY];
  const cut = (start: number, step: number, length: number) => {
    if (Math.abs(step) < 1e-9) {
      if (start < 0 || start > length) end = Number.NEGATIVE_INFINITY;
      return;
    }
    const [a, b] = [-start / step, (length - start) / step];
    begin = Math.max(begin, Math.min(a, b));
    end = Math.min(end, Math.max(a, b));
  };
  cut(center.left, along.x, size.width);
  cut(center.top, along.y, size.height);
  if (!(end > begin) || !Number.isFinite(end)) return undefined;
  const at = (distance: number) => ({
    left: center.left + along.x * distance,
    top: center.top + along.y * distance,
  });
  return [at(begin), at(end)];
}

/** The angle from one direction to another as seen from a centre, radians, clockwise on the screen; -π to π. */
export function angleBetween(center: ScreenPoint, from: ScreenPoint, to: ScreenPoint): number {
  const angle =
    Math.atan2(to.top - center.top, to.left - center.left) -
    Math.atan2(from.top - center.top, from.left - center.left);
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}

/** Half the thickness of a slab whose border is dragged to a place: mm from the line. */
export function distanceFromLine({ center, along, pixelsPerMm }: PlaneLine, place: ScreenPoint): number {
  const [x, y] = [place.left - center.left, place.top - center.top];
  return Math.abs(x * along.y - y * along.x) / pixelsPerMm;
}
