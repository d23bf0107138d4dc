/** How images are shown in all viewports; a reader switches each on and off. */
export interface ViewOptions {
  /** Overlays of groups 6000 to 601E. */
  readonly showsOverlays: boolean;
  readonly showsShutters: boolean;
  /** PET and NM: windows of the header begin at 0 (IHE BIR 5.4); else they are shown by centre and width as they stand. */
  readonly clampsToZero: boolean;
  /** PET begins inverted: activity is dark on white, as many read it. */
  readonly invertsPet: boolean;
}

export const defaultViewOptions: ViewOptions = {
  showsOverlays: true,
  showsShutters: true,
  clampsToZero: true,
  invertsPet: false,
};

let options = defaultViewOptions;
const listeners = new Set<() => void>();

export const viewOptions = (): ViewOptions => options;

export function setViewOptions(change: Partial<ViewOptions>): void {
  const names = Object.keys(change) as (keyof ViewOptions)[];
  if (names.every((name) => change[name] === options[name])) return;
  options = { ...options, ...change };
  for (const listener of listeners) listener();
}

/** Whether images of a modality begin inverted. */
export const startsInverted = (modality: string | undefined): boolean =>
  options.invertsPet && modality === 'PT';

/** Tells of every change; returns how to stop that. */
export function onViewOptions(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
