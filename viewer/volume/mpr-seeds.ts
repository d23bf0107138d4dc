import type { MprSeed } from './mpr-state.ts';

const seeds = new Map<string, MprSeed>();

/** How the planes of a display set are to be seen when they are shown next. */
export function seedMpr(displaySetId: string, seed: MprSeed): void {
  seeds.set(displaySetId, seed);
}

/** The seed of a display set, once. */
export function takeSeed(displaySetId: string): MprSeed | undefined {
  const seed = seeds.get(displaySetId);
  seeds.delete(displaySetId);
  return seed;
}
