import type { Rgb } from './raster.ts';

// the white point D50 of the profile connection space
const whiteX = 0.9642;
const whiteZ = 0.8249;

/**
 * A colour as DICOM stores it (PS3.3 C.10.7.1.1: L* of 0 to 100, a* and b* of -128 to 127, each over 0 to 65535) in sRGB.
 */
export function rgbOfCielab(stored: readonly number[]): Rgb {
  const [l = 0, a = 0, b = 0] = stored;
  const lightness = (l / 65535) * 100;
  const y = (lightness + 16) / 116;
  const x = y + ((a / 65535) * 255 - 128) / 500;
  const z = y - ((b / 65535) * 255 - 128) / 200;
  return rgbOfXyz(whiteX * unscale(x), unscale(y), whiteZ * unscale(z));
}

/** The inverse of CIE's cube root with its straight beginning. */
function unscale(value: number): number {
  return value > 6 / 29 ? value ** 3 : 3 * (6 / 29) ** 2 * (value - 4 / 29);
}

/** D50 to sRGB, by the matrix of IEC 61966-2-1 adapted by Bradford. */
function rgbOfXyz(x: number, y: number, z: number): Rgb {
  return [
    encodeSrgb(3.1338561 * x - 1.6168667 * y - 0.4906146 * z),
    encodeSrgb(-0.9787684 * x + 1.9161415 * y + 0.033454 * z),
    encodeSrgb(0.0719453 * x - 0.2289914 * y + 1.4052427 * z),
  ];
}

function encodeSrgb(linear: number): number {
  const clipped = Math.min(1, Math.max(0, linear));
  const encoded = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255);
}
