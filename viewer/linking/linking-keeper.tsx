import { type ReactNode, useEffect } from 'react';
import { startLinking } from './link-session.ts';

/** Has linked viewports follow each other as long as it is there. */
export function LinkingKeeper(): ReactNode {
  useEffect(startLinking, []);
  return null;
}
