/**
 * Random numbers and noise that come out the same on every run and machine: integer arithmetic on 32 bits, and a
 * gaussian made of sums, so that no transcendental function has a say in it.
 */

/** A source of numbers evenly spread over [0, 1). */
export type Random = () => number;

/** Mixes up to four 32-bit integers to one, evenly spread over 0 to 2^32 - 1. */
export function hash32(a: number, b = 0, c = 0, d = 0): number {
  let h =
    Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77) ^ Math.imul(c, 0xc2b2ae3d) ^ Math.imul(d, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

/** A seeded source; two with the same seed and stream give the same numbers. */
export function createRandom(seed: number, stream = 0): Random {
  let counter = 0;
  const key = hash32(seed, stream, 0x51ed270b);
  return () => {
    counter = (counter + 1) | 0;
    return hash32(counter, key, 0x68bc21eb) / 4294967296;
  };
}

/** `size` numbers of mean 0 and standard deviation 1, near to gaussian (the sum of twelve even ones, less six). */
export function gaussianTable(seed: number, size: number): Float32Array {
  const random = createRandom(seed, 12);
  const table = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    let sum = -6;
    for (let k = 0; k < 12; k++) sum += random();
    table[i] = sum;
  }
  return table;
}

/** A smooth field over space, about -1 to 1. */
export type NoiseField = (x: number, y: number, z: number) => number;

const latticeBits = 5;
const latticeSize = 1 << latticeBits;
const latticeMask = latticeSize - 1;

/**
 * Value noise: random numbers on a lattice of pitch `wavelengthMm`, blended smoothly in between. It repeats after 32
 * lattice cells.
 */
export function createNoiseField(seed: number, wavelengthMm: number): NoiseField {
  const lattice = new Float32Array(latticeSize ** 3);
  for (let i = 0; i < lattice.length; i++) lattice[i] = hash32(i, seed, 0x3c6ef372) / 2147483648 - 1;
  const frequency = 1 / wavelengthMm;
  const at = (x: number, y: number, z: number): number =>
    lattice[(z << (2 * latticeBits)) | (y << latticeBits) | x] ?? 0;
  return (x, y, z) => {
    const px = x * frequency;
    const py = y * frequency;
    const pz = z * frequency;
    const fx = Math.floor(px);
    const fy = Math.floor(py);
    const fz = Math.floor(pz);
    const [tx, ty, tz] = [smooth(px - fx), smooth(py - fy), smooth(pz - fz)];
    const x0 = fx & latticeMask;
    const y0 = fy & latticeMask;
    const z0 = fz & latticeMask;
    const x1 = (x0 + 1) & latticeMask;
    const y1 = (y0 + 1) & latticeMask;
    const z1 = (z0 + 1) & latticeMask;
    const near = mix(mix(at(x0, y0, z0), at(x1, y0, z0), tx), mix(at(x0, y1, z0), at(x1, y1, z0), tx), ty);
    const far = mix(mix(at(x0, y0, z1), at(x1, y0, z1), tx), mix(at(x0, y1, z1), at(x1, y1, z1), tx), ty);
    return mix(near, far, tz);
  };
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}
