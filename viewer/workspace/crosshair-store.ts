import { create } from 'zustand';
import type { Vector3 } from '../viewport/vectors.ts';
import { useWorkspace } from './workspace-store.ts';

/** A place in the patient that viewports can be taken to: LPS, mm, in one Frame of Reference (PS3.3 C.7.4.1). */
export interface Crosshair {
  readonly place: Vector3;
  readonly frameOfReferenceUID: string;
  /** The tile it was pointed at in. */
  readonly tile: number;
}

/** The place the crosshair is at; undefined when it was never set, or was taken away. */
export const useCrosshair = create<{ readonly crosshair: Crosshair | undefined }>(() => ({
  crosshair: undefined,
}));

/**
 * Puts the crosshair at a place, and has every other viewport go there, stack or plane. A viewport of another Frame of
 * Reference stays where it is.
 */
export function pointCrosshair(crosshair: Crosshair): void {
  useCrosshair.setState({ crosshair });
  for (const [tile, controller] of Object.entries(useWorkspace.getState().controllers)) {
    if (Number(tile) === crosshair.tile && controller.getState().surface?.kind === 'image') continue;
    controller.goToPatient(crosshair.place, crosshair.frameOfReferenceUID);
  }
}

export function clearCrosshair(): void {
  useCrosshair.setState({ crosshair: undefined });
}
