/** All that a caller can be allowed to do. The route tables name one each; `public` needs none. */
export const PERMISSIONS = [
  'public',
  'session',
  'dicom:search',
  'dicom:retrieve',
  'dicom:store',
  'dicom:delete',
  'study:status',
  'worklist:read',
  'worklist:create',
  'worklist:update',
  'worklist:perform',
  'worklist:subscribe',
  'admin:users',
  'admin:system',
  'audit:read',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

const EVERYTHING: readonly Permission[] = PERMISSIONS.filter((permission) => permission !== 'public');

/** Looking at the worklist, being told of its events, and doing the work on it. */
const PERFORM: readonly Permission[] = [
  'worklist:read',
  'worklist:subscribe',
  'worklist:update',
  'worklist:perform',
];
/** Planning the work: making, changing and canceling work items that nobody has begun. */
const PLAN: readonly Permission[] = [
  'worklist:read',
  'worklist:subscribe',
  'worklist:update',
  'worklist:create',
];

/** What each role allows. `session` is being signed in at all. */
const PERMISSIONS_OF_ROLE: Readonly<Record<string, readonly Permission[]>> = {
  administrator: EVERYTHING,
  /** Who reads studies says how far that is (for others to open one is no reading), and stores measurements and key images. */
  radiologist: ['session', 'dicom:search', 'dicom:retrieve', 'dicom:store', 'study:status', ...PERFORM],
  technologist: ['session', 'dicom:search', 'dicom:retrieve', 'dicom:store', ...PERFORM, ...PLAN],
  /** A machine that takes its work from the worklist, sends studies and reads none. */
  modality: ['session', 'dicom:store', ...PERFORM],
  /** A machine that asks what there is, and plans what is to be done. */
  ris: ['session', 'dicom:search', ...PLAN],
};

export const ROLES = Object.keys(PERMISSIONS_OF_ROLE);

export function permissionsOf(roles: readonly string[]): ReadonlySet<Permission> {
  return new Set(roles.flatMap((role) => (ROLES.includes(role) ? (PERMISSIONS_OF_ROLE[role] ?? []) : [])));
}
