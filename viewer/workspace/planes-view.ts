import type { ScreenAxes } from '../viewport/orientation.ts';
import type { Vector3 } from '../viewport/vectors.ts';
import type { Window } from '../viewport/window.ts';
import type { PlaneName } from './tile-content.ts';

/** How the planes of one volume are seen, as an address tells it. */
export interface PlanesView {
  /** All planes go through it. LPS, mm. */
  readonly point: Vector3;
  /** Chosen by the reader; undefined follows the header. */
  readonly window: Window | undefined;
  readonly isInverted: boolean;
  /** Left out: at right angles to the patient. */
  readonly axes?: Readonly<Record<Exclude<PlaneName, 'acquired'>, ScreenAxes>> | undefined;
  /** Thickness in mm, 0 for none; left out: none of them. */
  readonly slabs?:
    | Readonly<
        Record<PlaneName, { readonly mode: 'maximum' | 'minimum' | 'mean'; readonly thickness: number }>
      >
    | undefined;
}

const latest = new Map<string, PlanesView>();

/** Keeps how the planes of a display set are seen now. */
export function keepPlanes(displaySetId: string, view: PlanesView): void {
  latest.set(displaySetId, view);
}

export const planesOf = (displaySetId: string): PlanesView | undefined => latest.get(displaySetId);

const seeds = new Map<string, PlanesView>();

/** How the planes of a display set are to be seen when they are shown next. */
export function seedPlanes(displaySetId: string, seed: PlanesView): void {
  seeds.set(displaySetId, seed);
}

/** The seed of a display set, once. */
export function takeSeed(displaySetId: string): PlanesView | undefined {
  const seed = seeds.get(displaySetId);
  seeds.delete(displaySetId);
  return seed;
}

/** For other studies, or another patient. */
export function forgetPlanes(): void {
  latest.clear();
  seeds.clear();
}

const written = (values: readonly number[], digits: number): string =>
  values.map((value) => String(Number(value.toFixed(digits)))).join(',');

const turnable = ['axial', 'coronal', 'sagittal'] as const;
const all = [...turnable, 'acquired'] as const;
const modes: readonly string[] = ['maximum', 'minimum', 'mean'];

/** Point (0.001 mm), directions and slabs as three parts of an address. The acquired plane is never turned. */
export function writePlanes({ point, axes, slabs }: PlanesView): string[] {
  const directions = axes ? turnable.flatMap((name) => [...axes[name].right, ...axes[name].down]) : [];
  const thick = slabs ? all.flatMap((name) => [slabs[name].mode, String(slabs[name].thickness)]) : [];
  return [written(point, 3), written(directions, 7), thick.join(',')];
}

function readNumbers(part: string, count: number): number[] | undefined {
  const values = part.split(',').map(Number);
  return part !== '' && values.length === count && values.every(Number.isFinite) ? values : undefined;
}

const vectorAt = (values: readonly number[], at: number): Vector3 => [
  values[at] ?? 0,
  values[at + 1] ?? 0,
  values[at + 2] ?? 0,
];

/** Directions are of length 1 and at a right angle, but for rounding. */
function readAxes(part: string) {
  const values = readNumbers(part, 18);
  if (!values) return undefined;
  const [axial, coronal, sagittal] = [0, 6, 12].map((at) => ({
    right: vectorAt(values, at),
    down: vectorAt(values, at + 3),
  }));
  if (!axial || !coronal || !sagittal) return undefined;
  const isRight = [axial, coronal, sagittal].every(({ right, down }) => {
    const along = right[0] * down[0] + right[1] * down[1] + right[2] * down[2];
    return [Math.hypot(...right) - 1, Math.hypot(...down) - 1, along].every((off) => Math.abs(off) < 1e-4);
  });
  return isRight ? { axial, coronal, sagittal } : undefined;
}

function readSlabs(part: string): PlanesView['slabs'] {
  const parts = part.split(',');
  const found = all.map((_, at) => ({ mode: parts[2 * at] ?? '', thickness: Number(parts[2 * at + 1]) }));
  const isRight = found.every(
    ({ mode, thickness }) => modes.includes(mode) && thickness >= 0 && thickness <= 500,
  );
  if (!isRight || parts.length !== 2 * all.length) return undefined;
  return Object.fromEntries(all.map((name, at) => [name, found[at]])) as PlanesView['slabs'];
}

/** What {@link writePlanes} wrote; undefined without a point. */
export function readPlanes(point = '', directions = '', slabs = '') {
  const place = readNumbers(point, 3);
  return place && { point: vectorAt(place, 0), axes: readAxes(directions), slabs: readSlabs(slabs) };
}
