import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A volume of a NIfTI-1 file (nifti.nimh.nih.gov/nifti-1): float32 voxels and where they are. */
export interface NiftiVolume {
  readonly size: readonly [number, number, number];
  /** First index fastest. */
  readonly voxels: Float32Array;
  /** Fractional voxel indexes of a place in patient coordinates of DICOM (LPS, mm). */
  indexOf(place: readonly [number, number, number]): [number, number, number];
  /** Trilinear; undefined where a neighbour is missing. */
  valueAt(place: readonly [number, number, number]): number | undefined;
}

/** Reads a gzipped little endian file with a qform, of float32 voxels without scaling. */
export function readNifti(path: string): NiftiVolume {
  const bytes = gunzipSync(readFileSync(path));
  const float = (offset: number) => bytes.readFloatLE(offset);
  const short = (offset: number) => bytes.readInt16LE(offset);
  if (short(70) !== 16 || short(252) <= 0) throw new Error('not float32 with a qform');
  const size = [short(42), short(44), short(46)] as const;
  const spacing = [float(80), float(84), float(88)] as const;
  // The quaternion b, c, d of the rotation from indexes to right-anterior-superior, and the factor of the third axis.
  const [b, c, d] = [float(256), float(260), float(264)];
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
  const handedness = float(76) < 0 ? -1 : 1;
  const offset = [float(268), float(272), float(276)] as const;
  const axes = [
    [a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c)],
    [2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b)],
    [2 * (b * d + a * c), 2 * (c * d - a * b), a * a + d * d - b * b - c * c].map(
      (part) => part * handedness,
    ),
  ] as const;
  const start = float(108);
  const count = size[0] * size[1] * size[2];
  const voxels = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + start + count * 4),
  );
  const voxel = (i: number, j: number, k: number): number | undefined =>
    i < 0 || j < 0 || k < 0 || i >= size[0] || j >= size[1] || k >= size[2]
      ? undefined
      : voxels[(k * size[1] + j) * size[0] + i];
  const indexOf = ([x, y, z]: readonly [number, number, number]) => {
    // Left-posterior-superior to right-anterior-superior.
    const moved = [-x - offset[0], -y - offset[1], z - offset[2]] as const;
    const along = (axis: 0 | 1 | 2) => {
      const [p, q, r] = axes[axis] as readonly [number, number, number];
      return (p * moved[0] + q * moved[1] + r * moved[2]) / spacing[axis];
    };
    return [along(0), along(1), along(2)] as [number, number, number];
  };
  return {
    size,
    voxels,
    indexOf,
    valueAt: (place) => {
      const index = indexOf(place);
      const base = index.map((part) => Math.floor(part + 1e-6)) as [number, number, number];
      const parts = index.map((part, axis) => Math.max(0, part - (base[axis] ?? 0)));
      let sum = 0;
      for (let corner = 0; corner < 8; corner++) {
        const up = [corner & 1, (corner >> 1) & 1, corner >> 2] as const;
        const weight = up.reduce<number>((product, one, axis) => {
          const part = parts[axis] ?? 0;
          return product * (one ? part : 1 - part);
        }, 1);
        if (weight < 1e-5) continue;
        const value = voxel(base[0] + up[0], base[1] + up[1], base[2] + up[2]);
        if (value === undefined) return undefined;
        sum += weight * value;
      }
      return sum;
    },
  };
}
