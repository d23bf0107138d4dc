import type { ScreenAxes } from '../viewport/orientation.ts';
import type { Vector3 } from '../viewport/vectors.ts';
import type { Window } from '../viewport/window.ts';
import type { PlanesView } from '../workspace/planes-view.ts';
import type { PlaneName } from '../workspace/tile-content.ts';
import { areSameAxes, intoScreen, namedPlanes, type PlaneAxes, turnedAxes } from './plane.ts';
import type { SlabMode } from './reslice.ts';
import { insideVolume, type VolumeGrid } from './volume.ts';

/** Thickness in mm; 0 is no slab. */
export interface SlabSetting {
  readonly mode: SlabMode;
  readonly thickness: number;
}

/** How the planes of one volume are seen, in all viewports together: all of them go through one point. */
export interface MprState {
  /** LPS, mm; within the volume. */
  readonly point: Vector3;
  readonly axes: PlaneAxes;
  readonly slabs: Readonly<Record<PlaneName, SlabSetting>>;
  /** Chosen by the reader; undefined follows the header. */
  readonly window: Window | undefined;
  readonly isInverted: boolean;
}

const noSlab: SlabSetting = { mode: 'maximum', thickness: 0 };

/** The turned planes of a seed; what rounding did to their right angles is put right. */
function seededAxes(seed: PlanesView | undefined): Partial<PlaneAxes> {
  if (!seed?.axes) return {};
  const { axial, coronal, sagittal } = seed.axes;
  const exact = (axes: ScreenAxes) => turnedAxes(axes, intoScreen(axes), 0);
  return { axial: exact(axial), coronal: exact(coronal), sagittal: exact(sagittal) };
}

export function initialMpr(grid: VolumeGrid, seed: PlanesView | undefined): MprState {
  return {
    point: insideVolume(grid, seed?.point ?? grid.center),
    axes: { ...namedPlanes(grid), ...seededAxes(seed) },
    slabs: seed?.slabs ?? { axial: noSlab, coronal: noSlab, sagittal: noSlab, acquired: noSlab },
    window: seed?.window,
    isInverted: seed?.isInverted ?? false,
  };
}

/** Planes that a reader turns; that of the slices stays as it was acquired. */
export const turnable: readonly Exclude<PlaneName, 'acquired'>[] = ['axial', 'coronal', 'sagittal'];

/**
 * Turns what is seen as lines in `seenIn` about its normal: the plane that was taken hold of, and, unless `isAlone`, the third
 * one with it, so that their angle stays. `angle` in radians, clockwise on the screen of `seenIn`.
 */
export function turnPlanes(
  axes: PlaneAxes,
  seenIn: PlaneName,
  held: PlaneName,
  angle: number,
  isAlone: boolean,
): PlaneAxes {
  // Into the screen: a right turn about it is clockwise as seen by the reader.
  const axis = intoScreen(axes[seenIn]);
  const turning = turnable.filter((name) => name !== seenIn && (name === held || !isAlone));
  return {
    ...axes,
    ...Object.fromEntries(turning.map((name) => [name, turnedAxes(axes[name], axis, angle)])),
  };
}

/** Whether a plane is no longer as its name says. */
export function isTurned(grid: VolumeGrid, axes: PlaneAxes, name: PlaneName): boolean {
  return !areSameAxes(axes[name], namedPlanes(grid)[name]);
}

export const largestSlab = 500;

/** A thickness that can be drawn: 0 to {@link largestSlab} mm. */
export function slabOf(mode: SlabMode, thickness: number): SlabSetting {
  const inside = Number.isFinite(thickness) ? Math.max(0, Math.min(largestSlab, thickness)) : 0;
  return { mode, thickness: inside };
}
