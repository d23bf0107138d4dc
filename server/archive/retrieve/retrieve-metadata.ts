import { type MetadataPage, metadataPages } from '../../../storage/index/metadata-pages.ts';
import { NotFoundError } from '../archive-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { type InstanceLocation, readMetadata, type Scope } from './retrieve-instances.ts';

export type { InstanceMetadata } from '../../../storage/index/metadata-pages.ts';

/** The metadata of a study or series, page by page; a few megabytes each. Throws a `NotFoundError` where there is nothing left of it. */
export async function* retrieveMetadataPages(
  parts: ArchiveParts,
  scope: Omit<Scope, 'sopInstanceUID'>,
): AsyncGenerator<MetadataPage> {
  let any = false;
  for await (const page of metadataPages(parts.pool, scope)) {
    any ||= page.instances.length > 0;
    if (!any) throw new NotFoundError('Nothing of that name is stored.');
    yield page;
  }
}

/** The metadata of one instance as the only page. Throws a `NotFoundError` where it is gone. */
export async function* retrieveInstanceMetadata(
  parts: ArchiveParts,
  instance: InstanceLocation,
): AsyncGenerator<MetadataPage> {
  for await (const { metadata } of readMetadata(parts, only(instance))) {
    yield { instances: [{ ...instance, metadata }], isLast: true };
    return;
  }
  throw new NotFoundError('Nothing of that name is stored.');
}

async function* only(instance: InstanceLocation): AsyncGenerator<InstanceLocation> {
  yield instance;
}
