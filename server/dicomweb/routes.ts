import type { Context } from 'koa';
import { deleteFromArchive } from '../archive/delete-from-archive.ts';
import type { Level } from '../archive/search-archive.ts';
import type { Permission } from '../auth/permissions.ts';
import type { Handler, Method, Route } from '../http/route.ts';
import { retrieveBulkData } from './retrieve/bulk-data.ts';
import { retrieveFrames } from './retrieve/frames.ts';
import { retrieveInstances } from './retrieve/instances.ts';
import { retrieveMetadata } from './retrieve/metadata.ts';
import { searchTransaction } from './search/search.ts';
import type { DicomwebService } from './service.ts';
import { store } from './store/store.ts';
import { scopeOf } from './uri.ts';

const STUDY = '/studies/{study}';
const SERIES = `${STUDY}/series/{series}`;
const INSTANCE = `${SERIES}/instances/{instance}`;

/** The Standard has no transaction that deletes; the method means what RFC 9110 9.3.5 says, as in other archives. */
const NO_SECTION = 'RFC 9110 9.3.5';

/** Every transaction of this gateway: URI template -> transaction -> section of PS3.18 -> permission. */
export function dicomwebRoutes(service: DicomwebService): Route[] {
  type Transaction = (
    service: DicomwebService,
    context: Context,
    parameters: Readonly<Record<string, string>>,
  ) => Promise<void>;
  const route = (
    method: Method,
    template: string,
    transaction: string,
    section: string,
    permission: Permission,
    run: Transaction,
  ): Route => {
    const handle: Handler = (context, parameters) => run(service, context, parameters);
    return { method, template, transaction, section, permission, handle };
  };
  const search =
    (level: Level): Transaction =>
    (s, context, parameters) =>
      searchTransaction(s, level, context, parameters);
  const retrieve = (template: string, transaction: string, section: string, run: Transaction) =>
    route('GET', template, transaction, section, 'dicom:retrieve', run);
  const find = (template: string, level: Level) =>
    route('GET', template, 'Search', 'PS3.18 10.6', 'dicom:search', search(level));

  return [
    route('POST', '/studies', 'Store', 'PS3.18 10.5', 'dicom:store', store),
    route('POST', STUDY, 'Store', 'PS3.18 10.5', 'dicom:store', store),

    find('/studies', 'study'),
    find('/series', 'series'),
    find('/instances', 'instance'),
    find(`${STUDY}/series`, 'series'),
    find(`${STUDY}/instances`, 'instance'),
    find(`${SERIES}/instances`, 'instance'),

    retrieve(STUDY, 'Retrieve Study', 'PS3.18 10.4.1.1.1', retrieveInstances),
    retrieve(SERIES, 'Retrieve Series', 'PS3.18 10.4.1.1.1', retrieveInstances),
    retrieve(INSTANCE, 'Retrieve Instance', 'PS3.18 10.4.1.1.1', retrieveInstances),
    retrieve(`${STUDY}/metadata`, 'Retrieve Metadata', 'PS3.18 10.4.1.1.2', retrieveMetadata),
    retrieve(`${SERIES}/metadata`, 'Retrieve Metadata', 'PS3.18 10.4.1.1.2', retrieveMetadata),
    retrieve(`${INSTANCE}/metadata`, 'Retrieve Metadata', 'PS3.18 10.4.1.1.2', retrieveMetadata),
    retrieve(`${INSTANCE}/frames/{frames}`, 'Retrieve Frames', 'PS3.18 10.4.1.1.3', retrieveFrames),
    retrieve(`${INSTANCE}/bulkdata/{*path}`, 'Retrieve Bulk Data', 'PS3.18 10.4.1.1.5', retrieveBulkData),

    route('DELETE', STUDY, 'Delete', NO_SECTION, 'dicom:delete', remove),
    route('DELETE', SERIES, 'Delete', NO_SECTION, 'dicom:delete', remove),
    route('DELETE', INSTANCE, 'Delete', NO_SECTION, 'dicom:delete', remove),
  ];
}

/** Deletes what the URI names; 204, or 404 where nothing of that name is stored. */
async function remove(
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  await deleteFromArchive(service.archive, scopeOf(parameters));
  context.status = 204;
}
