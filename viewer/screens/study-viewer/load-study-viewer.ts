import type { ComponentType } from 'react';

/** So long the viewer waits for answers before it is put on the screen, in ms: its own work then holds them up. */
const longestWaitMs = 300;

let loaded: ComponentType | undefined;
let asking: Promise<void> | undefined;

/** Fetches the study viewer, which brings Cornerstone. Called ahead of need it saves the wait at opening; again it costs nothing. */
export async function loadStudyViewer(): Promise<ComponentType> {
  loaded ??= (await import('./study-viewer.tsx')).StudyViewer;
  return loaded;
}

/** The same where a study is about to be shown: also asks for what its address will ask for first. */
export function beginStudyViewer(search: string): void {
  void loadStudyViewer();
  asking = import('./open-ahead.ts').then(({ openAhead }) => openAhead(search)).catch(() => {});
}

/**
 * The study viewer when it should go on the screen: once the first image has been asked for. Three short requests lead to it, one
 * after the other; the third part of a second in which the viewer builds itself up would come between them.
 */
export async function readyStudyViewer(): Promise<ComponentType> {
  const viewer = await loadStudyViewer();
  await Promise.race([asking, new Promise((resolve) => setTimeout(resolve, longestWaitMs))]);
  asking = undefined;
  return viewer;
}

/** The study viewer, when nothing has to be waited for. */
export const readyNow = (): ComponentType | undefined => (asking ? undefined : loaded);
