import { deriveUid } from './unique-identifiers.ts';

/** What one attribute may hold: text and numbers, lists of them for more values, items for a sequence. */
export type AttributeValue = string | number | readonly string[] | readonly number[] | readonly Attributes[];

/** Attributes by keyword. An empty string or list writes an attribute of no length (type 2). */
export interface Attributes {
  readonly [keyword: string]: AttributeValue;
}

/** Pixels as they go into the file; `frames` of the encapsulated kind are complete JPEG streams. */
export type DemoPixels =
  | { readonly kind: 'native'; readonly bytes: Uint8Array; readonly bitsAllocated: 8 | 16 }
  | { readonly kind: 'jpeg-baseline'; readonly frames: readonly Uint8Array[] };

const explicitLittleEndian = '1.2.840.10008.1.2.1';
const jpegBaseline = '1.2.840.10008.1.2.4.50';
const implementationClassUid = deriveUid('isocenter', 'demonstration', 'implementation');

/**
 * Writes a DICOM file (PS3.10 7). Native pixels are little endian already; one fragment a frame and a Basic Offset
 * Table when encapsulated (PS3.5 A.4).
 */
export async function writePart10(attributes: Attributes, pixels: DemoPixels): Promise<Uint8Array> {
  const { default: dcmjs } = await import('dcmjs');
  const { DicomDict, DicomMetaDictionary } = dcmjs.data;
  const isNative = pixels.kind === 'native';
  const file = new DicomDict(
    DicomMetaDictionary.denaturalizeDataset({
      // dcmjs would write bytes of an ArrayBuffer only: PS3.10 7.1 wants 00H 01H here.
      FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
      MediaStorageSOPClassUID: attributes.SOPClassUID,
      MediaStorageSOPInstanceUID: attributes.SOPInstanceUID,
      TransferSyntaxUID: isNative ? explicitLittleEndian : jpegBaseline,
      ImplementationClassUID: implementationClassUid,
      ImplementationVersionName: 'ISOCENTER_DEMO',
    }),
  );
  file.dict = DicomMetaDictionary.denaturalizeDataset({
    ...attributes,
    PixelData: isNative ? [arrayBufferOf(pixels.bytes)] : pixels.frames.map(arrayBufferOf),
    _vrMap: { PixelData: isNative && pixels.bitsAllocated === 16 ? 'OW' : 'OB' },
  });
  return new Uint8Array(file.write({ fragmentMultiframe: false }));
}

/** A copy when the bytes share a buffer with others, as small Node buffers do; padded to an even length (PS3.5 8.1.1). */
function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  const even = new Uint8Array(bytes.length + (bytes.length & 1));
  even.set(bytes);
  return even.buffer;
}

/** 16-bit pixels as the Explicit VR Little Endian file has them. Negative ones in two's complement. */
export function littleEndianBytes(pixels: Int16Array | Uint16Array): Uint8Array {
  const bytes = new Uint8Array(pixels.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < pixels.length; i++) view.setInt16(2 * i, pixels[i] ?? 0, true);
  return bytes;
}
