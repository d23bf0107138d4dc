import type { Context } from 'koa';
import type { Permission } from '../auth/permissions.ts';
import type { Method } from '../http/route.ts';
import type { DicomwebService } from './service.ts';

/** Checks a request, has `archive` do the work, shapes the answer. Template variables are in `parameters`, decoded. */
export type Transaction = (
  service: DicomwebService,
  context: Context,
  parameters: Readonly<Record<string, string>>,
) => Promise<void>;

/** One row of the route table: URI template -> transaction -> section of PS3.18 -> permission. */
export interface TransactionRow {
  method: Method;
  /** Variables in braces: `/studies/{study}`; `{*path}` takes all segments that are left. */
  template: string;
  /** What the Standard calls it. */
  transaction: string;
  /** Where it is described: `PS3.18 10.5`. */
  section: string;
  permission: Permission;
  /** Names of the query parameters that it knows. */
  query: readonly string[];
  /** Media types of the request's body. */
  consumes: readonly string[];
  /** Media types of the answer, the default first. */
  produces: readonly string[];
  run: Transaction;
}

export const STUDY = '/studies/{study}';
export const SERIES = `${STUDY}/series/{series}`;
export const INSTANCE = `${SERIES}/instances/{instance}`;

/** Metadata comes as one JSON array, or as an XML document a part (PS3.18 8.7.3.2). */
export const DATA_SETS: readonly string[] = [
  'application/dicom+json',
  'application/json',
  'multipart/related; type="application/dicom+xml"',
];
