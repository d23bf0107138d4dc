import type { Context } from 'koa';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';

/** Checks, calls `archive`, shapes the answer. Template variables are in `parameters`, decoded. */
export type Handler = (context: Context, parameters: Readonly<Record<string, string>>) => Promise<void>;

/** One row of a gateway's route table: URI template -> transaction -> section -> permission. */
export interface Route {
  method: Method;
  /** Variables in braces: `/studies/{study}`; `{*path}` takes all segments that are left. */
  template: string;
  /** What the Standard, or our API, calls it. */
  transaction: string;
  /** Where it is described: `PS3.18 10.5`. */
  section: string;
  /** What the caller must be allowed to do; `public` for those who are not signed in. */
  permission: string;
  handle: Handler;
}
