import type { Measurement } from '../measuring/measurement.ts';
import type { Point } from '../viewport/surface.ts';

type Tool = Measurement['tool'];

/** Graphic Types of images (PS3.3 C.18.6.1.2) and of space (C.18.9.1.2). */
export type GraphicType = 'POINT' | 'MULTIPOINT' | 'POLYLINE' | 'CIRCLE' | 'ELLIPSE' | 'POLYGON';

/** A figure of a measurement, its points as on the measurement's surface. */
export interface Graphic {
  readonly type: GraphicType;
  readonly points: readonly Point[];
}

/** The surface a figure is on: `POLYGON` is of space only, `CIRCLE` of images only. */
export interface GraphicSurface {
  readonly kind: 'image' | 'plane';
  /** Distance between columns and between rows, in any unit: a circle has no one radius in pixels that are not square. */
  readonly columnSpacing: number;
  readonly rowSpacing: number;
}

const distance = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);
const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const isSame = (a: Point | undefined, b: Point | undefined): boolean =>
  a !== undefined && b !== undefined && distance(a, b) < 1e-3;

/** PS3.3 C.18.6.1.2: the ends of the major axis come before those of the minor axis. */
function majorFirst(points: readonly Point[]): readonly Point[] {
  const [a, b, c, d] = points;
  if (!a || !b || !c || !d) return points;
  return distance(a, b) >= distance(c, d) ? [a, b, c, d] : [c, d, a, b];
}

function circleGraphic([center, rim]: readonly Point[], surface: GraphicSurface): Graphic[] {
  if (!center || !rim) return [];
  const { columnSpacing, rowSpacing } = surface;
  if (surface.kind === 'image' && Math.abs(columnSpacing / rowSpacing - 1) < 1e-6)
    return [{ type: 'CIRCLE', points: [center, rim] }];
  const radius = Math.hypot((rim.x - center.x) * columnSpacing, (rim.y - center.y) * rowSpacing);
  const [across, down] = [radius / columnSpacing, radius / rowSpacing];
  const ends = [
    { x: center.x - across, y: center.y },
    { x: center.x + across, y: center.y },
    { x: center.x, y: center.y - down },
    { x: center.x, y: center.y + down },
  ];
  return [{ type: 'ELLIPSE', points: majorFirst(ends) }];
}

/** A line that ends where it begins. */
function closed(points: readonly Point[]): readonly Point[] {
  const [first] = points;
  return first && !isSame(first, points.at(-1)) ? [...points, first] : points;
}

/** The figures of a measurement: one, or two for the axes of a bidirectional one. */
export function graphicsOf(
  { tool, points, isClosed }: Pick<Measurement, 'tool' | 'points' | 'isClosed'>,
  surface: GraphicSurface,
): readonly Graphic[] {
  const [a, b, c, d] = points;
  const area = surface.kind === 'plane' ? 'POLYGON' : 'POLYLINE';
  switch (tool) {
    case 'probe':
    case 'text':
      return a ? [{ type: 'POINT', points: [a] }] : [];
    case 'bidirectional':
      return a && b && c && d
        ? [
            { type: 'POLYLINE', points: [a, b] },
            { type: 'POLYLINE', points: [c, d] },
          ]
        : [];
    case 'angle':
      // The vertex twice: the two lines of the angle, which is how a Cobb angle is written too.
      return a && b && c ? [{ type: 'POLYLINE', points: [a, b, b, c] }] : [];
    case 'rectangle':
      return [{ type: area, points: closed(points) }];
    case 'ellipse':
      return [{ type: 'ELLIPSE', points: majorFirst(points) }];
    case 'circle':
      return circleGraphic(points, surface);
    case 'freehand':
    case 'spline':
    case 'livewire':
      return [isClosed ? { type: area, points: closed(points) } : { type: 'POLYLINE', points }];
    default:
      return [{ type: 'POLYLINE', points }];
  }
}

/** What is known of a measurement besides its figures. */
export interface ToolHint {
  /** The tool that the report names. */
  readonly tool: Tool | undefined;
  readonly hasAngle: boolean;
  readonly hasArea: boolean;
  readonly hasLength: boolean;
  readonly hasAxes: boolean;
  readonly hasValue: boolean;
}

/** A measurement's tool and points as read; undefined when the figures are none that the viewer draws. */
export type Shape = Pick<Measurement, 'tool' | 'points' | 'isClosed'>;

const shape = (tool: Tool, points: readonly Point[], isClosed = false): Shape => ({ tool, points, isClosed });

/** Whether four corners have right angles, to a degree. */
function isRectangle(corners: readonly Point[]): boolean {
  return corners.every((corner, index) => {
    const [before, after] = [corners[(index + 3) % 4], corners[(index + 1) % 4]];
    if (!before || !after) return false;
    const [ax, ay] = [before.x - corner.x, before.y - corner.y];
    const [bx, by] = [after.x - corner.x, after.y - corner.y];
    const product = Math.hypot(ax, ay) * Math.hypot(bx, by);
    return product > 0 && Math.abs(ax * bx + ay * by) / product < Math.sin(Math.PI / 180);
  });
}

const freehandTools: readonly (Tool | undefined)[] = ['freehand', 'spline', 'livewire'];

function closedShape(points: readonly Point[], hint: ToolHint): Shape {
  const open = isSame(points[0], points.at(-1)) ? points.slice(0, -1) : points;
  const isFreehand = freehandTools.includes(hint.tool);
  if (open.length === 4 && !isFreehand && (hint.tool === 'rectangle' || isRectangle(open)))
    return shape('rectangle', open);
  return shape(isFreehand && hint.tool ? hint.tool : 'freehand', open, true);
}

function angleShape(points: readonly Point[], hint: ToolHint): Shape | undefined {
  const [a, b, c, d] = points;
  if (a && b && c && points.length === 3) return shape('angle', [a, b, c]);
  if (!a || !b || !c || !d || points.length !== 4) return undefined;
  if (hint.tool !== 'cobbAngle' && isSame(b, c)) return shape('angle', [a, b, d]);
  return shape('cobbAngle', points);
}

function lineShape(type: GraphicType, points: readonly Point[], hint: ToolHint): Shape | undefined {
  if (hint.hasAngle || hint.tool === 'angle' || hint.tool === 'cobbAngle') return angleShape(points, hint);
  const isRing = points.length > 3 && isSame(points[0], points.at(-1));
  if (type === 'POLYGON' || isRing) return closedShape(points, hint);
  if (points.length === 2) {
    const isArrow = hint.tool === 'arrow' || (!hint.tool && !hint.hasLength);
    return shape(isArrow ? 'arrow' : 'length', points);
  }
  if (points.length > 2 && hint.hasArea) return closedShape(points, hint);
  if (points.length > 2)
    return shape(freehandTools.includes(hint.tool) && hint.tool ? hint.tool : 'freehand', points);
  return undefined;
}

function ellipseShape(points: readonly Point[], hint: ToolHint): Shape | undefined {
  const [a, b, c, d] = points;
  if (!a || !b || !c || !d) return undefined;
  return hint.tool === 'circle' ? shape('circle', [middle(a, b), b]) : shape('ellipse', [a, b, c, d]);
}

/** The inverse of {@link graphicsOf}, also for figures of other writers. */
export function shapeOf(graphics: readonly Graphic[], hint: ToolHint): Shape | undefined {
  const [first, second] = graphics;
  if (!first) return undefined;
  const [a, b] = first.points;
  if (second) {
    const points = [...first.points, ...second.points];
    return graphics.length === 2 && points.length === 4 && hint.hasAxes
      ? shape('bidirectional', points)
      : undefined;
  }
  switch (first.type) {
    case 'POINT':
    case 'MULTIPOINT':
      if (!a) return undefined;
      // OHIF writes an arrow as a point that is two.
      if (b && first.points.length === 2) return lineShape(first.type, first.points, hint);
      if (b) return undefined;
      return shape(hint.tool === 'text' || (!hint.hasValue && hint.tool !== 'probe') ? 'text' : 'probe', [a]);
    case 'CIRCLE':
      return a && b ? shape('circle', [a, b]) : undefined;
    case 'ELLIPSE':
      return ellipseShape(first.points, hint);
    default:
      return lineShape(first.type, first.points, hint);
  }
}
