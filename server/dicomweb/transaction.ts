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
  run: Transaction;
}

export const STUDY = '/studies/{study}';
export const SERIES = `${STUDY}/series/{series}`;
export const INSTANCE = `${SERIES}/instances/{instance}`;
