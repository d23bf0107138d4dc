import type { Context } from 'koa';
import { isUndecodable } from '../../archive/retrieve/retrieve-given.ts';
import type { InstanceLocation, Scope } from '../../archive/retrieve/retrieve-instances.ts';
import { zipInstances } from '../../archive/retrieve/zip-instances.ts';
import { clientLeft } from '../../http/client-left.ts';
import type { MediaRange } from '../../http/media-type.ts';
import { sendStream } from '../answer.ts';
import type { DicomwebService } from '../service.ts';
import { answerPartially, refusal, surveyed } from './survey.ts';
import { DICOM, instanceProposals } from './transfer-syntax-choice.ts';

const ZIP = 'application/zip';

/**
 * The ranges by which the client takes instances as a zip archive, where it prefers that to other forms: what they say of transfer syntaxes
 * is of the instances in it. Only who names the type means it.
 */
export function zipRanges(ranges: readonly MediaRange[]): MediaRange[] | undefined {
  const first = ranges.find(
    ({ type }) => type === ZIP || /^(multipart\/|application\/(dicom|\*)$|\*\/\*)/.test(type),
  );
  if (first?.type !== ZIP) return undefined;
  return ranges.filter(({ type }) => type === ZIP).map((range) => ({ ...range, type: DICOM }));
}

/**
 * Retrieve Instances as application/zip (PS3.18 Table 10.4.4-1): files with a DICOMDIR, streamed. Each instance is in the transfer syntax
 * that the client asks for, Explicit VR Little Endian where it names none.
 */
export async function retrieveZip(
  service: DicomwebService,
  context: Context,
  scope: Scope,
  ranges: readonly MediaRange[],
): Promise<void> {
  const proposals = (storedUID: string) => instanceProposals(ranges, storedUID, true);
  const coverage = await surveyed(service, scope, proposals);
  const damaged: { instance: InstanceLocation; reason: string }[] = [];
  let begun = false;
  const bytes = zipInstances(service.archive, scope, proposals, clientLeft(context), (instance, reason) => {
    // Later the status is out; a file of the archive tells.
    if (!begun) damaged.push({ instance, reason });
  });
  try {
    await sendStream(context, bytes);
  } catch (error) {
    const [first] = damaged;
    throw first && isUndecodable(error) ? await refusal(service, first.instance, first.reason) : error;
  }
  begun = true;
  context.set('Content-Type', ZIP);
  const name = scope.sopInstanceUID ?? scope.seriesInstanceUID ?? scope.studyInstanceUID;
  context.set('Content-Disposition', `attachment; filename="${name}.zip"`);
  if (coverage === 'some' || damaged.length > 0) answerPartially(context);
}
