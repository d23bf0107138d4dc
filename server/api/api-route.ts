import type { z } from 'zod';
import type { Permission } from '../auth/permissions.ts';
import type { Route } from '../http/route.ts';

/** A route of our own API; its schemas make both the checks and the OpenAPI description. */
export interface ApiRoute extends Route {
  permission: Permission;
  request?: z.ZodType;
  /** Query parameters. */
  query?: z.ZodObject;
  response?: z.ZodType;
  /** Status of success. */
  status: number;
}
