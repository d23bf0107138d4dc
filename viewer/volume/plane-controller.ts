import type { Vector3 } from '../viewport/vectors.ts';
import type { ViewportController } from '../viewport/viewport-controller.ts';
import type { PlaneName } from '../workspace/tile-content.ts';
import type { MprState, SlabSetting } from './mpr-state.ts';
import type { PlanePositions } from './plane.ts';
import type { VolumeGrid } from './volume.ts';

/** A plane through a volume as a viewport shows it; a new object whenever anything of it changes. */
export interface PlaneView {
  readonly name: PlaneName;
  readonly displaySetId: string;
  /** Turned away from what its name says. */
  readonly isOblique: boolean;
  readonly grid: VolumeGrid;
  readonly mpr: MprState;
  readonly positions: PlanePositions;
  /** Where among the positions the plane is, from 0. */
  readonly position: number;
  readonly slab: SlabSetting;
  /** Slices in memory, of `sliceCount`, and how many could not be loaded. */
  readonly loadedCount: number;
  readonly sliceCount: number;
  readonly failedCount: number;
}

/** What a viewport with a plane can do beside what all can. */
export interface PlaneController extends ViewportController {
  readonly getPlane: () => PlaneView | undefined;
  setSlab(slab: SlabSetting, plane?: PlaneName): void;
  /** See {@link turnPlanes}; `angle` in radians, clockwise on the screen. */
  turn(held: PlaneName, angle: number, isAlone: boolean): void;
  resetPlanes(): void;
  /** Takes all planes of the volume through a place in the patient (LPS, mm), or the nearest to it that is in the volume. */
  goToPlace(place: Vector3): void;
}

export function isPlaneController(controller: ViewportController | undefined): controller is PlaneController {
  return controller !== undefined && 'getPlane' in controller;
}
