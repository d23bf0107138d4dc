import { useEffect } from 'react';
import { useIsFirstImageShown } from '../../viewport/first-image.ts';
import { readAhead } from '../../viewport/read-ahead.ts';
import { useWorkspace } from '../../workspace/workspace-store.ts';
import { imagesAhead } from './images-ahead.ts';

/** Reads ahead what the open studies have beside what is shown, once the first image is. */
export function useReadAhead(): void {
  const displaySets = useWorkspace((workspace) => workspace.displaySets);
  const contents = useWorkspace((workspace) => workspace.contents);
  const activeTile = useWorkspace((workspace) => workspace.activeTile);
  const isFirstShown = useIsFirstImageShown();
  useEffect(() => {
    if (isFirstShown) readAhead.set(imagesAhead({ displaySets, contents, activeTile }));
  }, [displaySets, contents, activeTile, isFirstShown]);
}
