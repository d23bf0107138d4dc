import { createNoiseField } from './random.ts';
import {
  bothSides,
  capsule,
  cutShapes,
  ellipsoid,
  nothing,
  ramp,
  type Shape,
  type Tissue,
  tube,
} from './shapes.ts';

/** What a point of the head consists of. Numbers, so that a table of signals can be looked up. */
export const headTissue = {
  air: 0,
  bone: 1,
  marrow: 2,
  fat: 3,
  muscle: 4,
  csf: 5,
  grayMatter: 6,
  whiteMatter: 7,
  vitreous: 8,
  lesion: 9,
  edema: 10,
  deepGray: 11,
} as const;

/** A head; the tissue over the plane at height `z`, in mm of patient coordinates, the middle of the brain at 0. */
export interface Head {
  slice(z: number): (x: number, y: number) => number;
}

const t = headTissue;
/** Half-axes of the brain. */
const brain = [66, 84, 72] as const;

export function createHead(seed: number): Head {
  const folds = createNoiseField(seed + 31, 10);
  const fineFolds = createNoiseField(seed + 32, 6);
  const wobble = createNoiseField(seed + 33, 24);
  const deep = deepStructures();
  const below = underTheBrain();
  const face = faceStructures();
  return {
    slice(z) {
      const deepAt = cutShapes(deep, z);
      const belowAt = cutShapes(below, z);
      const faceAt = cutShapes(face, z);
      return (x, y) => {
        const bend = wobble(x, y, z);
        const depth = brainDepth(x, y, z, bend);
        if (depth > 0) {
          const structure = deepAt(x, y);
          if (structure !== nothing) return structure;
          return cerebrum(x, y, z, depth, folds(x, y, z) + 0.45 * fineFolds(x, y, z), bend);
        }
        const structure = belowAt(x, y);
        if (structure !== nothing) return structure;
        if (z < -12) {
          const feature = faceAt(x, y);
          if (feature !== nothing) return feature;
        }
        return shell(x, y, z, -depth, bend);
      };
    },
  };
}

/** mm below the surface of the brain, negative outside. The base is flat: nothing of the cerebrum lies below -38. */
function brainDepth(x: number, y: number, z: number, wobble: number): number {
  // Narrower in front than behind.
  const width = brain[0] * (1 + 0.0012 * y);
  const r = Math.sqrt((x / width) ** 2 + (y / brain[1]) ** 2 + (z / brain[2]) ** 2) || 1e-6;
  const radial = Math.sqrt(x * x + y * y + z * z) * (1 / r - 1);
  const floor = -36 + 24 * ramp(-25, -60, y) + 8 * ramp(0, 50, y) + 6 * ramp(25, 0, Math.abs(x));
  const base = z - floor + 5 * wobble;
  return Math.min(radial, base);
}

/** Cortex that follows folds, white matter inside it, and the fissure between the halves. */
function cerebrum(x: number, y: number, z: number, depth: number, fold: number, wobble: number): number {
  const fissure = Math.abs(x + 1.5 * wobble);
  const isAboveCallosum = z > 22 || y < -42 || y > 48;
  if (isAboveCallosum && fissure < 1.5) return t.csf;
  const sulcus = Math.abs(fold);
  const reach = 20 + 6 * wobble;
  const closing = depth / reach;
  if (depth < 1.6 || (depth < reach && sulcus < 0.075 * (1 - closing))) return t.csf;
  if (depth < 4.6 || (depth < reach + 4 && sulcus < 0.3 - 0.12 * closing)) return t.grayMatter;
  return isAboveCallosum && fissure < 5 ? t.grayMatter : t.whiteMatter;
}

/** Ventricles, basal ganglia, thalamus, and the lesion at the patient's left. */
function deepStructures(): Shape[] {
  return [
    ellipsoid({ center: [30, 14, 30], radii: [6.5, 7.5, 7] }, t.lesion),
    ellipsoid({ center: [31, 15, 30], radii: [12, 14, 11] }, (x, y, z, depth) =>
      depth > 0.15 + 0.12 * Math.sin(0.6 * x + 0.4 * y + 0.3 * z) ? t.edema : nothing,
    ),
    ...bothSides((s) => capsule([s * 8, -30, 12], [s * 11, -4, 22], 5.5, t.csf)),
    ...bothSides((s) => capsule([s * 11, -4, 22], [s * 20, 30, 18], 5.5, t.csf)),
    ...bothSides((s) => capsule([s * 20, 30, 18], [s * 22, 52, 8], 4.5, t.csf)),
    ...bothSides((s) => capsule([s * 22, 32, 12], [s * 32, 4, -16], 3.2, t.csf)),
    ellipsoid({ center: [0, 0, 4], radii: [2.6, 15, 12] }, t.csf),
    ...bothSides((s) => capsule([s * 13, -26, 2], [s * 17, 2, 24], 6, t.deepGray)),
    ...bothSides((s) =>
      ellipsoid({ center: [s * 26, -8, 4], radii: [6, 18, 13], turnDegrees: s * -14 }, t.deepGray),
    ),
    ...bothSides((s) =>
      ellipsoid({ center: [s * 11, 9, 8], radii: [9, 14, 10], turnDegrees: s * -18 }, t.deepGray),
    ),
  ];
}

/** Cerebellum, brain stem and the fluid around them: they fill the hind part of the skull's base. */
function underTheBrain(): Shape[] {
  const leaves: Tissue = (x, y, z, depth) => {
    if (depth < 0.05) return t.csf;
    if (Math.abs(x) < 5) return Math.sin(z * 1.1) > 0.8 ? t.csf : t.grayMatter;
    if (depth > 0.55) return t.whiteMatter;
    return Math.sin(1.25 * z + 0.35 * y + 0.1 * Math.abs(x)) > 0.62 ? t.whiteMatter : t.grayMatter;
  };
  return [
    ellipsoid({ center: [0, 32, -46], radii: [7, 6, 12] }, t.csf),
    ellipsoid({ center: [0, 14, -44], radii: [16, 14, 16] }, t.whiteMatter),
    ...tube(
      [
        [0, 16, -20],
        [0, 16, -60],
        [0, 24, -110],
      ],
      9,
      t.whiteMatter,
    ),
    ellipsoid({ center: [0, 45, -48], radii: [53, 38, 27] }, leaves),
    ...tube(
      [
        [0, 16, -40],
        [0, 24, -110],
      ],
      13,
      t.csf,
    ),
    ellipsoid({ center: [0, 12, -36], radii: [26, 22, 16] }, t.csf),
    // Temporal lobes beside the brain stem.
    ...bothSides((s) =>
      ellipsoid({ center: [s * 42, -18, -38], radii: [20, 32, 18] }, (x, y, z, depth) => {
        if (depth < 0.07) return t.csf;
        return depth < 0.34 || Math.sin(0.5 * x + 0.3 * y + 0.4 * z) > 0.72 ? t.grayMatter : t.whiteMatter;
      }),
    ),
    ellipsoid({ center: [0, 30, -44], radii: [58, 52, 30] }, (_x, _y, _z, depth) =>
      depth < 0.08 ? t.bone : depth < 0.2 ? t.csf : t.marrow,
    ),
  ];
}

/** Eyes with their lenses and muscles, the cavities of the nose and of the cheeks. */
function faceStructures(): Shape[] {
  return [
    ...bothSides((s) => ellipsoid({ center: [s * 31, -82, -32], radii: [4.5, 2.2, 4.5] }, t.muscle)),
    ...bothSides((s) =>
      ellipsoid({ center: [s * 31, -74, -32], radii: [12, 12, 12] }, (_x, _y, _z, d) =>
        d < 0.09 ? t.muscle : t.vitreous,
      ),
    ),
    ...bothSides((s) => capsule([s * 30, -64, -32], [s * 12, -34, -32], 2.2, t.whiteMatter)),
    ...bothSides((s) => capsule([s * 20, -70, -32], [s * 10, -38, -32], 2.4, t.muscle)),
    ...bothSides((s) => capsule([s * 42, -68, -32], [s * 16, -38, -32], 2.4, t.muscle)),
    ...bothSides((s) =>
      ellipsoid({ center: [s * 27, -60, -32], radii: [16, 27, 15], turnDegrees: s * 22 }, t.fat),
    ),
    ...bothSides((s) => ellipsoid({ center: [s * 7, -62, -42], radii: [5, 30, 26] }, t.air)),
    ...bothSides((s) =>
      ellipsoid({ center: [s * 30, -54, -66], radii: [15, 19, 17] }, (_x, _y, _z, d) =>
        d < 0.12 ? t.muscle : t.air,
      ),
    ),
    ellipsoid({ center: [0, -44, -50], radii: [14, 12, 12] }, t.air),
    ...bothSides((s) =>
      ellipsoid({ center: [s * 56, 16, -56], radii: [9, 14, 13] }, (x, y, z, d) =>
        d < 0.15 || Math.sin(x * 1.3 + y * 1.1 + z) < 0.3 ? t.bone : t.air,
      ),
    ),
    ...bothSides((s) =>
      ellipsoid({ center: [s * 58, -34, -44], radii: [9, 26, 32], turnDegrees: s * 8 }, t.muscle),
    ),
    ...bothSides((s) => ellipsoid({ center: [s * 27, 72, -66], radii: [24, 14, 22] }, t.muscle)),
  ];
}

/** Fluid, skull, muscle and scalp about the brain; `outward` in mm from its surface. */
function shell(x: number, y: number, z: number, outward: number, wobble: number): number {
  const u = x / 80;
  const v = (y - 2) / 100;
  const lower = z < 0 ? 0 : z / 88;
  const outside = Math.sqrt(u * u + v * v + lower * lower);
  if (outside > 1) return t.air;
  const depth = (1 - outside) * 84;
  if (depth < 1.2) return t.muscle;
  if (depth < 5.5 + wobble) return t.fat;
  if (depth < 8 || z < -12) {
    if (depth < 13 && z < -12) return depth < 9.5 ? t.bone : depth < 11 ? t.marrow : t.bone;
    if (z < -12) return wobble > 0.5 ? t.fat : t.muscle;
    return t.bone;
  }
  if (depth < 10.3) return t.marrow;
  return outward > 1 && depth < 13 ? t.bone : t.csf;
}
