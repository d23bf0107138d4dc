/**
 * Fetches the study viewer, which brings Cornerstone. Called ahead of need it saves the wait at opening; called again it
 * costs nothing.
 */
export async function loadStudyViewer() {
  return { default: (await import('./study-viewer.tsx')).StudyViewer };
}
