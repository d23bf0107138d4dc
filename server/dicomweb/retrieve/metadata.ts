import type { Context } from 'koa';
import { NotFoundError } from '../../archive/archive-errors.ts';
import {
  currentRevision,
  findInstance,
  findInstances,
  type InstanceLocation,
  type Revision,
  readMetadata,
  revisionOfInstance,
  type Scope,
} from '../../archive/retrieve/retrieve-instances.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { parseDataSet } from '../../dicom/models/data-set-json.ts';
import { answeredUnchanged, sendDataSets, sendStream } from '../answer.ts';
import { dataSetFormFor } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { instanceUrl, rootUrl, scopeOf } from '../uri.ts';

/** Retrieve Metadata of a study, a series or one instance (PS3.18 10.4.1.1.2), streamed: one array of JSON, or XML. */
export async function retrieveMetadata(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const scope = scopeOf(parameters);
  const form = dataSetFormFor(context, scope.sopInstanceUID !== undefined);
  const { instances, revision } = await found(service, scope);
  const { state, changedAt } = revision;
  const root = rootUrl(context, service.publicUrl);
  if (answeredUnchanged(context, ['metadata', state, form.form, root], changedAt, true)) return;
  const texts = metadataTexts(service, instances, root);
  if (form.form !== 'json') return sendDataSets(context, form, parsed(texts));
  await sendStream(context, asArray(texts));
  context.set('Content-Type', form.type);
}

type Instances = AsyncIterable<InstanceLocation>;

/**
 * What is to be shown, and its state; nothing there is a 404, before the first byte is sent. A study's or series' state is older
 * than what is read of it, or the same; one instance's is that of the row that is read.
 */
async function found(
  { archive }: DicomwebService,
  scope: Scope,
): Promise<{ instances: Instances; revision: Revision }> {
  if (scope.sopInstanceUID === undefined)
    return {
      revision: await currentRevision(archive, scope),
      instances: findInstances(archive, scope),
    };
  const instance = await findInstance(archive, scope);
  return { revision: revisionOfInstance(instance), instances: only(instance) };
}

async function* only(instance: InstanceLocation): AsyncGenerator<InstanceLocation> {
  yield instance;
}

/** Throws a `NotFoundError` where all of it is gone. */
async function* metadataTexts(
  { archive }: DicomwebService,
  instances: Instances,
  root: string,
): AsyncGenerator<string> {
  let any = false;
  for await (const { instance, metadata } of readMetadata(archive, instances)) {
    any = true;
    yield withBulkDataRoot(metadata, bulkDataRoot(root, instance));
  }
  if (!any) throw new NotFoundError('Nothing of that name is stored.');
}

/** The texts are JSON as they lie in the index: they are joined, not parsed. */
async function* asArray(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let lead = '[';
  for await (const text of texts) {
    yield Buffer.from(lead + text);
    lead = ',';
  }
  yield Buffer.from(lead === '[' ? '[]' : ']');
}

async function* parsed(texts: AsyncIterable<string>): AsyncGenerator<DataSet> {
  for await (const text of texts) yield parseDataSet(text);
}

/** What the BulkDataURIs in an instance's metadata begin with. */
function bulkDataRoot(root: string, instance: InstanceLocation): string {
  return `${instanceUrl(root, instance)}/bulkdata/`;
}

const BULK_KEY = '"BulkDataURI":"';

/**
 * Makes the relative BulkDataURIs of `metadata` absolute. In JSON text the key's quotes cannot occur unescaped inside a
 * value, so only keys are met.
 */
function withBulkDataRoot(metadata: string, root: string): string {
  return metadata.replaceAll(BULK_KEY, () => BULK_KEY + root);
}
