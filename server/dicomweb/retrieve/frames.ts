import type { Context } from 'koa';
import { isUndecodable, TRANSCODING_EDITION } from '../../archive/retrieve/retrieve-given.ts';
import {
  findInside,
  type Inside,
  readFrame,
  readStoredInto,
  storedRangesOf,
} from '../../archive/retrieve/retrieve-inside.ts';
import { revisionOfInstance } from '../../archive/retrieve/retrieve-instances.ts';
import {
  type Candidate,
  candidateOf,
  frameCan,
  possibleEncodings,
} from '../../archive/transcode/transcode-candidate.ts';
import { transcodeFrames } from '../../archive/transcode/transcode-frames.ts';
import { type TransferSyntax, transferSyntaxOf } from '../../dicom/transfer-syntaxes.ts';
import { clientLeft } from '../../http/client-left.ts';
import { HttpError } from '../../http/http-errors.ts';
import type { OutgoingPart } from '../../http/multipart-writer.ts';
import { answeredUnchanged, type ShortBody, sendMultipart, sendStream, sentShort } from '../answer.ts';
import { frameNumbers } from '../frame-list.ts';
import { acceptedBy, notAcceptable } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { instanceUrl, rootUrl, scopeOf } from '../uri.ts';
import { forgetValidators } from './survey.ts';
import { availableRanges, frameProposals, type Proposal } from './transfer-syntax-choice.ts';

const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/**
 * Retrieve Frames of an instance (PS3.18 10.4.1.1.6): a comma-separated list of 1-based numbers, as stored where the client takes that,
 * else transcoded.
 */
export async function retrieveFrames(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const frames = frameNumbers(parameters.frames ?? '');
  const { studyInstanceUID, seriesInstanceUID = '', sopInstanceUID = '' } = scopeOf(parameters);
  const scope = { studyInstanceUID, seriesInstanceUID, sopInstanceUID };
  const inside = await findInside(service.archive, scope, frames);
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
  locationOf: LocationOf = frameLocation,
): Promise<void> {
  const signal = clientLeft(context);
  const reasons: string[] = [];
  let candidate: Candidate | undefined;
  for (const chosen of frameProposals(acceptedBy(context), storedSyntax(inside), frames.length === 1)) {
    if (chosen.asStored)
      return sendAs(
        service,
        context,
        inside,
        frames,
        chosen,
        storedBodies(service, inside, frames),
        locationOf,
      );
    candidate ??= await candidateOf(service.archive, inside);
    if (!frameCan(candidate, chosen.transferSyntaxUID)) continue;
    try {
      const bodies = transcodedBodies(service, candidate, frames, chosen, signal);
      return await sendAs(service, context, inside, frames, chosen, bodies, locationOf);
    } catch (error) {
      // What is stored is damaged, which shows only now; something else that the client takes may still be had.
      if (!isUndecodable(error)) throw error;
      reasons.push(error.message);
      forgetValidators(context);
    }
  }
  throw refusal(candidate ?? (await candidateOf(service.archive, inside)), reasons);
}

/** Where a frame is said to lie, by the URL of its instance. */
type LocationOf = (url: string, frame: number) => string;

const frameLocation: LocationOf = (url, frame) => `${url}/frames/${frame}`;

async function sendAs(
  service: DicomwebService,
  context: Context,
  inside: Inside,
  frames: readonly number[],
  chosen: Proposal,
  bodies: AsyncIterable<FrameBody> | Iterable<FrameBody>,
  locationOf: LocationOf,
): Promise<void> {
  const url = instanceUrl(rootUrl(context, service.publicUrl), inside.instance);
  const { state, changedAt } = revisionOfInstance(inside.instance);
  const form = [contentType(chosen), chosen.multipart ? locationOf(url, 1) : '', frames.join()];
  const edition = chosen.asStored ? [] : [TRANSCODING_EDITION];
  if (answeredUnchanged(context, ['frames', state, ...form, ...edition], changedAt)) return;
  const headersOf = (frame: number) => partHeaders(chosen, locationOf(url, frame));
  const short = chosen.asStored && shortBodies(service, inside, frames, headersOf);
  const partType = chosen.multipart ? chosen.mediaType : undefined;
  if (short && (await sentShort(context, service.archive.cache, partType, short))) {
    if (!chosen.multipart) context.set('Content-Type', contentType(chosen));
    return;
  }
  if (chosen.multipart)
    return sendMultipart(
      context,
      chosen.mediaType,
      frameParts(bodies, chosen, (frame) => locationOf(url, frame)),
    );
  await sendStream(context, bytesOf(bodies));
  context.set('Content-Type', contentType(chosen));
}

/** Undefined where a frame is not given just as it is stored. */
function shortBodies(
  service: DicomwebService,
  inside: Inside,
  frames: readonly number[],
  headersOf: (frame: number) => Record<string, string>,
): ShortBody[] | undefined {
  const bodies: ShortBody[] = [];
  for (const frame of frames) {
    const ranges = storedRangesOf(inside, frame);
    if (!ranges) return undefined;
    bodies.push({
      headers: headersOf(frame),
      sizeBytes: ranges.reduce((sum, { start, endExclusive }) => sum + endExclusive - start, 0),
      readInto: (target) => readStoredInto(service.archive, inside, ranges, target),
    });
  }
  return bodies;
}

/** Frames come inflated and little endian: then they are Explicit VR Little Endian (PS3.5 A.2). */
export function storedSyntax({ instance }: Inside): TransferSyntax {
  const asStored = transferSyntaxOf(instance.transferSyntaxUID);
  return asStored.deflated || asStored.bigEndian ? transferSyntaxOf(EXPLICIT_VR_LITTLE_ENDIAN) : asStored;
}

/** PS3.18 8.7.8.1: 406 with what could be had, each in its own media type. Of damaged frames only what is stored. */
function refusal(candidate: Candidate, reasons: readonly string[]): HttpError {
  const stored = storedSyntax(candidate.inside);
  const others = possibleEncodings(candidate, (uid) => frameCan(candidate, uid)).slice(1);
  const uids = [...new Set([stored.uid, ...(reasons.length > 0 ? [] : others)])];
  const ranges = availableRanges(
    uids,
    (uid) => transferSyntaxOf(uid).mediaType ?? 'application/octet-stream',
  );
  return notAcceptable(ranges, reasons[0]);
}

function partHeaders(encoding: Proposal, location: string): Record<string, string> {
  return { 'Content-Type': contentType(encoding), 'Content-Location': location };
}

function contentType({ mediaType, transferSyntaxUID }: Proposal): string {
  return `${mediaType}; transfer-syntax=${transferSyntaxUID}`;
}

interface FrameBody {
  frame: number;
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export function* storedBodies(
  service: DicomwebService,
  inside: Inside,
  frames: readonly number[],
): Generator<FrameBody> {
  for (const frame of frames) yield { frame, bytes: readFrame(service.archive, inside, frame) };
}

export async function* transcodedBodies(
  service: DicomwebService,
  candidate: Candidate,
  frames: readonly number[],
  { transferSyntaxUID }: Proposal,
  signal: AbortSignal,
): AsyncGenerator<FrameBody> {
  let at = 0;
  for await (const { bytes } of transcodeFrames(
    service.archive,
    candidate,
    frames,
    transferSyntaxUID,
    signal,
  ))
    yield { frame: frames[at++] ?? 0, bytes: [bytes] };
}

export async function* frameParts(
  bodies: AsyncIterable<FrameBody> | Iterable<FrameBody>,
  encoding: Proposal,
  locationOf: (frame: number) => string,
): AsyncGenerator<OutgoingPart> {
  for await (const { frame, bytes } of bodies) {
    yield {
      headers: partHeaders(encoding, locationOf(frame)),
      body: bytes,
    };
  }
}

async function* bytesOf(bodies: AsyncIterable<FrameBody> | Iterable<FrameBody>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of bodies) yield* bytes;
}
