import { DecodeError, type PixelLayout, type RawFrame } from './raw-frame.ts';

/** APP14 "Adobe" with transform 0: three components that are RGB as they are. */
const adobeRgbSegment = [
  0xff, 0xee, 0x00, 0x0e, 0x41, 0x64, 0x6f, 0x62, 0x65, 0x00, 0x64, 0x00, 0x00, 0x00, 0x00, 0x00,
];

function hasColorMarker(bytes: Uint8Array): boolean {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xda) return false;
    if (marker === 0xe0 || marker === 0xee) return true;
    at += 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
  }
  return false;
}

/**
 * A JPEG without JFIF or Adobe marker leaves its colour space to convention, and browsers take it as YCbCr. Where the
 * DICOM header says RGB, this says so in the JPEG too.
 */
export function withColorSpace(
  bytes: Uint8Array<ArrayBuffer>,
  photometricInterpretation: string,
): Uint8Array<ArrayBuffer> {
  if (photometricInterpretation !== 'RGB' || hasColorMarker(bytes)) return bytes;
  const marked = new Uint8Array(bytes.length + adobeRgbSegment.length);
  marked.set(bytes.subarray(0, 2));
  marked.set(adobeRgbSegment, 2);
  marked.set(bytes.subarray(2), 2 + adobeRgbSegment.length);
  return marked;
}

/** Decodes an 8-bit colour JPEG (baseline or extended) with the browser's own decoder, to RGB. */
export async function decodeColorJpeg(
  bytes: Uint8Array<ArrayBuffer>,
  layout: PixelLayout,
): Promise<RawFrame> {
  const blob = new Blob([withColorSpace(bytes, layout.photometricInterpretation)], { type: 'image/jpeg' });
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', imageOrientation: 'none' });
  } catch (cause) {
    throw new DecodeError('The JPEG stream is damaged or of a kind that the browser does not decode', {
      cause,
    });
  }
  if (bitmap.width < layout.columns || bitmap.height < layout.rows) {
    throw new DecodeError(
      `The JPEG is ${bitmap.width} x ${bitmap.height}; the header says ${layout.columns} x ${layout.rows}`,
    );
  }
  const canvas = new OffscreenCanvas(layout.columns, layout.rows);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new DecodeError('The browser gives no drawing surface');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const rgba = context.getImageData(0, 0, layout.columns, layout.rows).data;
  const rgb = new Uint8Array(layout.columns * layout.rows * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = rgba[from] ?? 0;
    rgb[to + 1] = rgba[from + 1] ?? 0;
    rgb[to + 2] = rgba[from + 2] ?? 0;
  }
  return { samples: rgb, isPlanar: false, photometricInterpretation: 'RGB' };
}
