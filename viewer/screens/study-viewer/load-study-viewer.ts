import type { ComponentType } from 'react';

let loaded: ComponentType | undefined;

/**
 * Fetches the study viewer, which brings Cornerstone. Called ahead of need it saves the wait at opening; called again it
 * costs nothing.
 */
export async function loadStudyViewer(): Promise<ComponentType> {
  loaded ??= (await import('./study-viewer.tsx')).StudyViewer;
  return loaded;
}

/** The study viewer, when it is there. */
export const loadedStudyViewer = (): ComponentType | undefined => loaded;
