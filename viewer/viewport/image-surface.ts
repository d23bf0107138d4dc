import type { Types } from '@cornerstonejs/core';
import { type ImageDescription, isColor } from './image-description.ts';
import type { Point, ScreenPoint, Surface } from './surface.ts';
import { between, cross, dot, type Vector3 } from './vectors.ts';

/** What Cornerstone offers of a viewport for turning places of the world into places of the canvas, in CSS pixels. */
interface Projection {
  worldToCanvas(place: Types.Point3): Types.Point2;
  canvasToWorld(place: Types.Point2): Types.Point3;
}

/** The plane that Cornerstone was told: that of the header, or, for images without one, a made-up plane (metadata-provider.ts). */
function planeOf(image: ImageDescription) {
  const x: Vector3 = image.rowDirection ?? [1, 0, 0];
  const y: Vector3 = image.columnDirection ?? [0, 1, 0];
  return { origin: image.position ?? ([0, 0, 0] as const), x, y, normal: cross(x, y) };
}

/** The surface of one frame as it lies on the screen now. `pixels` are the values in memory, in rows. */
export function imageSurface(
  image: ImageDescription,
  projection: Projection,
  pixels: ArrayLike<number> | undefined,
): Surface {
  const plane = planeOf(image);
  const { measured } = image;
  const isPlaced = image.position !== undefined && image.rowDirection !== undefined;
  const toWorld = ({ x, y }: Point): Vector3 => {
    const [right, down] = [x * image.columnSpacing, y * image.rowSpacing];
    const along = (axis: 0 | 1 | 2) => plane.origin[axis] + plane.x[axis] * right + plane.y[axis] * down;
    return [along(0), along(1), along(2)];
  };
  const fromWorld = (place: Vector3) => {
    const offset = between(plane.origin, place);
    return {
      x: dot(offset, plane.x) / image.columnSpacing,
      y: dot(offset, plane.y) / image.rowSpacing,
      distance: dot(offset, plane.normal),
    };
  };
  return {
    key: image.imageId,
    kind: 'image',
    image,
    frameOfReferenceUID: isPlaced ? image.frameOfReferenceUID : undefined,
    xDirection: isPlaced ? plane.x : undefined,
    yDirection: isPlaced ? plane.y : undefined,
    toScreen: (point): ScreenPoint => {
      const [left, top] = projection.worldToCanvas([...toWorld(point)] as Types.Point3);
      return { left, top };
    },
    fromScreen: ({ left, top }): Point => {
      const { x, y } = fromWorld(projection.canvasToWorld([left, top]) as unknown as Vector3);
      return { x, y };
    },
    toPatient: (point) => (isPlaced ? toWorld(point) : undefined),
    fromPatient: (place) => (isPlaced ? fromWorld(place) : undefined),
    valueAt: ({ x, y }) => {
      const [column, row] = [Math.round(x), Math.round(y)];
      if (!pixels || column < 0 || row < 0 || column >= image.columns || row >= image.rows) return undefined;
      const at = row * image.columns + column;
      if (!isColor(image)) {
        const shown = pixels[at];
        return shown === undefined ? undefined : shown * measured.slope + measured.intercept;
      }
      return [pixels[at * 3] ?? 0, pixels[at * 3 + 1] ?? 0, pixels[at * 3 + 2] ?? 0];
    },
    valueUnit: measured.unit,
  };
}
