import type { Context } from 'koa';
import {
  findInstances,
  readMetadata,
  type Scope,
  storedTransferSyntaxes,
} from '../../archive/retrieve-instances.ts';
import { sendStream } from '../answer.ts';
import { jsonTypeFor } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { instanceUrl, rootUrl, scopeOf } from '../uri.ts';

/** Retrieve Metadata of a study, a series or one instance (PS3.18 10.4.1.1.2), streamed as one array. */
export async function retrieveMetadata(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const answerType = jsonTypeFor(context);
  const scope = scopeOf(parameters);
  // Nothing there is a 404, which must be known before the first byte is sent.
  await storedTransferSyntaxes(service.archive, scope);
  await sendStream(context, metadataArray(service, scope, rootUrl(context, service.publicUrl)));
  context.set('Content-Type', answerType);
}

async function* metadataArray(
  service: DicomwebService,
  scope: Scope,
  root: string,
): AsyncGenerator<Uint8Array> {
  let lead = '[';
  for await (const { instance, metadata } of readMetadata(
    service.archive,
    findInstances(service.archive, scope),
  )) {
    yield Buffer.from(lead + withBulkDataRoot(metadata, `${instanceUrl(root, instance)}/bulkdata/`));
    lead = ',';
  }
  yield Buffer.from(lead === '[' ? '[]' : ']');
}

const BULK_KEY = '"BulkDataURI":"';

/**
 * Makes the relative BulkDataURIs of `metadata` absolute. In JSON text the key's quotes cannot occur unescaped inside a
 * value, so only keys are met.
 */
function withBulkDataRoot(metadata: string, root: string): string {
  return metadata.replaceAll(BULK_KEY, () => BULK_KEY + root);
}
