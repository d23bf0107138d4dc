import type { ImageDescription } from '../viewport/image-description.ts';
import type { Surface } from '../viewport/surface.ts';
import { fromPatient, fromScreen, type PlaneLayout, toPatient, toScreen } from './plane-view.ts';
import { type Slab, sampleAt } from './reslice.ts';
import type { FilledSlices, VolumeGrid } from './volume.ts';

const rounded = (numbers: readonly number[]) => numbers.map((part) => part.toFixed(4)).join(' ');

/**
 * A plane through a volume as it lies on the screen now. Values are trilinear between voxels; in a slab they are what the slab
 * shows. Its key tells planes apart by 0.1 µm, and slabs of different thickness or mode, for other values are in them.
 */
export function planeSurface(
  image: ImageDescription,
  layout: PlaneLayout,
  volume: { readonly grid: VolumeGrid; readonly filled: FilledSlices },
  slab: Slab | undefined,
): Surface {
  const { axes, origin } = layout;
  const measured = image.measuredOnPlanes;
  const slabKey = slab && slab.offsets.length > 1 ? ` ${slab.mode} ${slab.offsets.length}` : '';
  return {
    key: `plane ${image.seriesInstanceUID} ${rounded([...origin, ...axes.right, ...axes.down])}${slabKey}`,
    kind: 'plane',
    image,
    frameOfReferenceUID: image.frameOfReferenceUID,
    xDirection: axes.right,
    yDirection: axes.down,
    toScreen: (point) => toScreen(layout, point),
    fromScreen: (point) => fromScreen(layout, point),
    toPatient: (point) => toPatient(layout, point),
    fromPatient: (place) => fromPatient(layout, place),
    valueAt: (point) => {
      const shown = sampleAt(volume.grid, volume.filled, toPatient(layout, point), slab);
      return shown === undefined ? undefined : shown * measured.slope + measured.intercept;
    },
    samplesPerValue: Math.max(1, slab?.offsets.length ?? 1),
    valueUnit: measured.unit,
  };
}
