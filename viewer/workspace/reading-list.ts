import { create } from 'zustand';

/**
 * The studies of the list that the reader came from, in its order, to go through them without coming back to it. Each entry
 * is what one row opens; an empty one stands for what is not known.
 */
const useList = create<{ readonly studies: readonly string[] }>(() => ({ studies: [] }));

/** Called by the study list when it opens a study. */
export function setReadingList(studyInstanceUIDs: readonly string[]): void {
  useList.setState({ studies: studyInstanceUIDs });
}

/** The study before or after one of the list; undefined at its ends, and for a study that is not of it. */
export function neighbourInList(studyInstanceUID: string | undefined, step: 1 | -1): string | undefined {
  const { studies } = useList.getState();
  const at = studies.indexOf(studyInstanceUID ?? '');
  return at === -1 ? undefined : studies[at + step] || undefined;
}
