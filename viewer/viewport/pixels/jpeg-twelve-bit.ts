import type { Samples } from './raw-frame.ts';

/** Bits a sample of a JPEG stream, from its frame header (ITU T.81 B.2.2); undefined when there is none. */
export function jpegPrecision(bytes: Uint8Array): number | undefined {
  for (let at = 2; at + 5 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0;
    // SOF0 to SOF15, without DHT, JPG and DAC, which lie between them.
    const isFrameHeader = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrameHeader) return bytes[at + 4];
    at += 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
  }
  return undefined;
}

const levelShiftError = 15;
const largest = 4095;

/**
 * Cornerstone's decoder for lossy JPEG of 12 bits (5.14.0, codecs/jpeg.js) scales the level shift of 8-bit samples, 128.5,
 * by 4095 / 255 instead of taking 2048.5: all its samples are 15 too high, which would be 15 HU in a CT. Takes that
 * back, in place. What it clamped to the largest value stays there.
 */
export function correctLevelShift(samples: Samples): void {
  for (let index = 0; index < samples.length; index++) {
    const sample = samples[index] ?? 0;
    if (sample < largest) samples[index] = Math.max(0, sample - levelShiftError);
  }
}
