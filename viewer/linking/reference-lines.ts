import type { ImageDescription } from '../viewport/image-description.ts';
import type { ScreenPoint, Surface } from '../viewport/surface.ts';
import { cross } from '../viewport/vectors.ts';
import type { ViewportController, ViewportState } from '../viewport/viewport-controller.ts';
import { crossing, type Plane, type Rectangle, rectangleOf } from './geometry.ts';

/** A line on the screen, CSS pixels from the upper left corner of the viewport. */
export interface ScreenLine {
  readonly from: ScreenPoint;
  readonly to: ScreenPoint;
}

function planeOf(surface: Surface): Plane | undefined {
  const place = surface.toPatient({ x: 0, y: 0 });
  const { xDirection, yDirection } = surface;
  return place && xDirection && yDirection ? { place, normal: cross(xDirection, yDirection) } : undefined;
}

/** The rectangle of what is shown: that of the image; of a plane, which has no edge, what is seen of it. */
function rectangleOfSurface(surface: Surface, element: HTMLElement): Rectangle | undefined {
  if (surface.kind === 'image') return rectangleOf(surface.image);
  const [right, bottom] = [element.clientWidth, element.clientHeight];
  const corners = [
    [0, 0],
    [right, 0],
    [right, bottom],
    [0, bottom],
  ].map(([left = 0, top = 0]) => surface.toPatient(surface.fromScreen({ left, top })));
  return corners.every((corner) => corner !== undefined) ? (corners as unknown as Rectangle) : undefined;
}

function lineOn(target: Surface, rectangle: Rectangle | undefined): ScreenLine | undefined {
  const plane = planeOf(target);
  const ends = plane && rectangle && crossing(rectangle, plane);
  if (!ends) return undefined;
  const [from, to] = ends.map((place) => target.fromPatient(place));
  return from && to ? { from: target.toScreen(from), to: target.toScreen(to) } : undefined;
}

/**
 * Where the surface of one viewport cuts that of another, on the screen of the other. Undefined unless both are of one Frame
 * of Reference (PS3.3 C.7.4.1), and where they don't meet.
 */
export function referenceLine(
  source: { readonly surface: Surface; readonly element: HTMLElement },
  target: Surface,
): ScreenLine | undefined {
  const { surface, element } = source;
  const isSameFrame =
    surface.frameOfReferenceUID !== undefined && surface.frameOfReferenceUID === target.frameOfReferenceUID;
  return isSameFrame ? lineOn(target, rectangleOfSurface(surface, element)) : undefined;
}

/** The same for an image that is not on the screen, such as the first and last of a stack. */
export function referenceLineOfImage(image: ImageDescription, target: Surface): ScreenLine | undefined {
  const isSameFrame =
    image.frameOfReferenceUID !== undefined && image.frameOfReferenceUID === target.frameOfReferenceUID;
  return isSameFrame ? lineOn(target, rectangleOf(image)) : undefined;
}

/** A line with the number of its image, from 1; undefined for a plane. */
export interface NumberedLine extends ScreenLine {
  readonly number: number | undefined;
  readonly isRange: boolean;
}

/** All lines of one viewport on the surface of another. */
export function linesOf(
  source: ViewportController,
  state: ViewportState,
  target: Surface,
  hasRange: boolean,
): NumberedLine[] {
  const { surface, stack } = state;
  if (!surface) return [];
  const isImage = surface.kind === 'image';
  const current = referenceLine({ surface, element: source.element }, target);
  const number = isImage && stack ? stack.images.indexOf(surface.image) + 1 : undefined;
  const lines: NumberedLine[] = current ? [{ ...current, number, isRange: false }] : [];
  if (!hasRange || !isImage || !stack) return lines;
  for (const index of new Set([0, stack.images.length - 1])) {
    const image = stack.images[index];
    const line = image && image !== surface.image ? referenceLineOfImage(image, target) : undefined;
    if (line) lines.push({ ...line, number: index + 1, isRange: true });
  }
  return lines;
}
