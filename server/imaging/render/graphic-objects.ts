import type { DataSet } from '../../dicom/data-set.ts';
import { itemsOf, numbersOf, textOf } from './attribute-values.ts';
import { curveThrough, ellipseOf, type Point } from './curves.ts';
import { colorOfLayer } from './graphic-layers.ts';
import { type GraphicMapping, mappingOf } from './graphic-mapping.ts';
import type { Rgb } from './raster.ts';
import { type FrameReference, itemsFor } from './referenced-images.ts';
import { RenderError } from './render-errors.ts';
import { type SvgLayer, svgColor } from './svg-layer.ts';
import { textObjectElements } from './text-objects.ts';

const mostPoints = 100_000;

/** The graphics and texts of a presentation state for a frame (PS3.3 C.10.5), lower layers first. */
export function graphicAnnotations(
  presentationState: DataSet,
  layers: ReadonlyMap<string, Rgb>,
  reference: FrameReference,
  mapping: GraphicMapping,
): SvgLayer {
  const order = [...layers.keys()];
  const layerOf = (item: DataSet) => textOf(item, 'GraphicLayer')?.trim() ?? '';
  const items = itemsFor(presentationState, 'GraphicAnnotationSequence', reference).sort(
    (a, b) => order.indexOf(layerOf(a)) - order.indexOf(layerOf(b)),
  );
  const budget = { points: mostPoints };
  const result: SvgLayer = { elements: [], colors: [], hasText: false };
  for (const item of items) {
    const color = colorOfLayer(layers, layerOf(item));
    result.colors.push(color);
    for (const object of itemsOf(item, 'GraphicObjectSequence')) {
      result.elements.push(...graphicElement(object, color, mapping, budget));
    }
    for (const object of itemsOf(item, 'TextObjectSequence')) {
      result.elements.push(...textObjectElements(object, color, mapping));
      result.hasText = true;
    }
  }
  return result;
}

function graphicElement(
  object: DataSet,
  color: Rgb,
  mapping: GraphicMapping,
  budget: { points: number },
): string[] {
  const points = pointsOf(object);
  budget.points -= points.length;
  if (budget.points < 0) throw new RenderError('TOO_LARGE', 'The graphics have too many points');
  const type = textOf(object, 'GraphicType')?.trim();
  const shape = outlineOf(type, points);
  const [first] = shape;
  if (!first) return [];
  const map = mappingOf(textOf(object, 'GraphicAnnotationUnits'), mapping);
  const stroke = Math.max(1, Math.min(mapping.width, mapping.height) / 400);
  if (type === 'POINT') {
    const [x, y] = map(first);
    return [`<circle cx="${x}" cy="${y}" r="${stroke * 1.5}" fill="${svgColor(color)}"/>`];
  }
  const path = shape.map((point) => map(point).map(rounded).join(',')).join(' ');
  const isClosed = samePoint(first, shape.at(-1));
  const isFilled = isClosed && textOf(object, 'GraphicFilled')?.trim() === 'Y';
  return [
    `<poly${isClosed ? 'gon' : 'line'} points="${path}" stroke="${svgColor(color)}" stroke-width="${rounded(stroke)}" fill="${isFilled ? svgColor(color) : 'none'}"/>`,
  ];
}

function pointsOf(object: DataSet): Point[] {
  const numbers = numbersOf(object, 'GraphicData');
  return Array.from(
    { length: numbers.length >> 1 },
    (_, i): Point => [numbers[2 * i] ?? 0, numbers[2 * i + 1] ?? 0],
  );
}

/** C.10.5.1.1 and C.10.5.1.2: what the points of each Graphic Type mean, as a line. */
function outlineOf(type: string | undefined, points: Point[]): Point[] {
  const [a, b, c, d] = points;
  if (type === 'CIRCLE' && a && b) {
    const radius = Math.hypot(b[0] - a[0], b[1] - a[1]);
    return ellipseOf(a, [radius, 0], [0, radius]);
  }
  if (type === 'ELLIPSE' && a && b && c && d) {
    const half = (from: Point, to: Point): Point => [(to[0] - from[0]) / 2, (to[1] - from[1]) / 2];
    return ellipseOf([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], half(a, b), half(c, d));
  }
  if (type === 'INTERPOLATED') return curveThrough(points);
  return type === 'POLYLINE' || type === 'POINT' ? points : [];
}

function samePoint(a: Point, b: Point | undefined): boolean {
  return b !== undefined && Math.hypot(a[0] - b[0], a[1] - b[1]) < 1e-6;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
