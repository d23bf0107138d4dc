import type { Context } from 'koa';
import { mapAhead } from '../../archive/map-ahead.ts';
import { patiently } from '../../archive/patiently.ts';
import {
  firstPossible,
  type GivenInstance,
  giveFirst,
  TRANSCODING_EDITION,
} from '../../archive/retrieve/retrieve-given.ts';
import {
  currentRevision,
  findInstance,
  findInstances,
  type InstanceLocation,
  readInstance,
  revisionOfInstance,
  type Scope,
} from '../../archive/retrieve/retrieve-instances.ts';
import { clientLeft } from '../../http/client-left.ts';
import type { HttpError } from '../../http/http-errors.ts';
import type { MediaRange } from '../../http/media-type.ts';
import type { OutgoingPart } from '../../http/multipart-writer.ts';
import { answeredUnchanged, sendMultipart, sendSized, sendStoredParts, sendStream } from '../answer.ts';
import { acceptedBy } from '../negotiation.ts';
import type { StoredPart } from '../parts-body.ts';
import type { DicomwebService } from '../service.ts';
import { instanceUrl, rootUrl, scopeOf } from '../uri.ts';
import { asksForBulkData, sendBulkData } from './bulk-data-of-many.ts';
import { answerPartially, forgetValidators, refusal, surveyed } from './survey.ts';
import { DICOM, instanceProposals, type Proposal } from './transfer-syntax-choice.ts';
import { retrieveZip, zipRanges } from './zip.ts';

/**
 * Retrieve Instances of a study, a series or one instance (PS3.18 10.4.1.1.1): each by itself in the best transfer syntax that the client
 * takes and that can be had, as stored where that is one of them.
 */
export async function retrieveInstances(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const scope = scopeOf(parameters);
  const ranges = acceptedBy(context);
  const forZip = zipRanges(ranges);
  if (forZip) return retrieveZip(service, context, scope, forZip);
  if (asksForBulkData(ranges)) return sendBulkData(service, context, scope, ranges, false);
  if (scope.sopInstanceUID !== undefined) return retrieveOne(service, context, scope, ranges);
  await retrieveMany(service, context, scope, ranges);
}

async function retrieveOne(
  service: DicomwebService,
  context: Context,
  scope: Scope,
  ranges: readonly MediaRange[],
): Promise<void> {
  const instance = await findInstance(service.archive, scope);
  const proposals = () => instanceProposals(ranges, instance.transferSyntaxUID, true);
  const chosen = await firstPossible(service.archive, instance, proposals());
  if (!chosen) throw await refusal(service, instance);
  const root = rootUrl(context, service.publicUrl);
  // Of the very row whose bytes are sent: it may be replaced meanwhile.
  const { state, changedAt } = revisionOfInstance(instance);
  const form = chosen.asStored ? '' : JSON.stringify([TRANSCODING_EDITION, ranges]);
  if (answeredUnchanged(context, ['instances', state, chosen.multipart ? root : '', form], changedAt)) return;
  if (chosen.asStored) return sendStored(service, context, instance, chosen, root);
  const reasons: string[] = [];
  const made = await giveFirst(service.archive, instance, proposals(), clientLeft(context), reasons);
  if (!made) {
    forgetValidators(context);
    throw await refusal(service, instance, reasons[0]);
  }
  if (made.as.multipart) return sendMultipart(context, DICOM, [partOf(made.given, instance, root)]);
  await sendStream(context, made.given.content);
  context.set('Content-Type', contentType(made.given.transferSyntaxUID));
}

async function sendStored(
  service: DicomwebService,
  context: Context,
  instance: InstanceLocation,
  { multipart }: Proposal,
  root: string,
): Promise<void> {
  if (multipart) return sendMultipart(context, DICOM, [storedPart(service, instance, root)]);
  await sendSized(context, {
    type: contentType(instance.transferSyntaxUID),
    sizeBytes: instance.sizeBytes,
    read: (range) => readInstance(service.archive, instance, range),
  });
}

async function retrieveMany(
  service: DicomwebService,
  context: Context,
  scope: Scope,
  ranges: readonly MediaRange[],
): Promise<void> {
  const root = rootUrl(context, service.publicUrl);
  const proposals = (uid: string) => instanceProposals(ranges, uid, false);
  // Before what it tells of: what changes meanwhile then bears an older tag, never an old answer a newer one.
  const { state, changedAt } = await currentRevision(service.archive, scope);
  const coverage = await surveyed(service, scope, proposals);
  const form = coverage === 'as-stored' ? '' : JSON.stringify([TRANSCODING_EDITION, ranges]);
  if (answeredUnchanged(context, ['instances', state, root, form], changedAt)) return;
  const left = { out: false };
  try {
    const parts = instanceParts(service, scope, root, proposals, clientLeft(context), left);
    await sendStoredParts(context, DICOM, parts);
  } catch (error) {
    forgetValidators(context);
    throw error;
  }
  if (coverage === 'some' || left.out) answerPartially(context);
}

/** Of the ones after the instance that is being sent the first frames are worked on meanwhile: one client can keep several cores busy. */
const INSTANCES_AHEAD = 3;

/**
 * A part for each instance that can be had. Of damaged pixel data nothing is known before it is worked on: until there is a first part,
 * such an instance is left out, and `left` tells of it, or a 406 is thrown where there is nothing else; later, when the status is out, a
 * part says why.
 */
async function* instanceParts(
  service: DicomwebService,
  scope: Scope,
  root: string,
  proposals: (storedUID: string) => Iterable<Proposal>,
  signal: AbortSignal,
  left: { out: boolean },
): AsyncGenerator<StoredPart> {
  let begun = false;
  let refused: HttpError | undefined;
  const instances = findInstances(service.archive, scope);
  let number = 0;
  const prepared = mapAhead(instances, INSTANCES_AHEAD, async (instance) => {
    number += 1;
    const isFirst = number === 1;
    const wanted = () => proposals(instance.transferSyntaxUID);
    const chosen = await firstPossible(service.archive, instance, wanted());
    const reasons: string[] = [];
    if (chosen?.asStored) return { instance, chosen, reasons, part: storedPart(service, instance, root) };
    const make = () => madePart(service, instance, root, wanted(), signal, reasons);
    // Until the first has been sent a busy server can still say so.
    const part = chosen && (await (isFirst ? make() : patiently(make, signal)));
    return { instance, chosen, reasons, part };
  });
  for await (const { instance, chosen, reasons, part } of prepared) {
    if (!chosen) continue;
    if (!part) {
      const problem = await refusal(service, instance, reasons[0]);
      if (begun) yield problemPart(instance, root, problem);
      else {
        refused ??= problem;
        left.out = true;
      }
      continue;
    }
    begun = true;
    yield part;
  }
  if (refused && !begun) throw refused;
}

async function madePart(
  service: DicomwebService,
  instance: InstanceLocation,
  root: string,
  proposals: Iterable<Proposal>,
  signal: AbortSignal,
  reasons: string[],
): Promise<OutgoingPart | undefined> {
  const made = await giveFirst(service.archive, instance, proposals, signal, reasons);
  return made && partOf(made.given, instance, root);
}

/** In the place of what can't be had in a transfer syntax that the client takes: why. */
function problemPart(instance: InstanceLocation, root: string, { message }: HttpError): OutgoingPart {
  const problem = { type: 'about:blank', title: 'Not Acceptable', status: 406, detail: message };
  return {
    headers: { 'Content-Type': 'application/problem+json', 'Content-Location': instanceUrl(root, instance) },
    body: [Buffer.from(JSON.stringify({ ...problem, instance: instance.sopInstanceUID }))],
  };
}

function storedPart(service: DicomwebService, instance: InstanceLocation, root: string): StoredPart {
  return {
    headers: {
      'Content-Type': contentType(instance.transferSyntaxUID),
      'Content-Length': String(instance.sizeBytes),
      'Content-Location': instanceUrl(root, instance),
    },
    body: readInstance(service.archive, instance),
    stored: {
      sizeBytes: instance.sizeBytes,
      readInto: (target) => service.archive.blobs.readInto(instance.blobKey, 0, target),
    },
  };
}

/** The location is that of the stored instance, also of one that was derived from it for this answer. */
function partOf(given: GivenInstance, instance: InstanceLocation, root: string): OutgoingPart {
  const { transferSyntaxUID, sizeBytes, content } = given;
  return {
    headers: {
      'Content-Type': contentType(transferSyntaxUID),
      ...(sizeBytes === undefined ? {} : { 'Content-Length': String(sizeBytes) }),
      'Content-Location': instanceUrl(root, instance),
    },
    body: content,
  };
}

function contentType(transferSyntaxUID: string): string {
  return `${DICOM}; transfer-syntax=${transferSyntaxUID}`;
}
