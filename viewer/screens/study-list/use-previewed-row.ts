import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { studyFields } from '../../dicomweb/priors.ts';
import { searchForStudies } from '../../dicomweb/search.ts';
import { readStudyRow, type StudyRow } from './study-row.ts';
import type { StudyPages } from './use-study-pages.ts';

function listedRow(studyInstanceUID: string, pages: StudyPages): StudyRow | undefined {
  for (const place of pages.places()) {
    const row = pages.rowAt(place);
    if (row?.studyInstanceUID === studyInstanceUID) return row;
  }
  return undefined;
}

/** Calls `close` when another search was answered, and the study that is previewed is not among what it found first. */
export function useClosedPreview(
  studyInstanceUID: string | undefined,
  pages: StudyPages,
  close: () => void,
): void {
  const answered = useRef<string>(undefined);
  useEffect(() => {
    if (pages.isPending || pages.isOutdated) return;
    const before = answered.current;
    answered.current = pages.key;
    if (before === undefined || before === pages.key || studyInstanceUID === undefined) return;
    if (!listedRow(studyInstanceUID, pages)) close();
  }, [studyInstanceUID, pages, close]);
}

/** The study that is previewed: its row of the list or, when that is not here, as after a bookmark, asked for by itself. */
export function usePreviewedRow(
  studyInstanceUID: string | undefined,
  pages: StudyPages,
): StudyRow | undefined {
  const listed = studyInstanceUID === undefined ? undefined : listedRow(studyInstanceUID, pages);
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
