import { growLungVessels, type VesselField } from './lung-vessels.ts';
import { createNoiseField, type NoiseField } from './random.ts';
import { cutShapes, nothing, ramp } from './shapes.ts';
import { abdominalOrgans, chestOrgans, lungNodule } from './torso-organs.ts';
import { girdle, ribAt, spine, spineY } from './torso-skeleton.ts';

/** A body from the loins to the neck, lying on its back with the arms up. Millimetres in patient coordinates. */
export interface Torso {
  /** Hounsfield units over the plane at height `z`, without noise. */
  slice(z: number): (x: number, y: number) => number;
}

const air = -1000;
const fat = -102;
const muscle = 55;

interface Textures {
  readonly fine: NoiseField;
  readonly coarse: NoiseField;
  readonly vessels: VesselField;
}

export function createTorso(seed: number): Torso {
  const fine = createNoiseField(seed + 1, 3);
  const coarse = createNoiseField(seed + 2, 11);
  const textures = { fine, coarse, vessels: growLungVessels(seed, mayHoldVessels) };
  const bones = [spine(seed), ...girdle(seed)];
  const chest = chestOrgans();
  const abdomen = abdominalOrgans(seed);
  return {
    slice(z) {
      const boneAt = cutShapes(bones, z);
      const chestAt = cutShapes(chest, z);
      const abdomenAt = cutShapes(abdomen, z);
      const noduleAt = cutShapes([lungNodule], z);
      const body = bodyOutline(z);
      const cavity = cavityOutline(z);
      return (x, y) => {
        const depth = body(x, y);
        if (depth < 0) return air;
        const hard = boneAt(x, y);
        if (hard !== nothing) return hard;
        const inside = cavity(x, y);
        if (inside < 0) return wall(x, y, z, depth, -inside, textures);
        const isChest = z > diaphragmZ(x, y);
        const organ = isChest ? chestAt(x, y) : abdomenAt(x, y);
        if (organ !== nothing) return organ;
        if (!isChest) return belly(x, y, z, chestAt, textures);
        if (isMediastinum(x, y, z)) return -85 + 25 * textures.coarse(x, y, z);
        const nodule = noduleAt(x, y);
        return nodule === nothing ? lung(x, y, z, textures) : nodule;
      };
    },
  };
}

/**
 * A rounded rectangle with the half-axes `a` and `b` about (0, `cy`): how deep a point lies below its outline, in mm,
 * along the line from the centre; negative outside.
 */
function outline(a: number, b: number, cy: number): (x: number, y: number) => number {
  return (x, y) => {
    const v = y - cy;
    const u2 = (x / a) ** 2;
    const v2 = (v / b) ** 2;
    const reach = Math.sqrt(Math.max(1e-6, u2 + v2 - 0.36 * Math.min(1, u2) * Math.min(1, v2)));
    return Math.sqrt(x * x + v * v) * (1 / reach - 1);
  };
}

function bodyOutline(z: number): (x: number, y: number) => number {
  const neck = ramp(168, 226, z);
  const waist = ramp(20, -130, z);
  const a = 172 - 8 * waist - 118 * neck;
  const b = 113 + 3 * waist - 50 * neck;
  return outline(a, b, 2 + 10 * neck);
}

/** The inner face of the chest wall and of the abdominal wall. */
function cavityOutline(z: number): (x: number, y: number) => number {
  const apex = Math.max(0, Math.min(1, (z + 20) / 200));
  const dome = Math.sqrt(Math.max(0.02, 1 - apex ** 3.2));
  const waist = ramp(-20, -150, z);
  return outline(
    (138 - 12 * waist) * dome,
    (91 - 8 * waist) * (0.35 + 0.65 * dome),
    2 - 4 * waist + 12 * (1 - dome),
  );
}

/** Height of the diaphragm: two domes, the right one higher, for the liver lies under it. */
function diaphragmZ(x: number, y: number): number {
  const back = ((y + 5) / 92) ** 2;
  const right = 24 - 34 * ((x + 68) / 72) ** 2 - 44 * back;
  const left = 12 - 34 * ((x - 72) / 72) ** 2 - 42 * back;
  return Math.max(right, left, -70);
}

function isMediastinum(x: number, y: number, z: number): boolean {
  const inFront = ramp(-40, -72, y);
  const behind = ramp(25, 50, y);
  const halfWidth = 29 - 21 * inFront - 6 * behind + 8 * ramp(120, 175, z);
  if (Math.abs(x - 3) < halfWidth) return true;
  // The soft tissue that lines the spine.
  return (x / 27) ** 2 + ((y - spineY(z)) / 22) ** 2 < 1;
}

function mayHoldVessels(x: number, y: number, z: number): boolean {
  return z > diaphragmZ(x, y) + 4 && !isMediastinum(x, y, z) && cavityOutline(z)(x, y) > 6;
}

function lung(x: number, y: number, z: number, { fine, vessels }: Textures): number {
  // The oblique fissure of each lung, and the gravity that thickens what lies low.
  const fissure = Math.abs(0.72 * (z - 60) + 0.7 * (y - 5) + 4 * Math.sin(x * 0.05)) < 0.7 ? 110 : 0;
  const air = -868 + 24 * fine(x, y, z) + 0.28 * y + fissure;
  const share = vessels(x, y, z);
  return share > 0.02 ? air + (45 - air) * share : air;
}

/** Skin, fat, muscle and ribs. `depth` and `outward` in mm: below the skin, and from the inner face of the wall. */
function wall(
  x: number,
  y: number,
  z: number,
  depth: number,
  outward: number,
  { fine, coarse }: Textures,
): number {
  if (depth < 2) return 25;
  const rib = ribAt(x, y, z, outward);
  if (rib !== nothing) return rib;
  const fatThickness = 11 + 8 * ramp(0, -140, z) + 4 * ramp(0, 100, Math.abs(x)) + 3 * coarse(x, y, z);
  if (depth < fatThickness) return fat + 8 * fine(x, y, z);
  if (outward < 1.5) return 40;
  const planes = Math.abs(coarse(x * 0.8, y * 1.6, z * 0.5));
  // Between the layers of muscle lies fat, most of it far from the ribs.
  if (planes < 0.02 + 0.02 * ramp(10, 40, outward)) return fat + 30;
  if (z < 0 && y < 0 && Math.abs(x) < 3) return fat + 60;
  return muscle + 8 * fine(x, y, z);
}

/** What fills the belly between the organs. */
function belly(
  x: number,
  y: number,
  z: number,
  chestAt: (x: number, y: number) => number,
  { fine, coarse }: Textures,
): number {
  // The aorta and the oesophagus pass the diaphragm.
  const passing = chestAt(x, y);
  if (passing > 0 && y > 10) return passing;
  const muscleOfDiaphragm = diaphragmZ(x, y) - z < 3.5;
  if (muscleOfDiaphragm) return muscle;
  return fat + 6 * fine(x, y, z) + (Math.abs(coarse(x, y, z)) < 0.03 ? 45 : 0);
}
