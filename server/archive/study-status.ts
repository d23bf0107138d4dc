import {
  findStudyStatus,
  type StudyStatusChange,
  type StudyStatusRow,
  updateStudyStatus,
} from '../../storage/index/study-status.ts';
import type { ArchiveParts } from './archive-parts.ts';
import { absent } from './retrieve/retrieve-instances.ts';

export type { StudyStatusRow } from '../../storage/index/study-status.ts';

/** All that a study's status may be, in the order of reading. */
export const STUDY_STATUSES = ['NEW', 'OPENED', 'REPORTED'] as const;

/** How far the reading of a study is. Throws a `NotFoundError`, or a `GoneError` where the study was deleted. */
export async function studyStatusOf(parts: ArchiveParts, studyInstanceUID: string): Promise<StudyStatusRow> {
  const found = await findStudyStatus(parts.pool, studyInstanceUID);
  if (!found) throw await absent(parts, { studyInstanceUID });
  return found;
}

/**
 * Sets how far the reading of a study is; answers what it was before and is now, which is the same where `from` names another status
 * than the study has. Throws as `studyStatusOf` does.
 */
export async function setStudyStatus(
  parts: ArchiveParts,
  change: StudyStatusChange,
): Promise<{ before: StudyStatusRow; after: StudyStatusRow }> {
  const changed = await updateStudyStatus(parts.pool, change);
  if (!changed) throw await absent(parts, { studyInstanceUID: change.studyInstanceUID });
  return changed;
}
