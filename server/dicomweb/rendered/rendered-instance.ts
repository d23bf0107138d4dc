import type { Context } from 'koa';
import { videoTypeOf } from '../../archive/render/render-category.ts';
import { documentTypesOf } from '../../archive/render/render-document.ts';
import { findOutlined, type OutlinedSubject } from '../../archive/render/render-outline.ts';
import { revisionOfInstance } from '../../archive/retrieve/retrieve-instances.ts';
import { HttpError } from '../../http/http-errors.ts';
import { frameNumbers } from '../frame-list.ts';
import { acceptedBy, notAcceptable } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { rootUrl, scopeOf } from '../uri.ts';
import { chooseOffer, IMAGE_TYPES, offersInWords, offersOfMultiFrame, offersOfOne } from './offers.ts';
import { renderParametersOf } from './query-parameters.ts';
import { withAnswers } from './render-faults.ts';
import { type RenderAsked, sendFramesRendered, sendPresentation, unchanged } from './rendered-image.ts';
import { sendDocument, sendVideo } from './send-rendered.ts';

/** Retrieve Rendered Instance (PS3.18 10.4.1.1.3): an image, a video as stored, a document, or what a presentation state shows. */
export async function retrieveRenderedInstance(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const asked = { parameters: renderParametersOf(context), ranges: acceptedBy(context) };
  const subject = await findOutlined(service.archive, scopeOf(parameters));
  await withAnswers(context, () => sendSubject(service, context, subject, asked));
}

/** Answers with what an instance shows; throws a 406 that lists what could be had where that is nothing that the client takes. */
export async function sendSubject(
  service: DicomwebService,
  context: Context,
  subject: OutlinedSubject,
  asked: RenderAsked,
): Promise<void> {
  switch (subject.category) {
    case 'image':
      return sendFramesRendered(service, context, subject, undefined, asked);
    case 'presentation-state':
      return sendPresentation(service, context, await subject.open(), asked);
    default:
      return sendStored(service, context, subject, asked);
  }
}

/** What a resource of each kind can be had as, apart from presentation states, whose images decide. */
export function typesOf({
  category,
  instance,
}: Pick<OutlinedSubject, 'category' | 'instance'>): readonly string[] {
  if (category === 'image' || category === 'presentation-state') return IMAGE_TYPES;
  if (category === 'video') return [videoTypeOf(instance.transferSyntaxUID) ?? 'video/mp4'];
  return documentTypesOf(category);
}

async function sendStored(
  service: DicomwebService,
  context: Context,
  subject: OutlinedSubject,
  { ranges }: RenderAsked,
): Promise<void> {
  const offers = offersOfOne(typesOf(subject));
  if (offers.length === 0) throw nothingToShow();
  const offer = chooseOffer(ranges, offers);
  if (!offer) throw notAcceptable(offersInWords(offers));
  const { mediaType } = offer;
  const inParts = offer.form === 'parts';
  const root = rootUrl(context, service.publicUrl);
  const { state, changedAt } = revisionOfInstance(subject.instance);
  if (unchanged(service, context, [state, mediaType, offer.form, root], changedAt)) return;
  const send = subject.category === 'video' ? sendVideo : sendDocument;
  await send(service.archive, context, await subject.open(), mediaType, { inParts, root });
}

/** A waveform, a plan, a mesh: nothing here makes a picture of them. */
export function nothingToShow(): HttpError {
  return new HttpError(
    406,
    'This kind of instance has no rendered representation; the instance itself is available: application/dicom',
  );
}

/** Retrieve Rendered Frames (PS3.18 10.4.1.1.3): one as an image; several in parts, or as an animation where that is asked for. */
export async function retrieveRenderedFrames(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const asked = { parameters: renderParametersOf(context), ranges: acceptedBy(context) };
  const frames = frameNumbers(parameters.frames ?? '');
  const image = await imageWithFrames(service, scopeOf(parameters), frames);
  await withAnswers(context, () => sendFramesRendered(service, context, image, frames, asked));
}

/** The image of `scope`; throws a 404 where it lacks one of `frames` (1-based), a 406 where its frames are no pictures. */
export async function imageWithFrames(
  service: DicomwebService,
  scope: ReturnType<typeof scopeOf>,
  frames: readonly number[],
): Promise<OutlinedSubject> {
  const subject = await findOutlined(service.archive, scope, frames);
  const count = subject.frameCount;
  const missing = frames.find((frame) => frame > count);
  if (missing !== undefined)
    throw new HttpError(404, `The instance has no frame ${missing}; it has ${count}.`);
  if (subject.category === 'image') return subject;
  throw new HttpError(
    406,
    `Frames of this instance can't be rendered one by one; the instance as a whole is available: ${offersInWords(
      subject.category === 'video' ? offersOfOne(typesOf(subject)) : offersOfMultiFrame(false),
    ).join(' | ')}`,
  );
}
