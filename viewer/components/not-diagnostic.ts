import { create } from 'zustand';
import { fetchAbout } from '../dicomweb/about.ts';

/** The notice stands until the archive says that it needn't: whoever runs it has to answer for that. */
const useAbout = create(() => ({ notDiagnosticNotice: true }));

/** Asks the archive whether the notice is to be shown. Call once, at the start; where it doesn't answer the notice stays. */
export async function loadAbout(): Promise<void> {
  try {
    useAbout.setState(await fetchAbout());
  } catch {
    // As it was: shown.
  }
}

/** Whether what leaves the viewer (prints, exports) is to say that it is not certified for diagnostic use. */
export const isNotDiagnostic = (): boolean => useAbout.getState().notDiagnosticNotice;

/** The same in a component. */
export const useIsNotDiagnostic = (): boolean => useAbout((about) => about.notDiagnosticNotice);
