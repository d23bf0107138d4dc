import { create } from 'zustand';

const useShown = create(() => ({ isFirstShown: false }));

/** Says that an image is on the screen, or that the one wanted can't be had: what was held back for it may come now. */
export function noteFirstImage(): void {
  if (!useShown.getState().isFirstShown) useShown.setState({ isFirstShown: true });
}

/** Begins anew: other studies are opened. */
export function expectFirstImage(): void {
  useShown.setState({ isFirstShown: false });
}

/** Whether the first image of the studies that are open has been shown: until then everything else waits. */
export const useIsFirstImageShown = (): boolean => useShown((shown) => shown.isFirstShown);
