import { create } from 'zustand';

const useShown = create(() => ({ isFirstShown: false }));

/** So long a page that is not painted, because nobody sees it, is waited for, in ms. */
const longestPaintMs = 500;
let stopWaiting: (() => void) | undefined;

/** Calls back when what has been drawn by now is on the screen, or nobody looks. @returns what takes it back */
function afterPaint(whenPainted: () => void): () => void {
  let timer = setTimeout(whenPainted, longestPaintMs);
  const frame = requestAnimationFrame(() => {
    clearTimeout(timer);
    timer = setTimeout(whenPainted, 0);
  });
  return () => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
  };
}

/**
 * Says that an image is drawn, or that the one wanted can't be had: what was held back for it may come, as soon as the picture is
 * on the screen.
 */
export function noteFirstImage(): void {
  if (useShown.getState().isFirstShown) return;
  stopWaiting ??= afterPaint(() => useShown.setState({ isFirstShown: true }));
}

/** Begins anew: other studies are opened. */
export function expectFirstImage(): void {
  stopWaiting?.();
  stopWaiting = undefined;
  useShown.setState({ isFirstShown: false });
}

/** Whether the first image of the studies that are open has been shown: until then everything else waits. */
export const useIsFirstImageShown = (): boolean => useShown((shown) => shown.isFirstShown);
