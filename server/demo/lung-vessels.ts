import { createRandom, type Random } from './random.ts';
import type { Point } from './shapes.ts';

const cellMm = 2;
const minimum = [-150, -110, -60] as const;
const size = [150, 110, 125] as const;

/** How much of the neighbourhood of a point is vessel: 0 to 1. */
export type VesselField = (x: number, y: number, z: number) => number;

interface Branch {
  readonly start: Point;
  readonly direction: Point;
  readonly radius: number;
  readonly length: number;
}

/**
 * Two trees of vessels that grow from the hila and fork until they are too thin to see, drawn into a grid of 2 mm.
 * Branches that would leave the lung are not grown.
 */
export function growLungVessels(
  seed: number,
  isLung: (x: number, y: number, z: number) => boolean,
): VesselField {
  const random = createRandom(seed, 77);
  const grid = new Float32Array(size[0] * size[1] * size[2]);
  const waiting: Branch[] = [];
  for (const side of [1, -1] as const) {
    for (let i = 0; i < 15; i++) {
      const direction = unit([side * (0.5 + random()), 2 * random() - 1, 2.4 * random() - 1.2]);
      waiting.push({ start: [side * 40, 8, 70], direction, radius: 3.3, length: 26 });
    }
  }
  for (let branch = waiting.pop(); branch !== undefined; branch = waiting.pop()) {
    const end = along(branch.start, branch.direction, branch.length);
    // The first branches begin inside the mediastinum, and may.
    if (!isLung(...end)) continue;
    draw(grid, branch.start, end, branch.radius);
    if (branch.radius < 0.6) continue;
    for (let i = 0; i < 3; i++) waiting.push(fork(branch, end, random));
  }
  return (x, y, z) => sample(grid, x, y, z);
}

function fork(parent: Branch, start: Point, random: Random): Branch {
  const [dx, dy, dz] = parent.direction;
  const spread = 1.5;
  const direction = unit([
    dx + spread * (random() - 0.5),
    dy + spread * (random() - 0.5),
    dz + spread * (random() - 0.5),
  ]);
  return {
    start,
    direction,
    radius: parent.radius * (0.62 + 0.14 * random()),
    length: parent.length * (0.7 + 0.2 * random()),
  };
}

function draw(grid: Float32Array, a: Point, b: Point, radius: number): void {
  const reach = radius + cellMm;
  const low = [0, 1, 2].map((i) => cell(Math.min(a[i] ?? 0, b[i] ?? 0) - reach, i));
  const high = [0, 1, 2].map((i) => cell(Math.max(a[i] ?? 0, b[i] ?? 0) + reach, i));
  const [lx = 0, ly = 0, lz = 0] = low;
  const [hx = 0, hy = 0, hz = 0] = high;
  for (let k = lz; k <= hz; k++) {
    for (let j = ly; j <= hy; j++) {
      for (let i = lx; i <= hx; i++) {
        const point: Point = [minimum[0] + i * cellMm, minimum[1] + j * cellMm, minimum[2] + k * cellMm];
        const coverage = Math.min(1, Math.max(0, 0.5 + (radius - distanceToSegment(point, a, b)) / cellMm));
        // A vessel thinner than a cell fills but part of it.
        const share = Math.min(1, coverage * Math.min(1, 0.35 + radius / 2));
        const index = (k * size[1] + j) * size[0] + i;
        if (share > (grid[index] ?? 0)) grid[index] = share;
      }
    }
  }
}

function cell(mm: number, axis: number): number {
  const index = Math.round((mm - (minimum[axis] ?? 0)) / cellMm);
  return Math.max(0, Math.min((size[axis] ?? 1) - 1, index));
}

function sample(grid: Float32Array, x: number, y: number, z: number): number {
  const px = (x - minimum[0]) / cellMm;
  const py = (y - minimum[1]) / cellMm;
  const pz = (z - minimum[2]) / cellMm;
  if (px < 0 || py < 0 || pz < 0 || px >= size[0] - 1 || py >= size[1] - 1 || pz >= size[2] - 1) return 0;
  const [i, j, k] = [Math.floor(px), Math.floor(py), Math.floor(pz)];
  const [tx, ty, tz] = [px - i, py - j, pz - k];
  const base = (k * size[1] + j) * size[0] + i;
  const row = size[0];
  const plane = size[0] * size[1];
  const at = (index: number): number => grid[index] ?? 0;
  const line = (index: number): number => at(index) + (at(index + 1) - at(index)) * tx;
  const near = line(base) + (line(base + row) - line(base)) * ty;
  const far = line(base + plane) + (line(base + plane + row) - line(base + plane)) * ty;
  return near + (far - near) * tz;
}

function distanceToSegment(p: Point, a: Point, b: Point): number {
  const d: Point = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const lengthSquared = d[0] * d[0] + d[1] * d[1] + d[2] * d[2] || 1;
  const dot = (p[0] - a[0]) * d[0] + (p[1] - a[1]) * d[1] + (p[2] - a[2]) * d[2];
  const t = Math.min(1, Math.max(0, dot / lengthSquared));
  const nearest = along(a, d, t);
  return Math.sqrt((p[0] - nearest[0]) ** 2 + (p[1] - nearest[1]) ** 2 + (p[2] - nearest[2]) ** 2);
}

function along(start: Point, direction: Point, distance: number): Point {
  return [
    start[0] + direction[0] * distance,
    start[1] + direction[1] * distance,
    start[2] + direction[2] * distance,
  ];
}

function unit([x, y, z]: Point): Point {
  const length = Math.sqrt(x * x + y * y + z * z) || 1;
  return [x / length, y / length, z / length];
}
