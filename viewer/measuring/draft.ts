import type { Point } from '../viewport/surface.ts';
import { closedSpline, type Scale } from './geometry.ts';
import { constrain, isPathTool, placesOf, pointsFromPlaces, type Shape, startsLine } from './shapes.ts';

/** What is being drawn: the places set so far, and the one that follows the pointer. */
export interface Draft {
  readonly tool: string;
  readonly places: readonly Point[];
  readonly moving: Point | undefined;
  /** While the button is down: whether going down began a line, which going up ends if the pointer was dragged between. */
  readonly press: 'begins' | 'sets' | undefined;
  /** Of a livewire: the line between each place and the next. */
  readonly wires: readonly (readonly Point[])[];
}

/** What drawing needs to know of where it happens. */
export interface DrawingPlace {
  readonly scale: Scale;
  /** Shift is held. */
  readonly isConstrained: boolean;
  /** Whether a place is as good as another to the reader's hand: there an outline closes. */
  isNear(a: Point, b: Point): boolean;
  /** Whether two places can't be told apart on the screen. */
  isSame(a: Point, b: Point): boolean;
  /** The line from a place to another along edges. */
  wire(from: Point, to: Point): readonly Point[];
}

/** The draft after an event, or the finished shape. */
export interface Outcome {
  readonly draft?: Draft;
  readonly finished?: Omit<Shape, 'tool'>;
}

const begin = (tool: string): Draft => ({
  tool,
  places: [],
  moving: undefined,
  press: undefined,
  wires: [],
});

/** The button goes down, or Enter is pressed: a place is begun. */
export function press(before: Draft | undefined, tool: string, point: Point, where: DrawingPlace): Outcome {
  const draft = before?.tool === tool ? before : begin(tool);
  if (isPathTool(tool)) return pressOnPath(draft, point, where);
  const { places } = draft;
  if (startsLine(tool, places.length) && placesOf[tool] !== 1)
    return { draft: { ...draft, places: [...places, point], moving: point, press: 'begins' } };
  return { draft: { ...draft, moving: placed(draft, point, where), press: 'sets' } };
}

/** The pointer moves, whether the button is down or not. */
export function move(draft: Draft, point: Point, where: DrawingPlace): Draft {
  const isStroke = draft.tool === 'freehand' && draft.press !== undefined;
  if (isStroke) {
    const last = draft.places.at(-1);
    const isFar = !last || !where.isSame(last, point);
    return { ...draft, places: isFar ? [...draft.places, point] : draft.places, moving: point };
  }
  // Between two lines nothing follows the pointer.
  if (!draft.press && startsLine(draft.tool, draft.places.length)) return draft;
  return { ...draft, moving: isPathTool(draft.tool) ? point : placed(draft, point, where) };
}

/** The button goes up; `wasDragged` says whether the pointer went away from where it went down. */
export function release(draft: Draft, wasDragged: boolean, where: DrawingPlace): Outcome {
  const { tool, moving, press: pressed } = draft;
  const up: Draft = { ...draft, press: undefined };
  if (tool === 'freehand')
    return wasDragged && pressed === 'begins' ? finishStroke(up, where) : { draft: up };
  if (isPathTool(tool)) return { draft: moving ? addToPath(up, moving, where) : up };
  if (!moving || (pressed === 'begins' && !wasDragged)) return { draft: up };
  const last = draft.places.at(-1);
  // A line of no length was a slip of the hand: it goes on following the pointer.
  if (last && where.isSame(last, moving)) return { draft: up };
  const places = [...draft.places, moving];
  if (places.length < (placesOf[tool] ?? 1)) {
    const isBetween = startsLine(tool, places.length);
    return { draft: { ...up, places, moving: isBetween ? undefined : moving } };
  }
  const points = pointsFromPlaces(tool, places, where.scale);
  // A box without height measures nothing: a drag was meant otherwise, clicks may still go on.
  if (isFlat(tool, points, where)) return wasDragged ? {} : { draft: up };
  return { finished: { points, isClosed: false } };
}

/** Whether a shape that is to have two extents has only one to the eye. */
function isFlat(tool: string, points: readonly Point[], where: DrawingPlace): boolean {
  const [a, b, c, d] = points;
  if (!a || !b || !c || !d) return false;
  if (tool === 'rectangle') return where.isSame(a, b) || where.isSame(b, c);
  if (tool === 'ellipse' || tool === 'bidirectional') return where.isSame(a, b) || where.isSame(c, d);
  return false;
}

/**
 * Double click, or Enter twice: the path is done as it is, a line for freehand and livewire, an outline for a spline. Gives
 * back the draft where it is not enough for one.
 */
export function finish(draft: Draft, where: DrawingPlace): Outcome {
  const { tool, places } = draft;
  if (tool === 'freehand' && places.length >= 2) return { finished: { points: places, isClosed: false } };
  if (tool === 'livewire' && places.length >= 2) {
    const points = [...joinWires(draft.wires), ...places.slice(-1)];
    return { finished: { points, handles: places, isClosed: false } };
  }
  if (tool === 'spline' && places.length >= 3) return closed(draft, where);
  return { draft };
}

const placed = (draft: Draft, point: Point, where: DrawingPlace): Point =>
  where.isConstrained ? constrain(draft.tool, draft.places, point, where.scale) : point;

function pressOnPath(draft: Draft, point: Point, where: DrawingPlace): Outcome {
  const [first] = draft.places;
  const last = draft.places.at(-1);
  if (!first || !last) {
    return { draft: { ...draft, places: [point], moving: point, press: 'begins' } };
  }
  if (draft.places.length >= 3 && where.isNear(first, point)) return closed(draft, where);
  if (where.isSame(last, point)) return { draft: { ...draft, press: 'sets', moving: undefined } };
  if (draft.tool !== 'freehand') return { draft: { ...draft, moving: point, press: 'sets' } };
  return { draft: { ...draft, places: [...draft.places, point], moving: point, press: 'sets' } };
}

/** The place under the pointer becomes one of the path. */
function addToPath(draft: Draft, point: Point, where: DrawingPlace): Draft {
  const last = draft.places.at(-1);
  if (!last || where.isSame(last, point)) return draft;
  const wires = draft.tool === 'livewire' ? [...draft.wires, where.wire(last, point)] : draft.wires;
  return { ...draft, places: [...draft.places, point], moving: point, wires };
}

/** One stroke with the button down is an outline where it comes back to its start, else a line. */
function finishStroke(draft: Draft, where: DrawingPlace): Outcome {
  const [first, ...rest] = draft.places;
  const last = rest.at(-1);
  if (!first || !last) return {};
  const isClosed = rest.length >= 3 && where.isNear(first, draft.moving ?? last);
  return { finished: { points: draft.places, isClosed } };
}

function closed(draft: Draft, where: DrawingPlace): Outcome {
  const { tool, places } = draft;
  const [first] = places;
  const last = places.at(-1);
  if (!first || !last) return {};
  if (tool === 'freehand') return { finished: { points: places, isClosed: true } };
  if (tool === 'spline')
    return { finished: { points: closedSpline(places), handles: places, isClosed: true } };
  return {
    finished: {
      points: joinWires([...draft.wires, where.wire(last, first)]),
      handles: places,
      isClosed: true,
    },
  };
}

/** Pieces of line, each beginning where the one before ends, as one line; a closed one does not name its start twice. */
function joinWires(wires: readonly (readonly Point[])[]): Point[] {
  return wires.flatMap((wire) => wire.slice(0, -1));
}

/** What of a draft is to be seen, and measured already. */
export function shapeOfDraft(draft: Draft, where: DrawingPlace): Omit<Shape, 'tool'> {
  const { tool, places, moving, wires } = draft;
  const last = places.at(-1);
  const isHeld = tool === 'freehand' && draft.press !== undefined;
  const all = moving && !isHeld ? [...places, moving] : places;
  if (tool === 'spline')
    return all.length < 3
      ? { points: all, isClosed: false, handles: all }
      : { points: closedSpline(all), isClosed: true, handles: all };
  if (tool === 'livewire') {
    const open = moving && last ? [...wires, where.wire(last, moving)] : wires;
    return { points: [...joinWires(open), ...all.slice(-1)], isClosed: false, handles: all };
  }
  if (tool === 'freehand') return { points: all, isClosed: false };
  return { points: pointsFromPlaces(tool, all, where.scale), isClosed: false };
}

/** The line of a livewire after one of its places went elsewhere: only the pieces beside it are looked for anew. */
export function moveWireHandle(
  { points, handles = [], isClosed }: Pick<Shape, 'points' | 'handles' | 'isClosed'>,
  index: number,
  to: Point,
  wire: DrawingPlace['wire'],
): Pick<Shape, 'points' | 'handles'> {
  const count = handles.length;
  const moved = handles.map((handle, place) => (place === index ? to : handle));
  const startOf = (place: Point | undefined) =>
    points.findIndex((point) => point.x === place?.x && point.y === place.y);
  const pieces = handles.flatMap((handle, place): readonly Point[] => {
    const next = (place + 1) % count;
    const [a, b] = [moved[place], moved[next]];
    if (!a || !b) return [];
    // The last place of an open line leads nowhere.
    if (next === 0 && !isClosed) return [a];
    const [from, until] = [startOf(handle), next === 0 ? points.length : startOf(handles[next])];
    const isBeside = place === index || next === index;
    if (!isBeside && from >= 0 && until > from) return points.slice(from, until);
    // From the place that stays: what is known of its surroundings serves every step of the move.
    return place === index ? wire(b, a).toReversed().slice(0, -1) : wire(a, b).slice(0, -1);
  });
  return { points: pieces, handles: moved };
}
