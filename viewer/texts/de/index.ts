import { commandsTexts } from './commands.ts';
import { evidenceTexts } from './evidence.ts';
import { imagingTexts } from './imaging.ts';
import { layoutTexts } from './layout.ts';
import { measuringTexts } from './measuring.ts';
import { memoryTexts } from './memory.ts';
import { outputTexts } from './output.ts';
import { preferencesTexts } from './preferences.ts';
import { startTexts } from './start.ts';
import { studyListTexts } from './study-list.ts';
import { studyViewerTexts } from './study-viewer.ts';
import { volumeTexts } from './volume.ts';

/** All texts of the viewer, in German; the keys are those of `en`. */
export const de = {
  ...startTexts,
  ...studyListTexts,
  ...studyViewerTexts,
  ...commandsTexts,
  ...evidenceTexts,
  ...imagingTexts,
  ...layoutTexts,
  ...measuringTexts,
  ...memoryTexts,
  ...outputTexts,
  ...preferencesTexts,
  ...volumeTexts,
  command: {
    ...commandsTexts.command,
    ...evidenceTexts.command,
    ...imagingTexts.command,
    ...layoutTexts.command,
    ...measuringTexts.command,
    ...memoryTexts.command,
    ...outputTexts.command,
    ...preferencesTexts.command,
    ...volumeTexts.command,
  },
} as const;
