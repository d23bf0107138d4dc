import { startTransition, useEffect, useState } from 'react';
import { useIsFirstImageShown } from '../../viewport/first-image.ts';
import { useWorkspace } from '../../workspace/workspace-store.ts';

/** So long controls wait for an image that does not come, in ms. */
const longestWaitMs = 2000;

/**
 * Whether what stands around the images may be rendered: after the first of them, which would otherwise wait for a hundred buttons.
 * @param isImageAwaited false where no image is going to come: then nothing is waited for
 */
export function useIsDeskReady(isImageAwaited: boolean): boolean {
  const isFirstShown = useIsFirstImageShown();
  const [isReady, setIsReady] = useState(false);
  const isDue = isFirstShown || !isImageAwaited;
  useEffect(() => {
    // In small steps: a reader who already turns the wheel does not wait for buttons either.
    const show = () => startTransition(() => setIsReady(true));
    if (isDue) {
      show();
      return;
    }
    const timer = setTimeout(show, longestWaitMs);
    return () => clearTimeout(timer);
  }, [isDue]);
  // Who asks for the palette types on: it is there before the next letter.
  const isAskedFor = useWorkspace(({ panel }) => panel !== undefined);
  return isReady || isAskedFor;
}
