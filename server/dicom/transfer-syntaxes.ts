/** A transfer syntax of PS3.6 Table A-1. */
export interface TransferSyntax {
  uid: string;
  name: string;
  /** Implicit VR little endian, the one without written VRs. */
  implicit: boolean;
  bigEndian: boolean;
  /** The whole data set is deflated (PS3.5 A.5). */
  deflated: boolean;
  /** Pixel data comes in fragments (PS3.5 A.4). */
  encapsulated: boolean;
  /** May have lost information; whether an image did is told by Lossy Image Compression (0028,2110). */
  lossy: boolean;
  retired: boolean;
  /** Of its frames as bulk data, by PS3.18 Tables 8.7.3-4 and 8.7.3-5; `undefined` where these name none. */
  mediaType: string | undefined;
  /** Meant where a request names the media type without a transfer syntax (PS3.18 Table 8.7.3-5). */
  isMediaTypeDefault: boolean;
}

const octets = 'application/octet-stream';

// UID, name, flags (e encapsulated, l lossy, i implicit, b big endian, z deflated, r retired, d default), media type
const table: [string, string, string, string?][] = [
  ['1.2.840.10008.1.2', 'Implicit VR Little Endian', 'i', octets],
  ['1.2.840.10008.1.2.1', 'Explicit VR Little Endian', 'd', octets],
  ['1.2.840.10008.1.2.1.98', 'Encapsulated Uncompressed Explicit VR Little Endian', 'e', octets],
  ['1.2.840.10008.1.2.1.99', 'Deflated Explicit VR Little Endian', 'z', octets],
  ['1.2.840.10008.1.2.2', 'Explicit VR Big Endian', 'br', octets],
  ['1.2.840.10008.1.2.4.50', 'JPEG Baseline (Process 1)', 'el', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.51', 'JPEG Extended (Process 2 & 4)', 'el', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.52', 'JPEG Extended (Process 3 & 5)', 'elr', 'image/jpeg'],
  [
    '1.2.840.10008.1.2.4.53',
    'JPEG Spectral Selection, Non-Hierarchical (Process 6 & 8)',
    'elr',
    'image/jpeg',
  ],
  [
    '1.2.840.10008.1.2.4.54',
    'JPEG Spectral Selection, Non-Hierarchical (Process 7 & 9)',
    'elr',
    'image/jpeg',
  ],
  [
    '1.2.840.10008.1.2.4.55',
    'JPEG Full Progression, Non-Hierarchical (Process 10 & 12)',
    'elr',
    'image/jpeg',
  ],
  [
    '1.2.840.10008.1.2.4.56',
    'JPEG Full Progression, Non-Hierarchical (Process 11 & 13)',
    'elr',
    'image/jpeg',
  ],
  ['1.2.840.10008.1.2.4.57', 'JPEG Lossless, Non-Hierarchical (Process 14)', 'e', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.58', 'JPEG Lossless, Non-Hierarchical (Process 15)', 'er', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.59', 'JPEG Extended, Hierarchical (Process 16 & 18)', 'elr', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.60', 'JPEG Extended, Hierarchical (Process 17 & 19)', 'elr', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.61', 'JPEG Spectral Selection, Hierarchical (Process 20 & 22)', 'elr', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.62', 'JPEG Spectral Selection, Hierarchical (Process 21 & 23)', 'elr', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.63', 'JPEG Full Progression, Hierarchical (Process 24 & 26)', 'elr', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.64', 'JPEG Full Progression, Hierarchical (Process 25 & 27)', 'elr', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.65', 'JPEG Lossless, Hierarchical (Process 28)', 'er', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.66', 'JPEG Lossless, Hierarchical (Process 29)', 'er', 'image/jpeg'],
  [
    '1.2.840.10008.1.2.4.70',
    'JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14, Selection Value 1)',
    'ed',
    'image/jpeg',
  ],
  ['1.2.840.10008.1.2.4.80', 'JPEG-LS Lossless', 'ed', 'image/jls'],
  ['1.2.840.10008.1.2.4.81', 'JPEG-LS Lossy (Near-Lossless)', 'el', 'image/jls'],
  ['1.2.840.10008.1.2.4.90', 'JPEG 2000 (Lossless Only)', 'ed', 'image/jp2'],
  ['1.2.840.10008.1.2.4.91', 'JPEG 2000', 'el', 'image/jp2'],
  ['1.2.840.10008.1.2.4.92', 'JPEG 2000 Part 2 Multi-component (Lossless Only)', 'ed', 'image/jpx'],
  ['1.2.840.10008.1.2.4.93', 'JPEG 2000 Part 2 Multi-component', 'el', 'image/jpx'],
  ['1.2.840.10008.1.2.4.94', 'JPIP Referenced', ''],
  ['1.2.840.10008.1.2.4.95', 'JPIP Referenced Deflate', 'z'],
  ['1.2.840.10008.1.2.4.100', 'MPEG2 Main Profile / Main Level', 'eld', 'video/mpeg'],
  ['1.2.840.10008.1.2.4.100.1', 'Fragmentable MPEG2 Main Profile / Main Level', 'el', 'video/mpeg'],
  ['1.2.840.10008.1.2.4.101', 'MPEG2 Main Profile / High Level', 'el', 'video/mpeg'],
  ['1.2.840.10008.1.2.4.101.1', 'Fragmentable MPEG2 Main Profile / High Level', 'el', 'video/mpeg'],
  ['1.2.840.10008.1.2.4.102', 'MPEG-4 AVC/H.264 High Profile / Level 4.1', 'eld', 'video/mp4'],
  ['1.2.840.10008.1.2.4.102.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1', 'el', 'video/mp4'],
  ['1.2.840.10008.1.2.4.103', 'MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1', 'el', 'video/mp4'],
  [
    '1.2.840.10008.1.2.4.103.1',
    'Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1',
    'el',
    'video/mp4',
  ],
  ['1.2.840.10008.1.2.4.104', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video', 'el', 'video/mp4'],
  [
    '1.2.840.10008.1.2.4.104.1',
    'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video',
    'el',
    'video/mp4',
  ],
  ['1.2.840.10008.1.2.4.105', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video', 'el', 'video/mp4'],
  [
    '1.2.840.10008.1.2.4.105.1',
    'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video',
    'el',
    'video/mp4',
  ],
  ['1.2.840.10008.1.2.4.106', 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', 'el', 'video/mp4'],
  [
    '1.2.840.10008.1.2.4.106.1',
    'Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2',
    'el',
    'video/mp4',
  ],
  ['1.2.840.10008.1.2.4.107', 'HEVC/H.265 Main Profile / Level 5.1', 'eld', 'video/H265'],
  ['1.2.840.10008.1.2.4.108', 'HEVC/H.265 Main 10 Profile / Level 5.1', 'el', 'video/H265'],
  ['1.2.840.10008.1.2.4.110', 'JPEG XL Lossless', 'ed', 'image/jxl'],
  ['1.2.840.10008.1.2.4.111', 'JPEG XL JPEG Recompression', 'el', 'image/jxl'],
  ['1.2.840.10008.1.2.4.112', 'JPEG XL', 'el', 'image/jxl'],
  ['1.2.840.10008.1.2.4.201', 'High-Throughput JPEG 2000 (Lossless Only)', 'ed', 'image/jphc'],
  [
    '1.2.840.10008.1.2.4.202',
    'High-Throughput JPEG 2000 with RPCL Options (Lossless Only)',
    'e',
    'image/jphc',
  ],
  ['1.2.840.10008.1.2.4.203', 'High-Throughput JPEG 2000', 'el', 'image/jphc'],
  ['1.2.840.10008.1.2.4.204', 'JPIP HTJ2K Referenced', ''],
  ['1.2.840.10008.1.2.4.205', 'JPIP HTJ2K Referenced Deflate', 'z'],
  ['1.2.840.10008.1.2.5', 'RLE Lossless', 'ed', 'image/dicom-rle'],
  ['1.2.840.10008.1.2.7.1', 'SMPTE ST 2110-20 Uncompressed Progressive Active Video', ''],
  ['1.2.840.10008.1.2.7.2', 'SMPTE ST 2110-20 Uncompressed Interlaced Active Video', ''],
  ['1.2.840.10008.1.2.7.3', 'SMPTE ST 2110-30 PCM Digital Audio', ''],
  ['1.2.840.10008.1.2.8.1', 'Deflated Image Frame Compression', 'ed', 'application/x-deflate'],
  // not of PS3.6: old GE images, implicit VR little endian but for their pixel data
  ['1.2.840.113619.5.2', 'GE Private Implicit VR Little Endian with big endian pixel data', 'ir', octets],
];

function fromTable([uid, name, flags, mediaType]: (typeof table)[number]): TransferSyntax {
  return {
    uid,
    name,
    implicit: flags.includes('i'),
    bigEndian: flags.includes('b'),
    deflated: flags.includes('z'),
    encapsulated: flags.includes('e'),
    lossy: flags.includes('l'),
    retired: flags.includes('r'),
    mediaType,
    isMediaTypeDefault: flags.includes('d'),
  };
}

/** All transfer syntaxes. */
export const TRANSFER_SYNTAXES: readonly TransferSyntax[] = table.map(fromTable);

const byUid = new Map(TRANSFER_SYNTAXES.map((syntax) => [syntax.uid, syntax]));

/**
 * What is known of a transfer syntax. One that isn't in the table is taken for an encapsulated one in explicit VR
 * little endian, without a name and a media type (PS3.5 10.1: all but three are explicit VR little endian).
 */
export function transferSyntaxOf(uid: string): TransferSyntax {
  return byUid.get(uid) ?? { ...fromTable([uid, '', 'e']), uid };
}

export function isKnownTransferSyntax(uid: string): boolean {
  return byUid.has(uid);
}

/** The UID meant by a media type without transfer-syntax parameter; `undefined` for others. Case doesn't matter. */
export function defaultTransferSyntaxOf(mediaType: string): string | undefined {
  const wanted = mediaType.toLowerCase();
  for (const syntax of TRANSFER_SYNTAXES) {
    if (syntax.isMediaTypeDefault && syntax.mediaType?.toLowerCase() === wanted) return syntax.uid;
  }
  return undefined;
}

export const implicitVrLittleEndian = '1.2.840.10008.1.2';
export const explicitVrLittleEndian = '1.2.840.10008.1.2.1';
export const explicitVrBigEndian = '1.2.840.10008.1.2.2';
