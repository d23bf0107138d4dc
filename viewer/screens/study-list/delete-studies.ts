import { deleteStudy } from '../../dicomweb/study-files.ts';
import type { StudyRow } from './study-row.ts';

export interface DeletionOutcome {
  readonly deleted: readonly string[];
  readonly failed: readonly { readonly row: StudyRow; readonly reason: string }[];
}

/** Deletes studies one after the other, and goes on where one can't be; `onProgress` is told how many are done. */
export async function deleteStudies(
  rows: readonly StudyRow[],
  onProgress: (done: number) => void,
): Promise<DeletionOutcome> {
  const deleted: string[] = [];
  const failed: { row: StudyRow; reason: string }[] = [];
  for (const row of rows) {
    try {
      await deleteStudy(row.studyInstanceUID);
      deleted.push(row.studyInstanceUID);
    } catch (error) {
      failed.push({ row, reason: error instanceof Error ? error.message : String(error) });
    }
    onProgress(deleted.length + failed.length);
  }
  return { deleted, failed };
}
