import { useLayoutEffect, useState } from 'react';
import { resetComparison } from '../../hanging/comparison-store.ts';
import { resetHanging } from '../../hanging/hanging-store.ts';
import { clearCrosshair } from '../../workspace/crosshair-store.ts';
import { resetLinks } from '../../workspace/link-store.ts';
import { forgetPlanes } from '../../workspace/planes-view.ts';
import { resetWorkspace } from '../../workspace/workspace-store.ts';

/** Nothing of one patient's studies is left for the next. */
export function resetDesk(): void {
  resetWorkspace();
  resetHanging();
  resetComparison();
  resetLinks();
  clearCrosshair();
  forgetPlanes();
}

/**
 * Clears the desk whenever other studies are addressed; says whether it is clear for those of `address`. Until then nothing of
 * them is to be rendered: it would be rendered once with what was opened for the patient before.
 */
export function useCleanDesk(address: string): boolean {
  const [clearFor, setClearFor] = useState<string>();
  useLayoutEffect(() => {
    resetDesk();
    setClearFor(address);
  }, [address]);
  return clearFor === address;
}
