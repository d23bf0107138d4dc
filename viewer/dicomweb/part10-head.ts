/** What the File Meta Information of a DICOM file says (PS3.10 7.1). */
export interface Part10Head {
  readonly isDicomFile: boolean;
  readonly mediaStorageSOPClassUID?: string;
  readonly mediaStorageSOPInstanceUID?: string;
}

/** How many bytes of a file {@link readPart10Head} wants to see. */
export const part10HeadBytes = 4096;

const longLengthVRs = new Set(['OB', 'OW', 'OF', 'SQ', 'UT', 'UN', 'OD', 'OL', 'UC', 'UR', 'SV', 'UV', 'OV']);

/**
 * Reads the two UIDs that name a file from its first bytes. File Meta Information is always Explicit VR Little Endian.
 * Never throws: a file that is not understood gives fewer fields; the server decides what it is.
 */
export function readPart10Head(head: Uint8Array): Part10Head {
  const ascii = (from: number, to: number) => String.fromCharCode(...head.subarray(from, to));
  if (head.length < 132 || ascii(128, 132) !== 'DICM') return { isDicomFile: false };
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const found: Record<number, string> = {};
  let at = 132;
  while (at + 8 <= head.length && view.getUint16(at, true) === 0x0002) {
    const element = view.getUint16(at + 2, true);
    const isLong = longLengthVRs.has(ascii(at + 4, at + 6));
    if (isLong && at + 12 > head.length) break;
    const length = isLong ? view.getUint32(at + 8, true) : view.getUint16(at + 6, true);
    const start = at + (isLong ? 12 : 8);
    if (start + length > head.length) break;
    if (element === 0x0002 || element === 0x0003) {
      found[element] = ascii(start, start + length).replace(/[\0 ]+$/, '');
    }
    at = start + length;
  }
  return {
    isDicomFile: true,
    ...(found[2] ? { mediaStorageSOPClassUID: found[2] } : {}),
    ...(found[3] ? { mediaStorageSOPInstanceUID: found[3] } : {}),
  };
}

/** Media Storage Directory Storage: the DICOMDIR of a medium, which is no instance to store. */
export const mediaStorageDirectory = '1.2.840.10008.1.3.10';
