import type { Context } from 'koa';
import { NotFoundError } from '../../archive/archive-errors.ts';
import type { RenderParameters } from '../../archive/render/render-image.ts';
import { type OutlinedSubject, outlineOf } from '../../archive/render/render-outline.ts';
import { referenceTo } from '../../archive/render/render-presentation.ts';
import type { OpenSubject } from '../../archive/render/render-subject.ts';
import { findInstance } from '../../archive/retrieve/retrieve-instances.ts';
import { noteForAudit } from '../../auth/audit-requests.ts';
import { HttpError } from '../../http/http-errors.ts';
import { type MediaRange, parseAccept } from '../../http/media-type.ts';
import { acceptedBy, notAcceptable, takes } from '../negotiation.ts';
import { renderParametersOf } from '../rendered/query-parameters.ts';
import { withAnswers } from '../rendered/render-faults.ts';
import { sendFramesRendered, sendPresentation } from '../rendered/rendered-image.ts';
import { sendSubject, typesOf } from '../rendered/rendered-instance.ts';
import type { DicomwebService } from '../service.ts';
import { takenRanges } from '../specific-ranges.ts';
import { sendDicomInstance } from './wado-instance.ts';
import {
  RENDERING_NAMES,
  renderingOf,
  requiredUid,
  type Value,
  valuesOf,
  viewportOf,
  type WadoRendering,
} from './wado-parameters.ts';

const DICOM = 'application/dicom';

/**
 * The URI Service (PS3.18 9): one instance, as DICOM (9.4) or rendered (9.5). Without contentType an image comes as JPEG, a
 * document as HTML (9.3, Table 8.7.4-1), and as DICOM what has neither.
 */
export async function retrieveByUri(service: DicomwebService, context: Context): Promise<void> {
  const value = valuesOf(context);
  if (value('requestType') !== 'WADO')
    throw new HttpError(400, 'requestType has to be WADO (PS3.18 9.1.2.1.1).');
  const scope = {
    studyInstanceUID: requiredUid(value, 'studyUID'),
    seriesInstanceUID: requiredUid(value, 'seriesUID'),
    sopInstanceUID: requiredUid(value, 'objectUID'),
  };
  noteForAudit(context, { studyInstanceUID: scope.studyInstanceUID, detail: scope });
  refuseToAnonymize(value);
  const ranges = rangesOf(context, value);
  const rendering = renderingOf(value, sharedParameters(context, value));
  const instance = await findInstance(service.archive, scope);
  const frames = rendering.frameNumber === undefined ? undefined : [rendering.frameNumber];
  const subject = await outlineOf(service.archive, instance, frames);
  const mediaType = selectedType(ranges, subject);
  if (mediaType !== DICOM)
    return withAnswers(context, () => sendRendered(service, context, subject, mediaType, rendering));
  const misplaced = RENDERING_NAMES.find((name) => value(name) !== undefined);
  if (misplaced !== undefined)
    throw new HttpError(400, `${misplaced} does not go with ${DICOM} (PS3.18 9.5.1.2).`);
  await sendDicomInstance(service, context, instance, value('transferSyntax'));
}

/** 9.4.1.2.1. What is only half anonymous must not pass for anonymous, so that the parameter is never ignored. */
function refuseToAnonymize(value: Value): void {
  const anonymize = value('anonymize');
  if (anonymize === undefined) return;
  if (anonymize !== 'yes') throw new HttpError(400, 'anonymize has to be yes (PS3.18 9.4.1.2.1).');
  throw new HttpError(501, 'This server does not anonymize what it gives.');
}

/** 8.7.8.1: the media types of contentType first, then those of the Accept header. */
function rangesOf(context: Context, value: Value): readonly MediaRange[] {
  const header = acceptedBy(context);
  const contentType = value('contentType');
  if (contentType === undefined) return header;
  const asked = takenRanges(parseAccept(contentType) ?? []);
  if (asked.length === 0) throw new HttpError(400, 'contentType holds no media type that can be read.');
  // 9.1.2.2.1
  if (
    asked.some(
      ({ parameters }) => parameters['transfer-syntax'] !== undefined || parameters.charset !== undefined,
    )
  )
    throw new HttpError(
      400,
      'contentType takes no transfer-syntax and no charset; these are parameters of their own.',
    );
  const dicom = asked.filter(({ type }) => type === DICOM);
  if (dicom.length > 0 && dicom.length < asked.length)
    throw new HttpError(
      400,
      `contentType has to be ${DICOM} alone, or rendered media types (PS3.18 9.1.2.2.1).`,
    );
  return [...asked, ...header];
}

/** Those that Rendered Resources have too, by their names there (9.5.1.2.2, 9.5.1.2.3). */
function sharedParameters(context: Context, value: Value): Omit<RenderParameters, 'viewport'> {
  const quality = value('imageQuality');
  if (quality !== undefined && !/^([1-9]\d?|100)$/.test(quality))
    throw new HttpError(400, 'imageQuality has to be a whole number from 1 (worst) to 100 (best)');
  const annotation = value('imageAnnotation') ?? value('annotation');
  const byName: Readonly<Record<string, string | undefined>> = { quality, annotation };
  return renderParametersOf(context, 'rendered', (name) => byName[name]);
}

/** Throws a 406 that lists what could be had. */
function selectedType(ranges: readonly MediaRange[], subject: OutlinedSubject): string {
  // 9.3: whoever takes anything gets the picture or the text.
  const available = [...typesOf(subject), DICOM];
  for (const range of ranges) {
    const found = available.find((type) => takes(range, type));
    if (found !== undefined) return found;
  }
  throw notAcceptable(available);
}

async function sendRendered(
  service: DicomwebService,
  context: Context,
  subject: OutlinedSubject,
  mediaType: string,
  rendering: WadoRendering,
): Promise<void> {
  const ranges = [{ type: mediaType, parameters: {}, quality: 1 }];
  const { frameNumber, presentation } = rendering;
  if (subject.category === 'presentation-state') {
    if (presentation) throw new HttpError(400, 'presentationUID does not go with a presentation state.');
    return sendPresentation(
      service,
      context,
      await subject.open(),
      { parameters: parametersFor(subject, rendering), ranges },
      true,
    );
  }
  if (subject.category !== 'image') {
    if (frameNumber !== undefined) throw notMultiFrame();
    if (presentation) throw new HttpError(400, 'The presentation state does not refer to this instance.');
    return sendSubject(service, context, subject, { parameters: rendering.parameters, ranges });
  }
  const asked = { parameters: parametersFor(subject, rendering), ranges };
  if (frameNumber !== undefined) {
    if (!subject.isMultiFrame) throw notMultiFrame();
    if (frameNumber > subject.frameCount)
      throw new HttpError(400, `frameNumber is more than the ${subject.frameCount} frames of the instance.`);
    return sendFramesRendered(service, context, subject, [frameNumber], asked);
  }
  if (!presentation) return sendFramesRendered(service, context, subject, undefined, asked);
  const state = await presentationStateOf(service, subject, presentation);
  const [first = 1] = referenceTo(state, subject.instance.sopInstanceUID) ?? [];
  await sendFramesRendered(service, context, subject, [first], { ...asked, presentationState: state });
}

function parametersFor(subject: OutlinedSubject, rendering: WadoRendering): RenderParameters {
  const viewport = viewportOf(rendering, {
    rows: subject.rows ?? 1,
    columns: subject.columns ?? 1,
  });
  return { ...rendering.parameters, ...(viewport && { viewport }) };
}

function notMultiFrame(): HttpError {
  return new HttpError(
    400,
    'frameNumber goes with a multi-frame image; this instance is none (PS3.18 9.5.2.1).',
  );
}

/** 9.5.2.3: one that is not there, or is about other images, is a 400. */
async function presentationStateOf(
  service: DicomwebService,
  image: OutlinedSubject,
  uids: NonNullable<WadoRendering['presentation']>,
): Promise<OpenSubject> {
  const { studyInstanceUID, sopInstanceUID } = image.instance;
  try {
    const instance = await findInstance(service.archive, { studyInstanceUID, ...uids });
    const { category, open } = await outlineOf(service.archive, instance);
    const state = category === 'presentation-state' ? await open() : undefined;
    if (state && referenceTo(state, sopInstanceUID)) return state;
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
  throw new HttpError(
    400,
    'presentationUID and presentationSeriesUID name no presentation state of this image in its study.',
  );
}
