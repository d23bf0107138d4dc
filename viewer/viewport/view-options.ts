/** How images are shown in all viewports; a reader switches each on and off. */
export interface ViewOptions {
  /** Overlays of groups 6000 to 601E. */
  readonly showsOverlays: boolean;
  readonly showsShutters: boolean;
  /** PET and NM: windows of the header begin at 0 (IHE BIR 5.4); else they are shown by centre and width as they stand. */
  readonly clampsToZero: boolean;
}

let options: ViewOptions = { showsOverlays: true, showsShutters: true, clampsToZero: true };
const listeners = new Set<() => void>();

export const viewOptions = (): ViewOptions => options;

export function setViewOptions(change: Partial<ViewOptions>): void {
  options = { ...options, ...change };
  for (const listener of listeners) listener();
}

/** Tells of every change; returns how to stop that. */
export function onViewOptions(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
