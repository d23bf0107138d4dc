import type { Point, ScreenPoint, Surface } from '../viewport/surface.ts';
import type { ViewportController } from '../viewport/viewport-controller.ts';
import { calibrationOn } from './calibration.ts';
import { moveWireHandle } from './draft.ts';
import { clampToPicture, drawingPlace } from './drawing.ts';
import { subtract } from './geometry.ts';
import { type Hit, type LaidOut, movedLabel, onSurface } from './layout.ts';
import { type Edit, useLive } from './live-store.ts';
import { isQuick, measure, scaleOf } from './measure.ts';
import { type Measurement, placementOn } from './measurement.ts';
import { type MeasurementChange, measurementOf } from './measurement-store.ts';
import { changeByReader } from './reader-change.ts';
import { moveBy, moveHandle, ordered, type Shape } from './shapes.ts';

/** What was taken hold of, and where. */
export interface Grip {
  readonly hit: Hit;
  readonly from: ScreenPoint;
  readonly item: LaidOut;
  /** As it was, in coordinates of the surface. */
  readonly original: Measurement;
  readonly surface: Surface;
}

/** Takes hold of what was hit. Undefined when it is not there any more. */
export function grip(
  hit: Hit,
  items: readonly LaidOut[],
  from: ScreenPoint,
  surface: Surface,
): Grip | undefined {
  const item = items.find(({ measurement }) => measurement.trackingUID === hit.trackingUID);
  const measurement = measurementOf(hit.trackingUID);
  return item && measurement && { hit, from, item, original: onSurface(measurement, surface), surface };
}

/** A shape that is moved as a whole stays on the picture. */
function insideBy(surface: Surface, points: readonly Point[], by: Point): Point {
  const outside = points.map((point) => {
    const moved = { x: point.x + by.x, y: point.y + by.y };
    return subtract(clampToPicture(surface, moved), moved);
  });
  const most = (values: number[]) => values.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return { x: by.x + most(outside.map(({ x }) => x)), y: by.y + most(outside.map(({ y }) => y)) };
}

function shapeAfter(
  held: Grip,
  to: ScreenPoint,
  controller: ViewportController,
): Pick<Shape, 'points' | 'handles'> {
  const { hit, from, original, surface } = held;
  const scale = scaleOf(calibrationOn(surface, original.points), surface);
  const point = surface.fromScreen(to);
  if (hit.part !== 'handle') {
    const by = subtract(point, surface.fromScreen(from));
    return moveBy(original, insideBy(surface, original.points, by));
  }
  const inside = clampToPicture(surface, point);
  const where = drawingPlace(controller, false);
  if (original.tool === 'livewire' && original.handles && where)
    return moveWireHandle(original, hit.index, inside, where.wire);
  return moveHandle(original, hit.index, inside, scale);
}

/** The change that moving what is held to a place of the screen makes. */
function changeBy(
  held: Grip,
  to: ScreenPoint,
  controller: ViewportController,
  isLast: boolean,
): MeasurementChange {
  const { hit, from, original, surface, item } = held;
  const by = { left: to.left - from.left, top: to.top - from.top };
  const onlyLabel = hit.part === 'label' && original.tool !== 'text';
  const moved = onlyLabel
    ? { ...original, labelPoint: movedLabel(surface, item.label, by) }
    : { ...original, ...shapeAfter(held, to, controller) };
  const { handles, labelPoint } = moved;
  const placement = original.placement.kind === 'plane' ? placementOn(surface) : undefined;
  const places = {
    points: moved.points,
    ...(handles ? { handles } : {}),
    ...(labelPoint ? { labelPoint } : {}),
    // On another place of the same plane all points are counted from there.
    ...(placement ? { placement } : {}),
  };
  if (onlyLabel) return placement || !labelPoint ? places : { labelPoint };
  const scale = scaleOf(calibrationOn(surface, moved.points), surface);
  const points = isLast ? ordered(moved.tool, moved.points, scale) : moved.points;
  const result = measure({ ...moved, points }, surface, isLast || isQuick(moved, surface));
  return { ...places, points, ...result };
}

/** Shows what is held at a place of the screen; nothing is changed yet. */
export function dragGrip(held: Grip, tile: number, controller: ViewportController, to: ScreenPoint): void {
  const edit: Edit = {
    tile,
    surfaceKey: held.surface.key,
    trackingUID: held.hit.trackingUID,
    change: changeBy(held, to, controller, false),
  };
  useLive.setState({ edit });
}

/** Lets go: one step that can be undone. */
export function dropGrip(held: Grip, controller: ViewportController, to: ScreenPoint): void {
  const isThere = useLive.getState().edit !== undefined;
  const isSamePicture = controller.getState().surface?.key === held.surface.key;
  if (isThere && isSamePicture) changeByReader(held.hit.trackingUID, changeBy(held, to, controller, true));
  useLive.setState({ edit: undefined });
}
