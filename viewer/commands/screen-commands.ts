import {
  cycleOverlayDetail,
  toggleEnlarged,
  togglePanel,
  useWorkspace,
} from '../workspace/workspace-store.ts';
import type { Command } from './command.ts';

/** What is on the screen beside the pictures. */
export const screenCommands = {
  toggleOverlay: {
    run: cycleOverlayDetail,
    isPressed: () => useWorkspace.getState().overlayDetail !== 'off',
  },
  toggleEnlarged: {
    run: toggleEnlarged,
    isPressed: () => useWorkspace.getState().enlargedTile !== undefined,
  },
  help: { run: () => togglePanel('help') },
  palette: { run: () => togglePanel('palette') },
  settings: { run: () => togglePanel('settings') },
} satisfies Record<string, Command>;
