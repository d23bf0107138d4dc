import { createNoiseField, type NoiseField } from './random.ts';
import { bothSides, capsule, nothing, type Shape, type Tissue } from './shapes.ts';

const vertebraPitchMm = 27;
const ribPitchMm = 25;

/** Hounsfield units of a long bone: hard outside, marrow with trabeculae inside. */
function bone(shellShare: number, trabeculae: NoiseField): Tissue {
  return (x, y, z, depth) => (depth < shellShare ? 780 : 230 + 90 * trabeculae(x, y, z));
}

/** y of the middle of the vertebral bodies, in mm: the loins are hollow. */
export function spineY(z: number): number {
  const t = Math.min(1, Math.max(0, -z / 180));
  return 60 - 10 * t * t;
}

/** Vertebrae with discs, canal, and the processes behind. */
export function spine(seed: number): Shape {
  const trabeculae = createNoiseField(seed + 21, 2.5);
  return (z) => {
    const cy = spineY(z);
    const size = 1 + 0.2 * Math.min(1, Math.max(-0.6, -z / 150));
    const inPitch = z / vertebraPitchMm - Math.floor(z / vertebraPitchMm);
    const isDisc = inPitch < 0.2;
    const nearDisc = inPitch < 0.27 || inPitch > 0.93;
    const [rx, ry] = [20 * size * (nearDisc ? 1.06 : 1), 15.5 * size * (nearDisc ? 1.06 : 1)];
    const canalY = cy + ry + 8;
    const body = (x: number, y: number): number => {
      const s = (x / rx) ** 2 + ((y - cy) / ry) ** 2;
      if (s >= 1) return nothing;
      if (isDisc) return 75 + 25 * s;
      return s > 0.82 || nearDisc ? 560 : 215 + 80 * trabeculae(x, y, z);
    };
    const arch = (x: number, y: number): number => {
      const r = Math.sqrt(x * x + ((y - canalY) * 1.1) ** 2);
      if (r < 9) return r < 5.5 ? 38 : 8;
      if (r < 14) return isDisc ? (r > 11 && Math.abs(x) > 5 ? 520 : 40) : r > 12.6 || r < 10.3 ? 720 : 330;
      if (inPitch > 0.3 && inPitch < 0.8 && Math.abs(x) < 3.4 && y > canalY && y < canalY + 34) return 520;
      const across = Math.abs(x);
      if (inPitch > 0.45 && inPitch < 0.75 && across < 36 && Math.abs(y - canalY - across * 0.25) < 4.2)
        return 480;
      return nothing;
    };
    return {
      x0: -40,
      x1: 40,
      y0: cy - ry,
      y1: canalY + 36,
      at(x, y) {
        const value = body(x, y);
        return value === nothing ? arch(x, y) : value;
      },
    };
  };
}

/** Breastbone, collar bones, shoulder blades. */
export function girdle(seed: number): Shape[] {
  const trabeculae = createNoiseField(seed + 22, 3);
  return [
    sternum(trabeculae),
    ...bothSides((side) =>
      capsule([side * 16, -74, 156], [side * 78, -52, 170], 6.5, bone(0.35, trabeculae)),
    ),
    ...bothSides((side) => capsule([side * 78, -52, 170], [side * 142, -8, 172], 6, bone(0.35, trabeculae))),
    ...bothSides((side) => shoulderBlade(side, trabeculae)),
    ...bothSides((side) => capsule([side * 150, 6, 150], [side * 156, 8, 128], 19, bone(0.12, trabeculae))),
  ];
}

function sternum(trabeculae: NoiseField): Shape {
  return (z) => {
    if (z < -8 || z > 152) return undefined;
    const halfWidth = z > 110 ? 26 : 17;
    const cy = -92 + Math.max(0, z - 40) * 0.13;
    return {
      x0: -halfWidth,
      x1: halfWidth,
      y0: cy - 6,
      y1: cy + 6,
      at(x, y) {
        const s = (x / halfWidth) ** 4 + ((y - cy) / 6) ** 2;
        if (s >= 1) return nothing;
        return s > 0.6 ? 480 : 160 + 70 * trabeculae(x, y, z);
      },
    };
  };
}

/** A thin plate behind the ribs, its spine at the upper end. */
function shoulderBlade(side: 1 | -1, trabeculae: NoiseField): Shape {
  return (z) => {
    if (z < 30 || z > 160) return undefined;
    const widen = Math.min(1, (z - 30) / 90);
    const [ax, ay] = [88 - 18 * widen, 92];
    const [bx, by] = [96 + 40 * widen, 84 - 46 * widen];
    const [dx, dy] = [bx - ax, by - ay];
    const lengthSquared = dx * dx + dy * dy;
    return {
      x0: side > 0 ? ax - 8 : -bx - 8,
      x1: side > 0 ? bx + 8 : -ax + 8,
      y0: by - 8,
      y1: ay + 8,
      at(x, y) {
        const [px, py] = [x * side - ax, y - ay];
        const t = Math.min(1, Math.max(0, (px * dx + py * dy) / lengthSquared));
        const distance = Math.sqrt((px - t * dx) ** 2 + (py - t * dy) ** 2);
        const thick = 2.4 + 4 * t * t;
        if (distance > thick) return nothing;
        return distance > thick - 1.6 ? 680 : 260 + 80 * trabeculae(x, y, z);
      },
    };
  };
}

/**
 * The rib at a point of the chest wall, in Hounsfield units, or `nothing` between ribs. `outward` is the distance in
 * mm from the inner face of the wall. Ribs fall from back to front and end in cartilage.
 */
export function ribAt(x: number, y: number, z: number, outward: number): number {
  const costalMargin = z > 10 ? -200 : -70 - z * 1.35 - 10;
  if (y < costalMargin || z > 176) return nothing;
  const position = (z + 0.44 * (90 - y)) / ribPitchMm;
  const offCenter = (position - Math.floor(position) - 0.5) * ribPitchMm;
  const s = (offCenter / 6.6) ** 2 + ((outward - 5) / 4.4) ** 2;
  if (s >= 1) return nothing;
  if (y < -48 && Math.abs(x) < 88) return 105;
  return s > 0.48 ? 740 : 210;
}
