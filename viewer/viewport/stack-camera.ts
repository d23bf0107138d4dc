import type { StackViewport } from '@cornerstonejs/core';
import type { ImageDescription } from './image-description.ts';
import { cross, type Vector3 } from './vectors.ts';

/** Where the right and the lower edge of the screen point, in patient coordinates. */
export function screenAxes(viewport: StackViewport): { readonly right: Vector3; readonly down: Vector3 } {
  const camera = viewport.getCamera();
  const up = (camera.viewUp ?? [0, -1, 0]) as Vector3;
  const normal = (camera.viewPlaneNormal ?? [0, 0, -1]) as Vector3;
  return { right: cross(up, normal), down: [-up[0], -up[1], -up[2]] };
}

/** CSS pixels for one column of an image, now. */
export function zoomOf(viewport: StackViewport, { columnSpacing }: ImageDescription): number {
  const { parallelScale = 1 } = viewport.getCamera();
  return (viewport.element.clientHeight / (2 * parallelScale)) * columnSpacing;
}

export function zoomBy(viewport: StackViewport, factor: number): void {
  viewport.setZoom(Math.max(0.05, Math.min(64, viewport.getZoom() * factor)));
  viewport.render();
}

/** Moves the picture by CSS pixels. */
export function panBy(viewport: StackViewport, x: number, y: number): void {
  const [fromX, fromY] = viewport.getPan();
  viewport.setPan([fromX + x, fromY + y]);
  viewport.render();
}

/** Whether the picture is seen whole and centred, as `fitWhole` makes it. */
export function isWhole(viewport: StackViewport): boolean {
  const [x, y] = viewport.getPan();
  return Math.abs(viewport.getZoom() - 1) < 1e-3 && Math.hypot(x, y) < 0.5;
}

/** Whole picture, centred; turns stay. */
export function fitWhole(viewport: StackViewport): void {
  const { flipHorizontal = false, flipVertical = false, viewUp } = viewport.getCamera();
  viewport.resetCamera({ resetPan: true, resetZoom: true });
  viewport.setCamera({ flipHorizontal, flipVertical, ...(viewUp ? { viewUp } : {}) });
  viewport.render();
}

/** Turns the picture by a quarter, as seen on the screen. */
export function rotate(viewport: StackViewport, direction: 'right' | 'left'): void {
  const { right } = screenAxes(viewport);
  // Turned clockwise, what was at the left comes to the top.
  const viewUp: Vector3 = direction === 'right' ? [-right[0], -right[1], -right[2]] : right;
  viewport.setCamera({ viewUp: [...viewUp] });
  viewport.render();
}

/** Mirrors the picture, as seen on the screen. */
export function flip(viewport: StackViewport, axis: 'horizontal' | 'vertical'): void {
  const { flipHorizontal = false, flipVertical = false } = viewport.getCamera();
  viewport.setCamera(
    axis === 'horizontal' ? { flipHorizontal: !flipHorizontal } : { flipVertical: !flipVertical },
  );
  viewport.render();
}
