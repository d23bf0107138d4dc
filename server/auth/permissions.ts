/** All that a caller can be allowed to do. The route tables name one each; `public` needs none. */
export const PERMISSIONS = [
  'public',
  'session',
  'dicom:search',
  'dicom:retrieve',
  'dicom:store',
  'dicom:delete',
  'admin:users',
  'admin:system',
  'audit:read',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

const EVERYTHING: readonly Permission[] = PERMISSIONS.filter((permission) => permission !== 'public');

/** What each role allows. `session` is being signed in at all. */
const PERMISSIONS_OF_ROLE: Readonly<Record<string, readonly Permission[]>> = {
  administrator: EVERYTHING,
  radiologist: ['session', 'dicom:search', 'dicom:retrieve'],
  technologist: ['session', 'dicom:search', 'dicom:retrieve', 'dicom:store'],
  /** A machine that sends studies and reads none. */
  modality: ['session', 'dicom:store'],
  /** A machine that asks what there is. */
  ris: ['session', 'dicom:search'],
};

export const ROLES = Object.keys(PERMISSIONS_OF_ROLE);

export function permissionsOf(roles: readonly string[]): ReadonlySet<Permission> {
  return new Set(roles.flatMap((role) => (ROLES.includes(role) ? (PERMISSIONS_OF_ROLE[role] ?? []) : [])));
}
