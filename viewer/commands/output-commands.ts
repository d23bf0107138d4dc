import { copyLink, copyPicture, downloadInstance, downloadSeries, downloadStudy } from '../output/export.ts';
import { printScreen } from '../output/print.ts';
import { togglePanel, useWorkspace } from '../workspace/workspace-store.ts';
import { type Command, hasImage } from './command.ts';

const panel = (name: string): Command => ({
  run: () => togglePanel(name),
  isPressed: () => useWorkspace.getState().panel === name,
});

/** What leaves the viewer, and the attributes behind the picture. */
export const outputCommands = {
  print: { run: () => void printScreen('viewport'), isAvailable: hasImage },
  printLayout: { run: () => void printScreen('layout') },
  printPages: { run: () => void printScreen('pages') },
  exportPicture: panel('output'),
  copyPicture: { run: () => void copyPicture(), isAvailable: hasImage },
  copyLink: { run: () => void copyLink() },
  downloadInstance: { run: downloadInstance, isAvailable: hasImage },
  downloadSeries: { run: downloadSeries, isAvailable: hasImage },
  downloadStudy: { run: downloadStudy, isAvailable: hasImage },
  tagBrowser: panel('tagBrowser'),
} satisfies Record<string, Command>;
