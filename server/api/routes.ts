import type { ArchiveParts } from '../archive/archive-parts.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Access } from '../auth/access.ts';
import type { Preferences } from '../auth/preferences.ts';
import { aboutRoutes } from './about-routes.ts';
import { accountRoutes } from './account-routes.ts';
import type { ApiRoute } from './api-route.ts';
import { auditRoutes } from './audit-routes.ts';
import { instanceVersionRoutes } from './instance-version-routes.ts';
import { openApiOf } from './openapi.ts';
import { preferenceRoutes } from './preference-routes.ts';
import { searchableAttributeRoutes } from './searchable-attribute-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { studyStatusRoutes } from './study-status-routes.ts';

export const API_PREFIX = '/api';

export interface ApiService {
  archive: ArchiveParts;
  /** Undefined with ISOCENTER_AUTH=off: there are no users to manage. */
  access: Access | undefined;
  audit: AuditLog;
  preferences: Preferences;
  /** Whether the viewer says that it is not certified for diagnostic use. */
  notDiagnosticNotice: boolean;
  /** Whether clients reach us by TLS, so that cookies may be Secure. */
  servedByTls: boolean;
  version: string;
}

/** Every route of the administration API. */
export function apiRoutes(service: ApiService): ApiRoute[] {
  const { archive, access, audit, preferences, notDiagnosticNotice, servedByTls, version } = service;
  const routes = [
    ...aboutRoutes({ notDiagnosticNotice }),
    ...sessionRoutes(access, servedByTls),
    ...preferenceRoutes(preferences),
    ...(access ? accountRoutes(access) : []),
    ...auditRoutes(audit),
    ...searchableAttributeRoutes(archive),
    ...instanceVersionRoutes(archive),
    ...studyStatusRoutes(archive),
  ];
  const describe: ApiRoute = {
    method: 'GET',
    template: '/openapi.json',
    transaction: 'Describe this API',
    section: 'API',
    permission: 'public',
    status: 200,
    handle: async (context) => {
      context.body = openApiOf([...routes, describe], version);
    },
  };
  return [...routes, describe];
}
