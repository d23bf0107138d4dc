import type { Context } from 'koa';
import { type Inside, lookInside, readFrame } from '../../archive/retrieve-inside.ts';
import { findInstance, revisionOfInstance } from '../../archive/retrieve-instances.ts';
import { transferSyntaxOf } from '../../dicom/transfer-syntaxes.ts';
import { HttpError } from '../../http/http-errors.ts';
import type { OutgoingPart } from '../../http/multipart-writer.ts';
import { answeredUnchanged, sendMultipart, sendStream } from '../answer.ts';
import { acceptedBy, notAcceptable } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { instanceUrl, rootUrl, scopeOf } from '../uri.ts';
import { chooseFrameEncoding, type Representation, rangeFor } from './transfer-syntax-choice.ts';

const MOST_FRAMES = 10_000;

/** Retrieve Frames of an instance (PS3.18 10.4.1.1.3): a comma-separated list of 1-based numbers, as stored. */
export async function retrieveFrames(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const frames = frameNumbers(parameters.frames ?? '');
  const instance = await findInstance(service.archive, scopeOf(parameters));
  const inside = await lookInside(service.archive, instance);
  const available = inside.pixelData?.numberOfFrames ?? 0;
  const missing = frames.find((frame) => frame > available);
  if (missing !== undefined)
    throw new HttpError(404, `The instance has no frame ${missing}; it has ${available}.`);
  await sendFrames(service, context, inside, frames);
}

/** Answers with `frames` (1-based, all there) in an encoding that the client takes; throws a 406 where it takes none. */
export async function sendFrames(
  service: DicomwebService,
  context: Context,
  inside: Inside,
  frames: readonly number[],
): Promise<void> {
  const encoding = encodingFor(context, inside, frames.length === 1);
  const url = instanceUrl(rootUrl(context, service.publicUrl), inside.instance);
  const { state, changedAt } = revisionOfInstance(inside.instance);
  const form = [contentType(encoding), encoding.multipart ? url : '', frames.join()];
  if (answeredUnchanged(context, ['frames', state, ...form], changedAt)) return;
  if (encoding.multipart) {
    const parts = frameParts(service, inside, frames, encoding, url);
    return sendMultipart(context, encoding.mediaType, parts);
  }
  await sendStream(context, readFrame(service.archive, inside, frames[0] ?? 1));
  context.set('Content-Type', contentType(encoding));
}

/** The 1-based numbers of a list of frames; throws a 400 that says what is wrong with it. */
export function frameNumbers(list: string): number[] {
  const numbers = list.split(',').map((text) => (/^[1-9]\d{0,8}$/.test(text.trim()) ? Number(text) : 0));
  if (numbers.includes(0))
    throw new HttpError(400, 'Frames are named by whole numbers from 1, parted by commas.');
  if (numbers.length > MOST_FRAMES)
    throw new HttpError(400, `More than ${MOST_FRAMES} frames in one request.`);
  return numbers;
}

function encodingFor(context: Context, { instance }: Inside, single: boolean): Representation {
  const asStored = transferSyntaxOf(instance.transferSyntaxUID);
  // Frames come inflated and little endian: then they are Explicit VR Little Endian (PS3.5 A.2).
  const isChanged = asStored.deflated || asStored.bigEndian;
  const stored = isChanged ? transferSyntaxOf('1.2.840.10008.1.2.1') : asStored;
  const chosen = chooseFrameEncoding(acceptedBy(context), stored, single);
  if (chosen) return chosen;
  const octets = { multipart: true, mediaType: 'application/octet-stream', transferSyntaxUID: stored.uid };
  throw notAcceptable([
    ...(stored.mediaType === undefined ? [] : [rangeFor({ ...octets, mediaType: stored.mediaType })]),
    rangeFor(octets),
    'multipart/related; type="application/octet-stream"; transfer-syntax=*',
  ]);
}

function contentType({ mediaType, transferSyntaxUID }: Representation): string {
  return `${mediaType}; transfer-syntax=${transferSyntaxUID}`;
}

async function* frameParts(
  service: DicomwebService,
  inside: Inside,
  frames: readonly number[],
  encoding: Representation,
  url: string,
): AsyncGenerator<OutgoingPart> {
  for (const frame of frames) {
    yield {
      headers: { 'Content-Type': contentType(encoding), 'Content-Location': `${url}/frames/${frame}` },
      body: readFrame(service.archive, inside, frame),
    };
  }
}
