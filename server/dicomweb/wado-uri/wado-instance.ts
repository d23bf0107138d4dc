import type { Context } from 'koa';
import { encodingsOf, giveFirst, TRANSCODING_EDITION } from '../../archive/retrieve/retrieve-given.ts';
import {
  type InstanceLocation,
  readInstance,
  revisionOfInstance,
} from '../../archive/retrieve/retrieve-instances.ts';
import { explicitVrLittleEndian, isKnownTransferSyntax } from '../../dicom/transfer-syntaxes.ts';
import { isValidUid } from '../../dicom/uid.ts';
import { clientLeft } from '../../http/client-left.ts';
import { HttpError } from '../../http/http-errors.ts';
import { answeredUnchanged, sendSized, sendStream } from '../answer.ts';
import type { DicomwebService } from '../service.ts';

// PS3.18 8.7.3.5.2: the transfer-syntax parameter is forbidden in answers of the URI Service.
const DICOM = 'application/dicom';

/**
 * Retrieve DICOM Instance (PS3.18 9.4) in the transfer syntax `asked` (`*`: as stored); without one in Explicit VR Little Endian or,
 * where its pixels can't be had so, as stored (8.7.3.4).
 */
export async function sendDicomInstance(
  { archive }: DicomwebService,
  context: Context,
  instance: InstanceLocation,
  asked: string | undefined,
): Promise<void> {
  const stored = instance.transferSyntaxUID;
  const wanted = wantedSyntaxes(asked, stored);
  const { state, changedAt } = revisionOfInstance(instance);
  const form = wanted[0] === stored ? [] : [TRANSCODING_EDITION, ...wanted];
  if (answeredUnchanged(context, ['wado', state, ...form], changedAt)) return;
  if (wanted[0] === stored) {
    return sendSized(context, {
      type: DICOM,
      sizeBytes: instance.sizeBytes,
      read: (range) => readInstance(archive, instance, range),
    });
  }
  const choices = wanted.map((transferSyntaxUID) => ({
    transferSyntaxUID,
    asStored: transferSyntaxUID === stored,
  }));
  const made = await giveFirst(archive, instance, choices, clientLeft(context));
  if (!made) {
    const available = (await encodingsOf(archive, instance)).join(', ');
    throw new HttpError(406, `The instance can't be given in this transfer syntax; available: ${available}`);
  }
  await sendStream(context, made.given.content);
  context.set('Content-Type', DICOM);
}

function wantedSyntaxes(asked: string | undefined, stored: string): string[] {
  if (asked === undefined) return [...new Set([explicitVrLittleEndian, stored])];
  if (asked === '*') return [stored];
  if (!isValidUid(asked))
    throw new HttpError(
      400,
      'transferSyntax has to be one UID, or * for the one that is stored (PS3.18 9.4.2.4).',
    );
  if (!isKnownTransferSyntax(asked) && asked !== stored)
    throw new HttpError(
      406,
      'There is no transfer syntax of that UID; 1.2.840.10008.1.2.1 can be had of nearly every instance.',
    );
  return [asked];
}
