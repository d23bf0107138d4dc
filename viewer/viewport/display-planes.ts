import { withInlineTables } from '../dicomweb/bulk-data.ts';
import type { JsonDataSet } from '../dicomweb/data-set.ts';
import type { ImageDescription } from './image-description.ts';
import type { ImageFacts } from './image-facts.ts';
import { isDrawn, type OverlayPlane, overlayDataTags, overlayGroups, overlayPlane } from './overlays.ts';
import { type DisplayShutter, describeShutter, type Shutter, shutterGroup } from './shutters.ts';

/** A bitmap that lies over the pixels of an image, by its upper left pixel (from 0). */
interface Bitmap {
  readonly canvas: HTMLCanvasElement;
  readonly left: number;
  readonly top: number;
}

/** What lies over the pixels of one frame. */
export interface DisplayPlanes {
  readonly overlays: readonly Bitmap[];
  readonly shutter: DisplayShutter | undefined;
  readonly shutterBitmaps: readonly Bitmap[];
}

/** From columns and rows (from 0, at the centre of a pixel) to pixels of a canvas: x' = a x + c y + e, y' = b x + d y + f. */
export interface PlaneTransform {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/** Colour of overlays: that of no tissue. */
const overlayColor = [255, 212, 59] as const;

/** Draws the pixels for which `isOn` holds into a canvas of their own; undefined where there is none. */
function makeBitmap(
  size: { readonly rows: number; readonly columns: number; readonly left: number; readonly top: number },
  isOn: (row: number, column: number) => boolean,
  [red, green, blue]: readonly [number, number, number],
): Bitmap | undefined {
  const { rows, columns, left, top } = size;
  if (rows < 1 || columns < 1) return undefined;
  const canvas = document.createElement('canvas');
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext('2d');
  const output = context?.createImageData(columns, rows);
  if (!context || !output) return undefined;
  let isEmpty = true;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (!isOn(row, column)) continue;
      isEmpty = false;
      output.data.set([red, green, blue, 255], (row * columns + column) * 4);
    }
  }
  if (isEmpty) return undefined;
  context.putImageData(output, 0, 0);
  return { canvas, left, top };
}

const bitmapOf = (plane: OverlayPlane, color: readonly [number, number, number]): Bitmap | undefined =>
  makeBitmap(plane, (row, column) => isDrawn(plane, row, column), color);

/** Black over padding, for pictures in which its values are not black by themselves. */
export function paddingBitmap(image: ImageDescription, facts: ImageFacts): Bitmap | undefined {
  const { isPadding, values } = facts;
  if (!isPadding) return undefined;
  const { rows, columns } = image;
  return makeBitmap(
    { rows, columns, left: 0, top: 0 },
    (row, column) => isPadding(values[row * columns + column] ?? 0),
    [0, 0, 0],
  );
}

/** Instances with their overlays inline, by SOP Instance UID; the frames of one share them. */
const fetched = new Map<string, Promise<JsonDataSet>>();
const mostFetched = 50;

function withOverlays(image: ImageDescription): Promise<JsonDataSet> {
  const known = fetched.get(image.sopInstanceUID);
  if (known) return known;
  const fetching = withInlineTables(image.instance, overlayDataTags(image.instance));
  fetched.set(image.sopInstanceUID, fetching);
  fetching.catch(() => fetched.delete(image.sopInstanceUID));
  const [oldest] = fetched.keys();
  if (fetched.size > mostFetched && oldest !== undefined) fetched.delete(oldest);
  return fetching;
}

export function forgetDisplayPlanes(): void {
  fetched.clear();
}

export const hasDisplayPlanes = (image: ImageDescription): boolean =>
  overlayGroups(image.instance).length > 0 ||
  describeShutter(image.instance, image.frameNumber - 1) !== undefined;

/** What lies over a frame; fetches what the archive keeps apart, so ask for it once the frame itself is drawn. @throws RequestError */
export async function loadDisplayPlanes(image: ImageDescription, facts: ImageFacts): Promise<DisplayPlanes> {
  const instance = await withOverlays(image);
  const frame = { ...image, embedded: facts.embeddedOverlays };
  const groupOfShutter = shutterGroup(instance);
  const overlays = overlayGroups(instance).flatMap((group) => {
    const plane = group === groupOfShutter ? undefined : overlayPlane(instance, group, frame);
    return (plane && bitmapOf(plane, overlayColor)) ?? [];
  });
  const shutter = describeShutter(instance, image.frameNumber - 1);
  const grey = shutter?.grey ?? 0;
  const shutterBitmaps = (shutter?.shapes ?? []).flatMap((shape) => {
    const plane = shape.kind === 'bitmap' ? overlayPlane(instance, shape.group, frame) : undefined;
    return (plane && bitmapOf({ ...plane, isRegion: false }, [grey, grey, grey])) ?? [];
  });
  return { overlays, shutter, shutterBitmaps };
}

function tracePath(context: CanvasRenderingContext2D, shape: Shutter): void {
  if (shape.kind === 'rectangle') {
    context.rect(shape.left, shape.top, shape.right - shape.left, shape.bottom - shape.top);
  } else if (shape.kind === 'circle') {
    context.moveTo(shape.x + shape.radius, shape.y);
    context.arc(shape.x, shape.y, shape.radius, 0, 2 * Math.PI);
  } else if (shape.kind === 'polygon') {
    shape.points.forEach(([x, y], index) => {
      if (index === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
    context.closePath();
  }
}

/** Paints bitmaps and shutters over a picture that was drawn into `context` by the same transform. */
export function paintPlanes(
  context: CanvasRenderingContext2D,
  transform: PlaneTransform,
  image: { readonly rows: number; readonly columns: number },
  planes: {
    readonly bitmaps: readonly Bitmap[];
    readonly shutter: DisplayShutter | undefined;
  },
): void {
  const { a, b, c, d, e, f } = transform;
  context.save();
  context.setTransform(a, b, c, d, e, f);
  context.beginPath();
  context.rect(-0.5, -0.5, image.columns, image.rows);
  context.clip();
  // Magnified, a pixel of a plane is as sharp as it is; made smaller, thin lines would vanish without smoothing.
  context.imageSmoothingEnabled = Math.hypot(a, b) < 1;
  for (const { canvas, left, top } of planes.bitmaps) context.drawImage(canvas, left - 0.5, top - 0.5);
  const { shapes = [], grey = 0 } = planes.shutter ?? {};
  context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
  for (const shape of shapes) {
    if (shape.kind === 'bitmap') continue;
    context.beginPath();
    context.rect(-1, -1, image.columns + 1, image.rows + 1);
    tracePath(context, shape);
    context.fill('evenodd');
  }
  context.restore();
}
