import type { ImageStack } from '../viewport/stacks.ts';
import { dot, type Vector3 } from '../viewport/vectors.ts';
import type { ViewportController, ViewportState } from '../viewport/viewport-controller.ts';
import { distanceTo, middleOf, normalOf } from './geometry.ts';

/** Where along its normal an image lies, mm; undefined without a place. */
function heightOf(stack: ImageStack, index: number): number | undefined {
  const image = stack.images[index];
  const normal = image && normalOf(image);
  return normal && image?.position ? dot(normal, image.position) : undefined;
}

/** Whether the place along the normal grows with the index: stacks of two scanners may run against each other. */
export function isRising(stack: ImageStack): boolean | undefined {
  const [first, last] = [heightOf(stack, 0), heightOf(stack, stack.images.length - 1)];
  return first === undefined || last === undefined || first === last ? undefined : last > first;
}

/**
 * The image of one stack that lies as far from its anchor as the other is from its own: in mm along the scroll where both
 * have places, else in images. Indices from 0; the answer may lie outside of the stack by design of `goTo`, which ends there.
 */
export function indexByOffset(
  driver: { readonly stack: ImageStack; readonly anchor: number; readonly index: number },
  follower: { readonly stack: ImageStack; readonly anchor: number },
): number {
  const moved = driver.index - driver.anchor;
  const [from, to] = [heightOf(driver.stack, driver.anchor), heightOf(driver.stack, driver.index)];
  const start = heightOf(follower.stack, follower.anchor);
  const areRising = [isRising(driver.stack), isRising(follower.stack)];
  if (from === undefined || to === undefined || start === undefined || areRising.includes(undefined)) {
    return follower.anchor + moved;
  }
  const travelled = (to - from) * (areRising[0] === areRising[1] ? 1 : -1);
  let nearest = follower.anchor;
  let smallest = Number.POSITIVE_INFINITY;
  for (const index of follower.stack.images.keys()) {
    const height = heightOf(follower.stack, index);
    if (height === undefined) continue;
    const miss = Math.abs(height - start - travelled);
    if (miss < smallest) {
      smallest = miss;
      nearest = index;
    }
  }
  return nearest;
}

/** The middle of what a viewport is going to show, and its Frame of Reference. */
export function placeOf(
  state: ViewportState,
): { readonly place: Vector3; readonly frameOfReferenceUID: string } | undefined {
  const { surface, stack, index } = state;
  if (surface?.kind === 'plane') {
    const place = surface.toPatient({ x: 0, y: 0 });
    return place && surface.frameOfReferenceUID
      ? { place, frameOfReferenceUID: surface.frameOfReferenceUID }
      : undefined;
  }
  const image = stack?.images[index];
  const place = image && middleOf(image);
  return place && image?.frameOfReferenceUID
    ? { place, frameOfReferenceUID: image.frameOfReferenceUID }
    : undefined;
}

/** How far the image of a follower is from a place, along its normal, mm. */
export function distanceFrom(state: ViewportState, place: Vector3): number | undefined {
  const image = state.stack?.images[state.index];
  const normal = image && normalOf(image);
  return normal && image?.position
    ? Math.abs(distanceTo({ place: image.position, normal }, place))
    : undefined;
}

/** CSS pixels for one mm along the rows; undefined where nothing is drawn or the image is not calibrated. */
function pixelsPerMm({ surface, zoom }: ViewportState): number | undefined {
  if (!surface) return undefined;
  if (surface.kind === 'plane') {
    const [a, b] = [surface.toScreen({ x: 0, y: 0 }), surface.toScreen({ x: 10, y: 0 })];
    return Math.hypot(b.left - a.left, b.top - a.top) / 10;
  }
  return surface.image.isCalibrated ? zoom / surface.image.columnSpacing : undefined;
}

/** Zooms a viewport as another one is: the same mm on the screen, or where one has none, the same pixels. */
function followZoom(driver: ViewportState, follower: ViewportController): void {
  const own = follower.getState();
  const [wanted, now] = [pixelsPerMm(driver), pixelsPerMm(own)];
  const zoom = wanted !== undefined && now !== undefined ? (own.zoom * wanted) / now : driver.zoom;
  if (Math.abs(zoom / own.zoom - 1) > 1e-3) follower.setZoom(zoom);
}

/**
 * Has a viewport show the same part of the patient in its middle, by place in one Frame of Reference; else the same part of the
 * picture: as far from the middle of the image, in mm or as a share of its width.
 */
function followPan(driver: ViewportController, follower: ViewportController, isSamePlace: boolean): void {
  const [from, to] = [driver.getState().surface, follower.getState().surface];
  if (!from || !to) return;
  const { clientWidth, clientHeight } = driver.element;
  const center = from.fromScreen({ left: clientWidth / 2, top: clientHeight / 2 });
  if (isSamePlace) {
    const place = from.toPatient(center);
    const point = place && to.fromPatient(place);
    if (point) follower.centerOn(point);
    return;
  }
  if (from.kind === 'plane' || to.kind === 'plane') return;
  const [a, b] = [from.image, to.image];
  const isInMm = a.isCalibrated && b.isCalibrated;
  const x = center.x - (a.columns - 1) / 2;
  const y = center.y - (a.rows - 1) / 2;
  follower.centerOn({
    x: (b.columns - 1) / 2 + (isInMm ? (x * a.columnSpacing) / b.columnSpacing : (x / a.columns) * b.columns),
    y: (b.rows - 1) / 2 + (isInMm ? (y * a.rowSpacing) / b.rowSpacing : (y / a.rows) * b.rows),
  });
}

export function followView(
  driver: ViewportController,
  follower: ViewportController,
  isSamePlace: boolean,
): void {
  followZoom(driver.getState(), follower);
  followPan(driver, follower, isSamePlace);
}

/** Whether a window says the same in two viewports: values of one modality in one unit. */
export function mayShareWindow(a: ViewportState, b: ViewportState): boolean {
  if (!a.window || !b.window || !a.image || !b.image) return false;
  return a.image.modality === b.image.modality && a.image.valueUnit === b.image.valueUnit;
}

export function followWindow(driver: ViewportState, follower: ViewportController): void {
  const own = follower.getState();
  const { window } = driver;
  if (!window || !mayShareWindow(driver, own)) return;
  const isSame = own.window?.center === window.center && own.window?.width === window.width;
  if (!isSame) follower.setWindow(window);
}
