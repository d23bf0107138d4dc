import { countRows } from '../../../storage/index/count-rows.ts';
import type { ArchiveParts } from '../archive-parts.ts';

/** How much is stored, for doctors and dashboards; as of the last commit. */
export function countArchive(parts: ArchiveParts): Promise<{ studies: number; instances: number }> {
  return countRows(parts.pool);
}
