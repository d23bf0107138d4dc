import { parseMultipart } from '../conformance/multipart.ts';
import { type Answer, get } from '../conformance/requests.ts';
import type { Kind } from './kinds.ts';
import type { SharedInstance, TwoArchives } from './two-archives.ts';

/** Frames as they are stored (`*`), and decoded. */
const ASKED = ['*', '1.2.840.10008.1.2.1'] as const;

/** A frame that ours and Orthanc give differently. */
export interface FrameDifference {
  instance: SharedInstance;
  /** Counts from 1. */
  frame: number;
  /** Transfer syntax, or `*`. */
  asked: (typeof ASKED)[number];
  ours: GivenFrame;
  theirs: GivenFrame;
  /** Where both are as long: of their bytes (samples where these have 16 bits), the mean and the greatest difference. */
  mean?: number;
  greatest?: number;
}

export interface GivenFrame {
  status: number;
  /** '' without one. */
  transferSyntaxUID: string;
  bytes: Buffer;
}

export async function frameDifferences(
  two: TwoArchives,
  instance: SharedInstance,
  frame: number,
  isDecodedToo: boolean,
): Promise<FrameDifference[]> {
  const differences: FrameDifference[] = [];
  for (const asked of isDecodedToo ? ASKED : ASKED.slice(0, 1)) {
    const accept = `multipart/related; type="application/octet-stream"; transfer-syntax=${asked}`;
    const path = `${instance.path}/frames/${frame}`;
    const [a, b] = await Promise.all([get(two.ours, path, accept), get(two.theirs, path, accept)]);
    const [ours, theirs] = [given(a), given(b)];
    if (ours.status === theirs.status && ours.bytes.equals(theirs.bytes)) continue;
    differences.push({ instance, frame, asked, ours, theirs, ...apart(instance, ours.bytes, theirs.bytes) });
  }
  return differences;
}

function given({ status, headers, body }: Answer): GivenFrame {
  const none = { status, transferSyntaxUID: '', bytes: Buffer.alloc(0) };
  if (status !== 200) return none;
  const [part] = parseMultipart(headers['content-type'] ?? '', body);
  if (!part) return none;
  const type = part.headers['content-type'] ?? '';
  return { status, transferSyntaxUID: /transfer-syntax="?([\d.]+)/.exec(type)?.[1] ?? '', bytes: part.body };
}

function apart({ dataSet }: SharedInstance, a: Buffer, b: Buffer): { mean?: number; greatest?: number } {
  if (a.length !== b.length || a.length === 0) return {};
  const wide = dataSet['00280100']?.Value?.[0] === 16;
  const signed = dataSet['00280103']?.Value?.[0] === 1;
  const read = (bytes: Buffer, i: number) => {
    if (!wide) return bytes[i] ?? 0;
    return signed ? bytes.readInt16LE(2 * i) : bytes.readUInt16LE(2 * i);
  };
  const count = wide ? a.length >> 1 : a.length;
  let sum = 0;
  let greatest = 0;
  for (let i = 0; i < count; i++) {
    const difference = Math.abs(read(a, i) - read(b, i));
    sum += difference;
    greatest = Math.max(greatest, difference);
  }
  return { mean: sum / count, greatest };
}

const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';
/** Of JPEG 2000, which Debian's Orthanc stores and passes on. */
const JPEG_2000 = ['1.2.840.10008.1.2.4.90', '1.2.840.10008.1.2.4.91'];
/** JPEG processes 6 and 10, High-Throughput JPEG 2000, JPEG XL, frames deflated one by one. */
const UNKNOWN_TO_ORTHANC = /\.4\.(53|55|110|111|112|201|202|203)$|\.1\.2\.8\.1$/;

export const FRAME_KINDS: readonly Kind<FrameDifference>[] = [
  {
    what: 'Orthanc passes compressed bytes off as Explicit VR Little Endian where it cannot decode; ours decodes, or answers 406',
    section: 'PS3.18 8.7.4, PS3.5 8.1',
    right: 'ours',
    applies: ({ asked, instance, ours, theirs }) =>
      asked !== '*' &&
      UNKNOWN_TO_ORTHANC.test(instance.transferSyntaxUID) &&
      theirs.status === 200 &&
      (ours.status === 200 || ours.status === 406),
  },
  {
    what: 'Orthanc fails with 500 to pass on frames of transfer syntaxes that it does not know; ours gives them as stored',
    section: 'PS3.18 8.7.3.5.2',
    right: 'ours',
    applies: ({ asked, instance, ours, theirs }) =>
      asked === '*' &&
      UNKNOWN_TO_ORTHANC.test(instance.transferSyntaxUID) &&
      theirs.status === 500 &&
      ours.status === 200,
  },
  {
    what: 'frames of big endian and of deflated instances as stored: Orthanc fails with 500; ours gives them as Explicit VR Little Endian, the only uncompressed syntax of web services',
    section: 'PS3.18 8.7.3.5.2',
    right: 'ours',
    applies: ({ asked, instance, ours, theirs }) =>
      asked === '*' &&
      [BIG_ENDIAN, DEFLATED].includes(instance.transferSyntaxUID) &&
      theirs.status === 500 &&
      ours.transferSyntaxUID === '1.2.840.10008.1.2.1',
  },
  {
    what: 'frames of single bits, of subsampled colour without compression, of Float Pixel Data: Orthanc cuts none',
    section: 'PS3.5 8.1.1, 8.2; PS3.3 C.7.6.24',
    right: 'ours',
    applies: ({ instance, ours, theirs }) =>
      theirs.status === 400 &&
      ours.status === 200 &&
      ours.transferSyntaxUID === '1.2.840.10008.1.2.1' &&
      (instance.dataSet['00280100']?.Value?.[0] === 1 ||
        instance.photometric === 'YBR_FULL_422' ||
        instance.dataSet['7FE00008'] !== undefined),
  },
  {
    what: 'frames in several fragments without an offset table: Orthanc cuts none, ours finds where each begins',
    section: 'PS3.5 A.4',
    right: 'ours',
    applies: ({ instance, ours, theirs }) =>
      /fragmented_no_bot/.test(instance.file) && theirs.status === 400 && ours.status === 200,
  },
  {
    what: 'a Number of Frames that is no number (1A): Orthanc gives no frame, ours the one that is there',
    section: 'PS3.3 C.7.6.6',
    right: 'either',
    applies: ({ instance, ours, theirs }) =>
      instance.file === 'bad/dicom-test-files/badVR.dcm' && theirs.status === 400 && ours.status === 200,
  },
  {
    what: "JPEG 2000: Debian's Orthanc has no decoder and answers 500; ours decodes",
    section: 'PS3.18 8.7.3.5.2',
    right: 'ours',
    applies: ({ asked, instance, ours, theirs }) =>
      asked !== '*' &&
      JPEG_2000.includes(instance.transferSyntaxUID) &&
      theirs.status === 500 &&
      ours.status === 200,
  },
  {
    what: 'single bits in RLE: Orthanc cannot decode them',
    section: 'PS3.18 8.7.3.5.2',
    right: 'ours',
    applies: ({ instance, asked, ours, theirs }) =>
      asked !== '*' &&
      instance.dataSet['00280100']?.Value?.[0] === 1 &&
      theirs.status === 500 &&
      ours.status === 200,
  },
  {
    what: 'JPEG of YCbCr without a marker that says so, labelled RGB: ours agrees with the original (SC_rgb.dcm), Orthanc turns its colours',
    section: 'PS3.5 8.2.1',
    right: 'ours',
    applies: ({ instance, ours, theirs }) =>
      instance.file === 'color/dicom-test-files/SC_rgb_jpeg_lossy_gdcm.dcm' &&
      ours.status === 200 &&
      theirs.status === 200,
  },
];
