import type { Context } from 'koa';
import type { ArchiveParts } from '../../archive/archive-parts.ts';
import { mapAhead } from '../../archive/map-ahead.ts';
import { patiently } from '../../archive/patiently.ts';
import { fitsAnimation, renderAnimation } from '../../archive/render/render-animation.ts';
import type { RenderedMediaType, RenderParameters } from '../../archive/render/render-image.ts';
import { type OutlinedSubject, outlined } from '../../archive/render/render-outline.ts';
import { presentedFrames } from '../../archive/render/render-presentation.ts';
import type { OpenSubject } from '../../archive/render/render-subject.ts';
import { renderedBytes } from '../../archive/render/rendered-bytes.ts';
import { currentRevision, revisionOfInstance } from '../../archive/retrieve/retrieve-instances.ts';
import { clientLeft } from '../../http/client-left.ts';
import { HttpError } from '../../http/http-errors.ts';
import type { MediaRange } from '../../http/media-type.ts';
import type { OutgoingPart } from '../../http/multipart-writer.ts';
import { answeredUnchanged, sendMultipart, sendStream } from '../answer.ts';
import { notAcceptable } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { instanceUrl, rootUrl } from '../uri.ts';
import {
  chooseOffer,
  IMAGE_TYPES,
  isAnimation,
  type Offer,
  offersInWords,
  offersOfFrames,
  offersOfMany,
  offersOfMultiFrame,
  offersOfOne,
} from './offers.ts';
import { checkForPresentationState, checkIccProfile } from './query-parameters.ts';
import { inline, sendImage } from './send-rendered.ts';

/** What is asked for, as far as it is checked before anything is read. */
export interface RenderAsked {
  parameters: RenderParameters;
  ranges: readonly MediaRange[];
  /** Through which an image is to be shown (PS3.18 9.5.1.2.7). */
  presentationState?: OpenSubject;
}

/** Answers with frames (1-based, all there) of an image; all of them where `frames` is undefined. */
export async function sendFramesRendered(
  service: DicomwebService,
  context: Context,
  image: OutlinedSubject,
  frames: readonly number[] | undefined,
  { parameters, ranges, presentationState }: RenderAsked,
): Promise<void> {
  const shown = frames ?? Array.from({ length: image.frameCount }, (_, i) => i + 1);
  const animated = fitsAnimation(image, shown.length, parameters);
  const offer = chosen(ranges, offersOf(shown.length, frames === undefined, animated), animated);
  const mediaType = imageTypeOf(offer);
  checkIccProfile(parameters, mediaType);
  const root = rootUrl(context, service.publicUrl);
  const { state, changedAt } = revisionOfInstance(image.instance);
  const through = presentationState ? revisionOfInstance(presentationState.instance).state : '';
  const form = [offer.form, mediaType, offer.form === 'parts' ? root : '', shown.join(), through];
  if (unchanged(service, context, [state, ...form, JSON.stringify(parameters)], changedAt)) return;
  const options = { parameters, kind: 'rendered', presentationState, signal: clientLeft(context) } as const;
  if (offer.form === 'parts') {
    const presented = shown.map((frameNumber) => ({ image, frameNumber }));
    return sendMultipart(context, mediaType, frameParts(service, presented, root, { ...options, mediaType }));
  }
  if (offer.form === 'animation' && isAnimation(mediaType)) {
    await sendStream(
      context,
      renderAnimation(service.archive, await image.open(), shown, mediaType, options),
    );
    return inline(context, mediaType);
  }
  await sendImage(context, mediaType, () =>
    renderedBytes(service.archive, image, shown[0] ?? 1, { ...options, mediaType }),
  );
}

function offersOf(frames: number, wholeInstance: boolean, animated: boolean): Offer[] {
  if (frames <= 1) return offersOfOne(IMAGE_TYPES);
  return wholeInstance ? offersOfMultiFrame(animated) : offersOfFrames(animated);
}

function chosen(ranges: readonly MediaRange[], offers: readonly Offer[], animated: boolean): Offer {
  const offer = chooseOffer(ranges, offers);
  if (offer) return offer;
  if (!animated && ranges.some(({ type }) => isAnimation(type)))
    throw new HttpError(
      413,
      'So many frames of this size make no animation; ask for fewer, or a smaller viewport.',
    );
  throw notAcceptable(offersInWords(offers));
}

function imageTypeOf({ mediaType }: Offer): RenderedMediaType {
  const type = IMAGE_TYPES.find((one) => one === mediaType);
  if (!type) throw new Error(`no image type: ${mediaType}`);
  return type;
}

/** What is rendered differs with the version that rendered it, too. */
export function unchanged(
  { version }: DicomwebService,
  context: Context,
  parts: readonly string[],
  changedAt?: Date,
): boolean {
  return answeredUnchanged(context, ['rendered', version, ...parts], changedAt);
}

/** One is rendered while the one before it goes out. */
const AHEAD = 1;

interface ShownFrame {
  image: OutlinedSubject;
  /** 1-based. */
  frameNumber: number;
}

async function* framesThrough(archive: ArchiveParts, state: OpenSubject): AsyncGenerator<ShownFrame> {
  for await (const { image, frameNumber } of presentedFrames(archive, state))
    yield { image: outlined(image), frameNumber };
}

function frameParts(
  { archive }: DicomwebService,
  frames: AsyncIterable<ShownFrame> | Iterable<ShownFrame>,
  root: string,
  options: Parameters<typeof renderedBytes>[3],
): AsyncIterable<OutgoingPart> {
  return mapAhead(frames, AHEAD, async ({ image, frameNumber }) => ({
    headers: {
      'Content-Type': options.mediaType,
      'Content-Location': `${instanceUrl(root, image.instance)}/frames/${frameNumber}/rendered`,
    },
    body: [await patiently(() => renderedBytes(archive, image, frameNumber, options), options.signal)],
  }));
}

/**
 * Answers with the images that a presentation state refers to, shown through it (PS3.18 10.4.1.1.3): one as it is, several in parts;
 * with the first alone where `onlyFirst`.
 */
export async function sendPresentation(
  service: DicomwebService,
  context: Context,
  state: OpenSubject,
  { parameters, ranges }: RenderAsked,
  onlyFirst = false,
): Promise<void> {
  checkForPresentationState(parameters);
  // What it shows lies in other instances: whatever changes in the study changes the answer. Read before what is shown, so that nothing
  // old bears a newer tag.
  const { studyInstanceUID } = state.instance;
  const { state: revision, changedAt } = await currentRevision(service.archive, { studyInstanceUID });
  const first: ShownFrame[] = [];
  for await (const frame of framesThrough(service.archive, state)) {
    first.push(frame);
    if (first.length === (onlyFirst ? 1 : 2)) break;
  }
  const offers = first.length === 1 ? offersOfOne(IMAGE_TYPES) : offersOfMany(IMAGE_TYPES);
  const offer = chooseOffer(ranges, offers);
  if (!offer) throw notAcceptable(offersInWords(offers));
  const mediaType = imageTypeOf(offer);
  checkIccProfile(parameters, mediaType);
  const root = rootUrl(context, service.publicUrl);
  const rows = [state, ...first.map(({ image }) => image)].map(
    ({ instance }) => revisionOfInstance(instance).state,
  );
  const form = [...rows, offer.form, mediaType, offer.form === 'parts' ? root : ''];
  if (unchanged(service, context, [revision, ...form, JSON.stringify(parameters)], changedAt)) return;
  const signal = clientLeft(context);
  const options = { parameters, kind: 'rendered', signal, presentationState: state, mediaType } as const;
  const [only] = first;
  if (offer.form === 'single' && only)
    return sendImage(context, mediaType, () =>
      renderedBytes(service.archive, only.image, only.frameNumber, options),
    );
  await sendMultipart(
    context,
    mediaType,
    frameParts(service, framesThrough(service.archive, state), root, options),
  );
}
