import type { Point, Surface } from '../viewport/surface.ts';
import type { ViewportController } from '../viewport/viewport-controller.ts';
import { isMeasuringTool } from '../workspace/tools.ts';
import { useWorkspace } from '../workspace/workspace-store.ts';
import { calibrationOn } from './calibration.ts';
import { drawingColor } from './colors.ts';
import {
  type Draft,
  type DrawingPlace,
  finish,
  move,
  type Outcome,
  press,
  release,
  shapeOfDraft,
} from './draft.ts';
import { distance } from './geometry.ts';
import { useLive } from './live-store.ts';
import { livewireFrom } from './livewire.ts';
import { isQuick, measure, scaleOf } from './measure.ts';
import { type Measurement, placementOn } from './measurement.ts';
import { createMeasurement } from './measurement-store.ts';
import { ordered, type Shape } from './shapes.ts';
import { newTrackingUID } from './tracking-uid.ts';

/** CSS pixels within which an outline closes, and within which two places are one. */
const closingReach = 12;
const sameReach = 3;

/** Lines from the last anchors: the pointer asks for them at every move. */
const latestWires = new Map<string, (to: Point) => Point[]>();
const mostWires = 4;

function wireOn(surface: Surface, zoom: number, from: Point): (to: Point) => Point[] {
  const pixel =
    surface.kind === 'image' ? 1 : Math.min(surface.image.rowSpacing, surface.image.columnSpacing);
  // Steps of a pixel of the image, or of the screen where that is coarser: the square looked at is what the eye looks at.
  const step = pixel * Math.max(1, 1 / zoom);
  const key = `${surface.key}|${from.x}|${from.y}|${step}`;
  const known = latestWires.get(key);
  if (known) return known;
  const lineTo = livewireFrom((point) => surface.valueAt(point), from, step);
  latestWires.set(key, lineTo);
  for (const oldest of [...latestWires.keys()].slice(0, -mostWires)) latestWires.delete(oldest);
  return lineTo;
}

/** What drawing needs to know of a viewport now; undefined while nothing is on it. */
export function drawingPlace(
  controller: ViewportController,
  isConstrained: boolean,
): (DrawingPlace & { readonly surface: Surface }) | undefined {
  const { surface, zoom, status, fidelity } = controller.getState();
  // Of a picture that is still coarse no values are told.
  if (!surface || status !== 'ready' || fidelity !== 'full') return undefined;
  const isWithin = (reach: number) => (a: Point, b: Point) => {
    const [first, second] = [surface.toScreen(a), surface.toScreen(b)];
    return Math.hypot(first.left - second.left, first.top - second.top) <= reach;
  };
  return {
    surface,
    scale: scaleOf(calibrationOn(surface, []), surface),
    isConstrained,
    isNear: isWithin(closingReach),
    isSame: isWithin(sameReach),
    wire: (from, to) => wireOn(surface, zoom, from)(to),
  };
}

/** Whether a place is on the picture: nothing can be measured beside it. */
export function isOnPicture({ kind, image, valueAt }: Surface, point: Point): boolean {
  if (kind === 'plane') return valueAt(point) !== undefined;
  return point.x >= -0.5 && point.y >= -0.5 && point.x <= image.columns - 0.5 && point.y <= image.rows - 0.5;
}

/** The nearest place on the picture. */
export function clampToPicture({ kind, image }: Surface, point: Point): Point {
  if (kind === 'plane') return point;
  const inside = (value: number, count: number) => Math.max(-0.5, Math.min(count - 0.5, value));
  return { x: inside(point.x, image.columns), y: inside(point.y, image.rows) };
}

/** A measurement of a shape on a surface; undefined where the surface has no place of its own. */
function makeMeasurement(
  tool: string,
  shape: Omit<Shape, 'tool'>,
  surface: Surface,
  uid: string,
  withStatistics: boolean,
): Measurement | undefined {
  const placement = placementOn(surface);
  if (!placement) return undefined;
  // Calibrating draws a length.
  const own = (tool === 'calibrate' ? 'length' : tool) as Measurement['tool'];
  return {
    trackingUID: uid,
    tool: own,
    placement,
    ...shape,
    label: '',
    color: drawingColor(),
    author: useLive.getState().author,
    createdAt: new Date().toISOString(),
    ...measure({ tool: own, ...shape }, surface, withStatistics),
    saved: undefined,
  };
}

/** Whether there is something to measure on. */
export const canMeasure = (controller: ViewportController | undefined): boolean => {
  const surface = controller?.getState().surface;
  return surface !== undefined && placementOn(surface) !== undefined;
};

function complete(
  tool: string,
  shape: Omit<Shape, 'tool'>,
  where: DrawingPlace & { surface: Surface },
): void {
  const { surface, scale } = where;
  const points = ordered(tool, shape.points, scale);
  const measurement = makeMeasurement(tool, { ...shape, points }, surface, newTrackingUID(), true);
  if (!measurement) return;
  const [a, b] = points;
  if (tool === 'calibrate') {
    if (surface.kind !== 'image' || !a || !b) return;
    const { column, row } = surface.image.spacing;
    const length = distance(a, b, { x: column, y: row });
    useLive.setState({ question: { kind: 'calibrate', image: surface.image, length } });
  } else if (tool === 'text' || tool === 'arrow') {
    useLive.setState({ question: { kind: 'label', measurement, isNew: true } });
  } else createMeasurement(measurement);
}

/** Takes over the result of an event: the draft with its values as they are now, or the measurement. */
function take(
  outcome: Outcome,
  tool: string,
  tile: number,
  where: DrawingPlace & { surface: Surface },
): void {
  const { draft, finished } = outcome;
  if (finished) {
    useLive.setState({ drawing: undefined, cursor: undefined });
    complete(tool, finished, where);
    return;
  }
  const uid = useLive.getState().drawing?.preview.trackingUID ?? newTrackingUID();
  const shape = draft && shapeOfDraft(draft, where);
  const preview = shape && makeMeasurement(tool, shape, where.surface, uid, isQuick(shape, where.surface));
  useLive.setState({
    drawing: draft && preview ? { tile, surfaceKey: where.surface.key, draft, preview } : undefined,
  });
}

/** What is being drawn in a tile; gone as soon as something else is on the screen there. */
export function drawingIn(tile: number, controller: ViewportController): Draft | undefined {
  const { drawing } = useLive.getState();
  if (drawing?.tile !== tile) return undefined;
  const { tool } = useWorkspace.getState();
  if (drawing.surfaceKey === controller.getState().surface?.key && drawing.draft.tool === tool)
    return drawing.draft;
  useLive.setState({ drawing: undefined });
  return undefined;
}

/** One thing done with the pointer or the keyboard at a place of a viewport. */
export interface Gesture {
  readonly tile: number;
  readonly controller: ViewportController;
  readonly point: Point;
  readonly isConstrained: boolean;
}

/** Begins or sets a place with the tool in hand; says whether it did. A running cine stops: its pictures go away. */
export function pressAt({ tile, controller, point, isConstrained }: Gesture): boolean {
  const { tool } = useWorkspace.getState();
  const where = drawingPlace(controller, isConstrained);
  if (!where || !isMeasuringTool(tool) || !placementOn(where.surface)) return false;
  if (tool === 'calibrate' && where.surface.kind !== 'image') return false;
  const draft = drawingIn(tile, controller);
  if (!draft && !isOnPicture(where.surface, point)) return false;
  if (controller.getState().playing !== undefined) controller.stop();
  take(press(draft, tool, clampToPicture(where.surface, point), where), tool, tile, where);
  return true;
}

export function moveTo({ tile, controller, point, isConstrained }: Gesture): void {
  const draft = drawingIn(tile, controller);
  const where = draft && drawingPlace(controller, isConstrained);
  if (!draft || !where) return;
  take({ draft: move(draft, clampToPicture(where.surface, point), where) }, draft.tool, tile, where);
}

export function releaseAt({ tile, controller, isConstrained }: Gesture, wasDragged: boolean): void {
  const draft = drawingIn(tile, controller);
  const where = draft && drawingPlace(controller, isConstrained);
  if (!draft?.press || !where) return;
  take(release(draft, wasDragged, where), draft.tool, tile, where);
}

/** Ends a path as it is; says whether there was one. */
export function finishPath(tile: number, controller: ViewportController): boolean {
  const draft = drawingIn(tile, controller);
  const where = draft && drawingPlace(controller, false);
  if (!draft || !where) return false;
  take(finish({ ...draft, press: undefined }, where), draft.tool, tile, where);
  return true;
}
