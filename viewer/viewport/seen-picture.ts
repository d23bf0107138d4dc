import type { StackViewport } from '@cornerstonejs/core';
import { texts } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import type { ImageDescription } from './image-description.ts';
import { imageSurface } from './image-surface.ts';
import { type OrientationMarkers, orientationMarkers } from './orientation.ts';
import { screenAxes, zoomOf } from './stack-camera.ts';
import type { Surface } from './surface.ts';

/** Where and how an image lies on the screen: what `ViewportState` tells of it. */
interface SeenPicture {
  readonly zoom: number;
  readonly surface: Surface;
  readonly markers: OrientationMarkers | undefined;
}

/** An image as the viewport shows it now. `pixels` are the values in memory, in rows; undefined where they are not to be told. */
export function seenPicture(
  viewport: StackViewport,
  image: ImageDescription,
  pixels: ArrayLike<number> | undefined,
): SeenPicture {
  const { rowDirection } = image;
  const patientOrientation = texts(image.instance, tags.PatientOrientation);
  return {
    zoom: zoomOf(viewport, image),
    surface: imageSurface(image, viewport, pixels),
    markers: orientationMarkers({ rowDirection, patientOrientation }, screenAxes(viewport)),
  };
}
