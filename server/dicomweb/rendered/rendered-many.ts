import type { Context } from 'koa';
import { NotFoundError } from '../../archive/archive-errors.ts';
import { mapAhead } from '../../archive/map-ahead.ts';
import { patiently } from '../../archive/patiently.ts';
import type { RenderCategory } from '../../archive/render/render-category.ts';
import { renderDocument } from '../../archive/render/render-document.ts';
import { renderFaultOf } from '../../archive/render/render-errors.ts';
import type { RenderedMediaType } from '../../archive/render/render-image.ts';
import { type OutlinedSubject, outlined, outlineOf } from '../../archive/render/render-outline.ts';
import { presentedFrames } from '../../archive/render/render-presentation.ts';
import { categoriesIn, type RenderSubject, subjectsIn } from '../../archive/render/render-subject.ts';
import { videoContentOf } from '../../archive/render/render-video.ts';
import { renderedBytes } from '../../archive/render/rendered-bytes.ts';
import { currentRevision, type Scope } from '../../archive/retrieve/retrieve-instances.ts';
import { clientLeft } from '../../http/client-left.ts';
import type { OutgoingPart } from '../../http/multipart-writer.ts';
import { sendMultipart } from '../answer.ts';
import { acceptedBy, notAcceptable } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { instanceUrl, rootUrl, scopeOf } from '../uri.ts';
import { takenTypes } from './offers.ts';
import { checkIccProfile, renderParametersOf } from './query-parameters.ts';
import { answerTo, withAnswers } from './render-faults.ts';
import { type RenderAsked, unchanged } from './rendered-image.ts';
import { typesOf } from './rendered-instance.ts';
import { partOf, urlIn, withCharset } from './send-rendered.ts';

/**
 * Retrieve Rendered Study or Series (PS3.18 10.4.1.1.3): a part for each instance, in the type that the client takes first of those
 * that its kind can be had in; of an image with several frames the first one. A 206 where some kinds can be had in none.
 */
export async function retrieveRenderedMany(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const asked = { parameters: renderParametersOf(context), ranges: acceptedBy(context) };
  const scope = scopeOf(parameters);
  const own = await currentRevision(service.archive, scope);
  const { studyInstanceUID } = scope;
  const ofStudy = await currentRevision(service.archive, { studyInstanceUID });
  const categories = await categoriesIn(service.archive, scope);
  // The images of a study are shown once, and not once more through each presentation state.
  if (categories.has('image')) categories.delete('presentation-state');
  const types = typesByCategory(categories, asked);
  const firstType = [...types.values()][0];
  if (firstType === undefined) throw nothingTaken(categories);
  for (const type of types.values()) checkIccProfile(asked.parameters, type as RenderedMediaType);
  const root = rootUrl(context, service.publicUrl);
  // What presentation states show may lie in other series of the study.
  const { state, changedAt } = types.has('presentation-state') ? ofStudy : own;
  const form = [root, ...[...types].flat(), JSON.stringify(asked.parameters)];
  if (unchanged(service, context, [state, ...form], changedAt)) return;
  await withAnswers(context, () =>
    sendMultipart(context, firstType, manyParts(service, context, scope, types, asked, root)),
  );
  // Table 10.4.3-1: representations of some, but not all.
  if (types.size < categories.size) context.status = 206;
}

/** Every type that instances of a category can be had in, whatever their transfer syntax. */
function typesOfCategory(category: RenderCategory): readonly string[] {
  return category === 'video'
    ? ['video/mp4', 'video/mpeg', 'video/h265']
    : typesOf({ category } as RenderSubject);
}

function typesByCategory(
  categories: ReadonlySet<RenderCategory>,
  { ranges }: RenderAsked,
): Map<RenderCategory, string> {
  const types = new Map<RenderCategory, string>();
  for (const category of categories) {
    const [type] = takenTypes(ranges, typesOfCategory(category));
    if (type !== undefined) types.set(category, type);
  }
  return types;
}

function nothingTaken(categories: ReadonlySet<RenderCategory>) {
  const available = [...categories].flatMap((category) => [...typesOfCategory(category)]);
  return notAcceptable(
    available.length === 0
      ? ['application/dicom']
      : [...new Set(available)].map((type) => `multipart/related; type="${type}"`),
  );
}

/** One is rendered while the one before it goes out. */
const AHEAD = 1;

function manyParts(
  service: DicomwebService,
  context: Context,
  scope: Scope,
  types: ReadonlyMap<RenderCategory, string>,
  asked: RenderAsked,
  root: string,
): AsyncIterable<OutgoingPart> {
  const signal = clientLeft(context);
  return mapAhead(shownIn(service, scope, types), AHEAD, async ({ subject, type }) => {
    try {
      const known = await outlineOf(service.archive, subject.instance);
      return await patiently(() => partFor(service, known, type, asked, root, signal), signal);
    } catch (error) {
      // Law 5: one bad instance never fails its neighbours. That the server is busy passes, and is no answer to keep.
      const fault = renderFaultOf(error);
      if (error instanceof NotFoundError || (fault !== undefined && fault !== 'BUSY'))
        return problemPart(root, subject, error);
      throw error;
    }
  });
}

async function* shownIn(
  { archive }: DicomwebService,
  scope: Scope,
  types: ReadonlyMap<RenderCategory, string>,
): AsyncGenerator<{ subject: RenderSubject; type: string }> {
  for await (const subject of subjectsIn(archive, scope)) {
    const type = types.get(subject.category);
    if (type !== undefined) yield { subject, type };
  }
}

async function partFor(
  { archive }: DicomwebService,
  subject: OutlinedSubject,
  type: string,
  { parameters }: RenderAsked,
  root: string,
  signal: AbortSignal,
): Promise<OutgoingPart> {
  const options = { parameters, mediaType: type as RenderedMediaType, kind: 'rendered', signal } as const;
  if (subject.category === 'image')
    return partOf(root, subject, type, [await renderedBytes(archive, subject, 1, options)]);
  const opened = await subject.open();
  if (subject.category === 'presentation-state') {
    for await (const { image, frameNumber } of presentedFrames(archive, opened)) {
      const through = { ...options, presentationState: opened };
      return partOf(root, subject, type, [
        await renderedBytes(archive, outlined(image), frameNumber, through),
      ]);
    }
  }
  if (subject.category === 'video') {
    const content = videoContentOf(archive, opened);
    const body = content?.read({ start: 0, endExclusive: content.sizeBytes }) ?? [];
    return partOf(root, subject, typesOf(subject)[0] ?? type, body);
  }
  const content = await renderDocument(archive, opened, type, urlIn(root));
  return partOf(
    root,
    subject,
    withCharset(opened, type),
    content.read({ start: 0, endExclusive: content.sizeBytes }),
  );
}

/** In the place of what can't be rendered: why. */
function problemPart(root: string, { instance }: RenderSubject, error: unknown): OutgoingPart {
  const answer = answerTo(error);
  const detail = answer instanceof Error ? answer.message : 'The instance can not be rendered.';
  const problem = { type: 'about:blank', title: 'Not Acceptable', status: 406, detail };
  return {
    headers: {
      'Content-Type': 'application/problem+json',
      'Content-Location': `${instanceUrl(root, instance)}/rendered`,
    },
    body: [Buffer.from(JSON.stringify(problem))],
  };
}
