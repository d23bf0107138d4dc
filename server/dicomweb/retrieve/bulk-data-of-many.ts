import type { Context } from 'koa';
import { isUndecodable, TRANSCODING_EDITION } from '../../archive/retrieve/retrieve-given.ts';
import { type Inside, lookInside, readBulkValue } from '../../archive/retrieve/retrieve-inside.ts';
import { currentRevision, findInstances, type Scope } from '../../archive/retrieve/retrieve-instances.ts';
import { candidateOf, frameCan } from '../../archive/transcode/transcode-candidate.ts';
import { clientLeft } from '../../http/client-left.ts';
import { HttpError } from '../../http/http-errors.ts';
import type { MediaRange } from '../../http/media-type.ts';
import type { OutgoingPart } from '../../http/multipart-writer.ts';
import { answeredUnchanged, sendMultipart } from '../answer.ts';
import { acceptedBy, notAcceptable, takes } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import type { Transaction } from '../transaction.ts';
import { instanceUrl, rootUrl, scopeOf } from '../uri.ts';
import { frameParts, storedBodies, storedSyntax, transcodedBodies } from './frames.ts';
import { DICOM, frameProposals, type Proposal } from './transfer-syntax-choice.ts';

const OCTETS = 'application/octet-stream';

/** Retrieve Pixel Data of a study, a series or one instance (PS3.18 10.4.1.1.6): that of each image, and nothing else. */
export const retrievePixelData: Transaction = (service, context, parameters) =>
  sendBulkData(service, context, scopeOf(parameters), acceptedBy(context), true);

/** Retrieve Bulk Data of a study, a series or one instance (PS3.18 10.4.1.1.5): every value that metadata give by BulkDataURI. */
export const retrieveAllBulkData: Transaction = (service, context, parameters) =>
  sendBulkData(service, context, scopeOf(parameters), acceptedBy(context), false);

/**
 * True for a request for instances that is, for historical reasons, one for their bulk data (PS3.18 Table 10.4.4-1): by parts of octets
 * or images.
 */
export function asksForBulkData(ranges: readonly MediaRange[]): boolean {
  const inner = ranges.map((range) => innerType(range));
  return (
    inner.some((type) => type !== undefined && (type === OCTETS || /^(image|video)\//.test(type))) &&
    !inner.some((type) => type !== undefined && takes({ type, parameters: {}, quality: 1 }, DICOM))
  );
}

/** The type of a range's parts; undefined where it takes no parts. */
function innerType({ type, parameters }: MediaRange): string | undefined {
  if (type === '*/*' || type === 'multipart/*') return '*/*';
  return type === 'multipart/related' ? (parameters.type?.toLowerCase() ?? '*/*') : undefined;
}

/** Answers with all that can be had in a form that the client takes; throws a 404 where there is nothing, a 406 where there is else. */
export async function sendBulkData(
  service: DicomwebService,
  context: Context,
  scope: Scope,
  ranges: readonly MediaRange[],
  pixelsAlone: boolean,
): Promise<void> {
  const root = rootUrl(context, service.publicUrl);
  const { state, changedAt } = await currentRevision(service.archive, scope);
  const form = [String(pixelsAlone), root, JSON.stringify(ranges), TRANSCODING_EDITION];
  if (answeredUnchanged(context, ['bulkdata', state, ...form], changedAt)) return;
  const asked: Asked = { service, ranges, root, pixelsAlone, signal: clientLeft(context), anyThere: false };
  const parts = bulkParts(asked, scope);
  const first = await parts.next();
  if (first.done) {
    context.remove('ETag');
    context.remove('Last-Modified');
    if (!asked.anyThere) throw new HttpError(404, 'Nothing of that name has bulk data.');
    throw notAcceptable([
      `multipart/related; type="${OCTETS}"`,
      `multipart/related; type="${OCTETS}"; transfer-syntax=*`,
    ]);
  }
  const type = first.value.headers['Content-Type']?.split(';')[0] ?? OCTETS;
  await sendMultipart(context, type, resumed(first.value, parts));
}

async function* resumed(
  first: OutgoingPart,
  rest: AsyncGenerator<OutgoingPart>,
): AsyncGenerator<OutgoingPart> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

interface Asked {
  service: DicomwebService;
  ranges: readonly MediaRange[];
  root: string;
  pixelsAlone: boolean;
  signal: AbortSignal;
  /** Whether bulk data was met, taken by the client or not. */
  anyThere: boolean;
}

async function* bulkParts(asked: Asked, scope: Scope): AsyncGenerator<OutgoingPart> {
  const { archive } = asked.service;
  for await (const instance of findInstances(archive, scope)) {
    const inside = await lookInside(archive, instance);
    if (inside.pixelData) yield* pixelParts(asked, inside);
    if (!asked.pixelsAlone) yield* valueParts(asked, inside);
  }
}

/** Every value but the pixel data, each a part of octets. */
async function* valueParts(asked: Asked, inside: Inside): AsyncGenerator<OutgoingPart> {
  const takesOctets = asked.ranges.some((range) => {
    const type = innerType(range);
    return type !== undefined && takes({ ...range, type }, OCTETS, true);
  });
  for (const { path } of inside.bulkData) {
    if (path === inside.pixelData?.tag) continue;
    asked.anyThere = true;
    if (takesOctets) yield valuePart(asked, inside, path);
  }
}

function valuePart({ service, root }: Asked, inside: Inside, path: string): OutgoingPart {
  const entry = inside.bulkData.find((candidate) => candidate.path === path);
  if (!entry) throw new Error(`no bulk value at ${path}`);
  return {
    headers: {
      'Content-Type': OCTETS,
      'Content-Length': String(entry.lengthBytes),
      'Content-Location': `${instanceUrl(root, inside.instance)}/bulkdata/${path}`,
    },
    body: readBulkValue(service.archive, inside, entry),
  };
}

/** The pixel data of one instance: native as one value, compressed frame by frame, in the best form that the client takes and can be had. */
async function* pixelParts(asked: Asked, inside: Inside): AsyncGenerator<OutgoingPart> {
  const { pixelData } = inside;
  if (!pixelData || pixelData.numberOfFrames === 0) return;
  asked.anyThere = true;
  for (const chosen of frameProposals(asked.ranges, storedSyntax(inside), false)) {
    if (chosen.asStored && !pixelData.encapsulated) {
      yield valuePart(asked, inside, pixelData.tag);
      return;
    }
    const bodies = await bodiesFor(asked, inside, chosen);
    if (!bodies) continue;
    let begun = false;
    try {
      // PS3.18 10.4.3.3.6: each frame lies where the metadata say that the pixel data does.
      const location = `${instanceUrl(asked.root, inside.instance)}/bulkdata/${pixelData.tag}`;
      for await (const part of frameParts(bodies, chosen, () => location)) {
        begun = true;
        yield part;
      }
      return;
    } catch (error) {
      // Damaged, which shows only now: something else that the client takes may still be had.
      if (begun || !isUndecodable(error)) throw error;
    }
  }
}

async function bodiesFor({ service, signal }: Asked, inside: Inside, chosen: Proposal) {
  const frames = Array.from({ length: inside.pixelData?.numberOfFrames ?? 0 }, (_, i) => i + 1);
  if (chosen.asStored) return storedBodies(service, inside, frames);
  const candidate = await candidateOf(service.archive, inside);
  if (!frameCan(candidate, chosen.transferSyntaxUID)) return undefined;
  return transcodedBodies(service, candidate, frames, chosen, signal);
}
