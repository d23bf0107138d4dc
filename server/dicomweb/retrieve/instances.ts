import type { Context } from 'koa';
import {
  currentRevision,
  findInstance,
  findInstances,
  type InstanceLocation,
  readInstance,
  type Scope,
  storedTransferSyntaxes,
} from '../../archive/retrieve-instances.ts';
import type { OutgoingPart } from '../../http/multipart-writer.ts';
import { answeredUnchanged, sendMultipart, sendSized } from '../answer.ts';
import { acceptedBy, notAcceptable } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { instanceUrl, rootUrl, scopeOf } from '../uri.ts';
import { chooseInstanceEncoding, rangeFor } from './transfer-syntax-choice.ts';

const DICOM = 'application/dicom';

/** Retrieve Instances of a study, a series or one instance (PS3.18 10.4.1.1.1), as stored. */
export async function retrieveInstances(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const scope = scopeOf(parameters);
  const single = scope.sopInstanceUID !== undefined;
  const multipart = await encodingFor(service, context, scope, single);
  const root = rootUrl(context, service.publicUrl);
  const { state, changedAt } = await currentRevision(service.archive, scope);
  if (answeredUnchanged(context, ['instances', state, multipart ? root : ''], changedAt)) return;
  if (single && !multipart) return sendInstance(service, context, await findInstance(service.archive, scope));
  await sendMultipart(context, DICOM, instanceParts(service, scope, root));
}

/** Checks, before anything is sent, that the client takes every instance as it is stored; answers whether in parts. */
async function encodingFor(
  service: DicomwebService,
  context: Context,
  scope: Scope,
  single: boolean,
): Promise<boolean> {
  const ranges = acceptedBy(context);
  let multipart = true;
  for (const transferSyntaxUID of await storedTransferSyntaxes(service.archive, scope)) {
    const chosen = chooseInstanceEncoding(ranges, transferSyntaxUID, single);
    if (!chosen) {
      throw notAcceptable([
        rangeFor({ multipart: true, mediaType: DICOM, transferSyntaxUID }),
        `multipart/related; type="${DICOM}"; transfer-syntax=*`,
      ]);
    }
    multipart = chosen.multipart;
  }
  return multipart;
}

async function sendInstance(
  service: DicomwebService,
  context: Context,
  instance: InstanceLocation,
): Promise<void> {
  await sendSized(context, {
    type: `${DICOM}; transfer-syntax=${instance.transferSyntaxUID}`,
    sizeBytes: instance.sizeBytes,
    read: (range) => readInstance(service.archive, instance, range),
  });
}

async function* instanceParts(
  service: DicomwebService,
  scope: Scope,
  root: string,
): AsyncGenerator<OutgoingPart> {
  for await (const instance of findInstances(service.archive, scope)) {
    yield {
      headers: {
        'Content-Type': `${DICOM}; transfer-syntax=${instance.transferSyntaxUID}`,
        'Content-Length': String(instance.sizeBytes),
        'Content-Location': instanceUrl(root, instance),
      },
      body: readInstance(service.archive, instance),
    };
  }
}
