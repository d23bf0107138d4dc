import { openNotice } from '../evidence/evidence-store.ts';
import { isKeyImage, stepKeyImage, toggleShownKeyImage } from '../evidence/key-image-steps.ts';
import { saveEvidence } from '../evidence/save-evidence.ts';
import { togglePanel, useWorkspace } from '../workspace/workspace-store.ts';
import { type Command, hasImage } from './command.ts';

/** Measurements and key images that last. */
export const evidenceCommands = {
  // Always there: who may not save, or has nothing to save, is told so.
  saveEvidence: { run: () => void saveEvidence() },
  toggleKeyImage: {
    run: ({ controller }) => toggleShownKeyImage(controller),
    isAvailable: hasImage,
    isPressed: ({ controller }) => isKeyImage(controller),
  },
  nextKeyImage: { run: ({ controller }) => stepKeyImage(controller, 1) },
  previousKeyImage: { run: ({ controller }) => stepKeyImage(controller, -1) },
  keyImages: {
    run: () => togglePanel('keyImages'),
    isPressed: () => useWorkspace.getState().panel === 'keyImages',
  },
  evidenceNotice: { run: openNotice },
} satisfies Record<string, Command>;
