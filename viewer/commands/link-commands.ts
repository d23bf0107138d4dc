import { isAnyLinked, tilesWithImages } from '../linking/links-on-screen.ts';
import { toggleReferenceLines, toggleReferenceRange, useReferenceLines } from '../linking/reference-store.ts';
import { scrollTogether } from '../linking/scroll-together.ts';
import {
  type LinkedThings,
  linkByOffset,
  linkTiles,
  toggleLinkedThing,
  unlinkAll,
  useLinks,
} from '../workspace/link-store.ts';
import type { Command } from './command.ts';
import { toolCommand } from './tool-commands.ts';

const isLinked = () => useLinks.getState().members.size > 1;
const canLink = () => tilesWithImages().length > 1;

const thing = (name: keyof LinkedThings): Command => ({
  run: () => toggleLinkedThing(name),
  isPressed: () => useLinks.getState().things[name],
});

function toggleOffset(): void {
  if (useLinks.getState().anchors === undefined) scrollTogether();
  else linkByOffset(false);
}

/** Viewports that follow each other, and lines and marks from one in the others (IHE BIR 5.5 to 5.7). */
export const linkCommands = {
  link: { run: () => linkTiles(tilesWithImages()), isAvailable: canLink, isPressed: isAnyLinked },
  unlink: { run: unlinkAll, isAvailable: isLinked },
  linkByOffset: {
    run: toggleOffset,
    isAvailable: canLink,
    isPressed: () => useLinks.getState().anchors !== undefined,
  },
  linkScroll: thing('scroll'),
  linkView: thing('view'),
  linkWindow: thing('window'),
  toggleReferenceLines: {
    run: toggleReferenceLines,
    isPressed: () => useReferenceLines.getState().isOn,
  },
  toggleReferenceRange: {
    run: toggleReferenceRange,
    isPressed: () => useReferenceLines.getState().isOn && useReferenceLines.getState().hasRange,
  },
  toolCrosshair: toolCommand('crosshair'),
} satisfies Record<string, Command>;
