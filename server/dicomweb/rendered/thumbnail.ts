import type { Context } from 'koa';
import type { RenderedMediaType } from '../../archive/render/render-image.ts';
import { type OutlinedSubject, outlineOf } from '../../archive/render/render-outline.ts';
import { representativeOf } from '../../archive/render/render-subject.ts';
import { hasPicture, iconTypes, renderThumbnail } from '../../archive/render/render-thumbnail.ts';
import {
  currentRevision,
  findInstance,
  revisionOfInstance,
  type Scope,
} from '../../archive/retrieve/retrieve-instances.ts';
import { clientLeft } from '../../http/client-left.ts';
import { frameNumbers } from '../frame-list.ts';
import { acceptedBy, notAcceptable } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { scopeOf } from '../uri.ts';
import { chooseOffer, IMAGE_TYPES, type Offer, offersInWords } from './offers.ts';
import { renderParametersOf } from './query-parameters.ts';
import { withAnswers } from './render-faults.ts';
import { unchanged } from './rendered-image.ts';
import { imageWithFrames } from './rendered-instance.ts';
import { sendImage } from './send-rendered.ts';

/** Retrieve Thumbnail of a study, a series or an instance (PS3.18 10.4.1.1.4): one small image, without anything that names the patient. */
export async function retrieveThumbnail(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const scope = scopeOf(parameters);
  // Also throws the 404 or 410 where there is nothing.
  const revision = await currentRevision(service.archive, { studyInstanceUID: scope.studyInstanceUID });
  const chosen = scope.sopInstanceUID === undefined ? await representativeIn(service, scope) : scope;
  const instance = await findInstance(service.archive, chosen);
  const subject = await outlineOf(service.archive, instance);
  await sendThumbnail(service, context, subject, undefined, revision);
}

async function representativeIn(service: DicomwebService, scope: Scope): Promise<Scope> {
  await currentRevision(service.archive, scope);
  return representativeOf(service.archive, scope);
}

/** Retrieve Thumbnail of frames: only a single image shall be returned, which is of the first of them. */
export async function retrieveFrameThumbnail(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const frames = frameNumbers(parameters.frames ?? '');
  const image = await imageWithFrames(service, scopeOf(parameters), frames);
  await sendThumbnail(service, context, image, frames[0], revisionOfInstance(image.instance));
}

async function sendThumbnail(
  service: DicomwebService,
  context: Context,
  subject: OutlinedSubject,
  frameNumber: number | undefined,
  { state, changedAt }: { state: string; changedAt: Date },
): Promise<void> {
  const parameters = renderParametersOf(context, 'thumbnail');
  const types: readonly RenderedMediaType[] = hasPicture(subject) ? IMAGE_TYPES : iconTypes;
  const offers = types.map((mediaType): Offer => ({ mediaType, form: 'single' }));
  const offer = chooseOffer(acceptedBy(context), offers);
  const mediaType = types.find((type) => type === offer?.mediaType);
  if (!mediaType) throw notAcceptable(offersInWords(offers));
  const what = ['thumbnail', subject.instance.instancePk, mediaType, String(frameNumber ?? '')];
  if (unchanged(service, context, [state, ...what, JSON.stringify(parameters)], changedAt)) return;
  const signal = clientLeft(context);
  await withAnswers(context, () =>
    sendImage(context, mediaType, () =>
      renderThumbnail(service.archive, subject, { parameters, mediaType, frameNumber, signal }),
    ),
  );
}
