/** Colour spaces of PS3.3 C.7.6.3.1.2. */

/**
 * Turns full range YCbCr of 8 bits into RGB, in place; three samples beside each other. The coefficients are those of PS3.3
 * C.7.6.3.1.2 (ITU-R BT.601), in 16 fractional bits as every JPEG library computes them.
 */
export function ybrFullToRgb(samples: Uint8Array | Uint8ClampedArray): void {
  for (let at = 0; at + 2 < samples.length; at += 3) {
    const y = samples[at] ?? 0;
    const cb = (samples[at + 1] ?? 0) - 128;
    const cr = (samples[at + 2] ?? 0) - 128;
    samples[at] = clamp8(y + ((91881 * cr + 32768) >> 16));
    samples[at + 1] = clamp8(y + ((-22554 * cb - 46802 * cr + 32768) >> 16));
    samples[at + 2] = clamp8(y + ((116130 * cb + 32768) >> 16));
  }
}

function clamp8(value: number): number {
  return Math.max(0, Math.min(value, 255));
}
