import { provideSaving } from '../workspace/leaving.ts';
import { useWorkspace } from '../workspace/workspace-store.ts';
import { useEvidence } from './evidence-store.ts';
import { saveEvidence } from './save-evidence.ts';

/** Has the question before leaving offer to save. */
export function offerSavingOnLeave(): void {
  provideSaving({
    isPossible: () =>
      useEvidence.getState().reader.mayStore && useWorkspace.getState().displaySets.length > 0,
    save: async () => {
      await saveEvidence();
      return useEvidence.getState().outcome?.kind === 'saved';
    },
  });
}
