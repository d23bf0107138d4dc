import type { Permission } from './permissions.ts';

/** Who sent a request, and what they may do. */
export interface Principal {
  username: string;
  roles: readonly string[];
  permissions: ReadonlySet<Permission>;
  /** How they showed who they are; `off` where nobody is asked. */
  by: 'session' | 'api-key' | 'off';
}
