import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { makeInstance, testUid } from './make-instance.ts';

const MIB = 1024 * 1024;
/** 4096 x 4096 pixels of 16 bits. */
export const FRAME_MIB = 32;

/** A multi-frame instance that is never whole in memory. */
export interface LargeInstance {
  study: string;
  series: string;
  instance: string;
  sizeBytes: number;
  frames: number;
  /** The same bytes each time it is called. */
  bytes(): Generator<Uint8Array>;
}

/** At most 4,064 MiB: PS3.5 7.1.2 gives a native value 32 bits of length. */
export function largeInstance(sizeMib: number): LargeInstance {
  const [study, series, instance] = [testUid(), testUid(), testUid()];
  const frames = Math.max(1, Math.round(sizeMib / FRAME_MIB));
  const pixelBytes = frames * FRAME_MIB * MIB;
  const head = makeInstance({
    attributes: {
      StudyInstanceUID: study,
      SeriesInstanceUID: series,
      SOPInstanceUID: instance,
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      NumberOfFrames: frames,
      Rows: 4096,
      Columns: 4096,
      BitsAllocated: 16,
      BitsStored: 16,
      HighBit: 15,
      PixelRepresentation: 0,
    },
  });
  // PS3.5 7.1.2, explicit VR: tag, VR, two bytes reserved, length.
  const pixelHead = Buffer.from('e07f10004f57000000000000', 'hex');
  pixelHead.writeUInt32LE(pixelBytes, 8);
  return {
    study,
    series,
    instance,
    frames,
    sizeBytes: head.length + pixelHead.length + pixelBytes,
    *bytes() {
      yield head;
      yield pixelHead;
      for (let i = 0; i < pixelBytes / MIB; i += 1) yield blockOf(i);
    },
  };
}

/** One MiB that differs from every other one's. */
export function blockOf(index: number): Uint8Array {
  const block = Buffer.alloc(MIB, (index * 31) & 0xff);
  for (let at = 0; at < MIB; at += 4096) block.writeUInt32LE(index * 256 + at / 4096, at);
  return block;
}

/** Stores it in one request, made while it is sent. `root`: of DICOMweb, without a slash at its end. */
export async function storeLargeInstance(root: string, large: LargeInstance): Promise<void> {
  const boundary = randomUUID();
  const head = Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const request = http.request(`${root}/studies`, {
    method: 'POST',
    headers: {
      'Content-Type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      'Content-Length': head.length + large.sizeBytes + tail.length,
      Accept: 'application/dicom+json',
    },
  });
  const answered = answerOf(request);
  const content = function* () {
    yield head;
    yield* large.bytes();
    yield tail;
  };
  await pipeline(Readable.from(content(), { objectMode: false }), request);
  const response = await answered;
  let text = '';
  for await (const chunk of response) text += String(chunk);
  if (response.statusCode !== 200) throw new Error(`store: ${response.statusCode} ${text.slice(0, 500)}`);
}

export function answerOf(request: http.ClientRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
}
