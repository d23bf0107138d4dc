import { z } from 'zod';
import type { ArchiveParts } from '../archive/archive-parts.ts';
import {
  STUDY_STATUSES,
  type StudyStatusRow,
  setStudyStatus,
  studyStatusOf,
} from '../archive/study-status.ts';
import { noteForAudit } from '../auth/audit-requests.ts';
import { principalOf } from '../auth/authenticate.ts';
import { readJsonBody } from '../http/json-body.ts';
import type { ApiRoute } from './api-route.ts';

const status = z.enum(STUDY_STATUSES);
const statusSchema = z.object({
  status,
  /** Null: nobody has set it yet. */
  changedAt: z.iso.datetime().nullable(),
  changedBy: z.string().nullable(),
});
const changeSchema = z.strictObject({
  status,
  /** Nothing is changed where the study has another status: opening never takes back that a study is reported. */
  from: status.optional(),
});

const COMMON = {
  section: 'API',
  template: '/studies/{study}/status',
  response: statusSchema,
  status: 200,
} as const;

/** How far the reading of a study is: for those who find studies to see, for those who read them to say. */
export function studyStatusRoutes(archive: ArchiveParts): ApiRoute[] {
  return [
    {
      ...COMMON,
      method: 'GET',
      transaction: 'How far the reading of a study is',
      permission: 'dicom:search',
      handle: async (context, { study = '' }) => {
        context.body = view(await studyStatusOf(archive, study));
      },
    },
    {
      ...COMMON,
      method: 'PUT',
      transaction: 'Say how far the reading of a study is',
      permission: 'study:status',
      request: changeSchema,
      handle: async (context, { study = '' }) => {
        const change = await readJsonBody(context, changeSchema);
        const changedBy = principalOf(context)?.username ?? null;
        const { before, after } = await setStudyStatus(archive, {
          ...change,
          studyInstanceUID: study,
          changedBy,
        });
        noteForAudit(context, { detail: { before: before.status, after: after.status } });
        context.body = view(after);
      },
    },
  ];
}

function view({ status: now, changedAt, changedBy }: StudyStatusRow): z.infer<typeof statusSchema> {
  return { status: now, changedAt: changedAt?.toISOString() ?? null, changedBy };
}
