import { createContext, useContext } from 'react';
import type { Session } from '../dicomweb/session.ts';

/** Who is signed in; only rendered below a session. */
export const SessionContext = createContext<Session>({ user: { username: '', roles: [] }, permissions: [] });

/** Whether the one signed in may do something; permissions as the archive names them, such as `dicom:store`. */
export function usePermission(permission: string): boolean {
  return useContext(SessionContext).permissions.includes(permission);
}
