import type { Context } from 'koa';
import {
  currentRevision,
  findInstance,
  type Revision,
  revisionOfInstance,
  type Scope,
} from '../../archive/retrieve/retrieve-instances.ts';
import {
  type InstanceMetadata,
  retrieveInstanceMetadata,
  retrieveMetadataPages,
} from '../../archive/retrieve/retrieve-metadata.ts';
import { gzipped, setCompressed, takesGzip } from '../../http/compression.ts';
import { answeredUnchanged } from '../answer.ts';
import { sendDataSetTexts } from '../data-set-texts.ts';
import { dataSetFormFor } from '../negotiation.ts';
import type { DicomwebService } from '../service.ts';
import { instanceUrl, rootUrl, scopeOf } from '../uri.ts';

/**
 * Retrieve Metadata of a study, a series or one instance (PS3.18 10.4.1.1.2): one array of JSON, or XML. What fits into one page is
 * kept, as it goes out, for those who ask again as long as the index says that nothing has changed; the rest is streamed.
 */
export async function retrieveMetadata(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const scope = scopeOf(parameters);
  const form = dataSetFormFor(context, scope.sopInstanceUID !== undefined);
  const { revision, pages } = await found(service, scope);
  const { state, changedAt } = revision;
  const root = rootUrl(context, service.publicUrl);
  if (answeredUnchanged(context, ['metadata', state, form.form, root], changedAt, true)) return;
  if (form.form !== 'json' || context.method === 'HEAD')
    return sendDataSetTexts(context, form, textsOf(pages(), root));
  const isGzip = takesGzip(context);
  // The ETag tells state and form, so it is as good a name for what is kept as for what the client keeps.
  const whole = await service.archive.cache.getOrMake(String(context.response.get('ETag')), () =>
    asOnePage(pages(), root, isGzip),
  );
  if (whole.length === 0) return sendDataSetTexts(context, form, textsOf(pages(), root));
  context.set('Content-Type', form.type);
  if (isGzip) setCompressed(context, whole);
  else context.body = whole;
}

type Pages = ReturnType<typeof retrieveMetadataPages>;

/**
 * What is to be shown, and its state; nothing there is a 404. A study's or series' state is older than what is read of it, or the
 * same; one instance's is that of the row that is read.
 */
async function found(
  { archive }: DicomwebService,
  scope: Scope,
): Promise<{ revision: Revision; pages: () => Pages }> {
  if (scope.sopInstanceUID === undefined)
    return {
      revision: await currentRevision(archive, scope),
      pages: () => retrieveMetadataPages(archive, scope),
    };
  const instance = await findInstance(archive, scope);
  return {
    revision: revisionOfInstance(instance),
    pages: () => retrieveInstanceMetadata(archive, instance),
  };
}

/** Kept in place of what is too large to be kept: so one look into the cache tells that, too. */
const IN_SEVERAL_PAGES = Buffer.alloc(0);

async function asOnePage(pages: Pages, root: string, isGzip: boolean): Promise<Buffer> {
  for await (const { instances, isLast } of pages) {
    if (!isLast) return IN_SEVERAL_PAGES;
    const bytes = Buffer.from(`[${instances.map((one) => withBulkDataRoot(one, root)).join(',')}]`);
    return isGzip ? gzipped(bytes) : bytes;
  }
  return IN_SEVERAL_PAGES;
}

async function* textsOf(pages: Pages, root: string): AsyncGenerator<string> {
  for await (const { instances } of pages) for (const one of instances) yield withBulkDataRoot(one, root);
}

const BULK_KEY = '"BulkDataURI":"';

/**
 * Makes the relative BulkDataURIs of an instance's metadata absolute. In JSON text the key's quotes cannot occur unescaped inside a
 * value, so only keys are met.
 */
function withBulkDataRoot(one: InstanceMetadata, root: string): string {
  if (!one.metadata.includes(BULK_KEY)) return one.metadata;
  const bulkDataRoot = `${instanceUrl(root, one)}/bulkdata/`;
  return one.metadata.replaceAll(BULK_KEY, () => BULK_KEY + bulkDataRoot);
}
