import { useQuery } from '@tanstack/react-query';
import { studyFields } from '../../dicomweb/priors.ts';
import { searchForStudies } from '../../dicomweb/search.ts';
import { readStudyRow, type StudyRow } from './study-row.ts';
import type { StudyPages } from './use-study-pages.ts';

/** The study that is previewed: its row of the list or, when that is not here, as after a bookmark, asked for by itself. */
export function usePreviewedRow(
  studyInstanceUID: string | undefined,
  pages: StudyPages,
): StudyRow | undefined {
  let listed: StudyRow | undefined;
  if (studyInstanceUID !== undefined) {
    for (const place of pages.places()) {
      const row = pages.rowAt(place);
      if (row?.studyInstanceUID === studyInstanceUID) listed = row;
    }
  }
  const asked = useQuery({
    queryKey: ['studies', 'by-uid', studyInstanceUID],
    queryFn: async ({ signal }) => {
      const query = { StudyInstanceUID: studyInstanceUID ?? '', includefield: studyFields };
      const { dataSets } = await searchForStudies(query, signal);
      const [found] = dataSets;
      return found ? readStudyRow(found) : null;
    },
    enabled: studyInstanceUID !== undefined && listed === undefined && !pages.isPending,
    staleTime: 5_000,
  });
  return listed ?? (studyInstanceUID === undefined ? undefined : (asked.data ?? undefined));
}
