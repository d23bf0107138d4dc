import type { Workspace } from '../../workspace/workspace-store.ts';

/** The images of the stacks that no tile shows, in the order in which a reader will come to them: from the active one on. */
export function imagesAhead({
  displaySets,
  contents,
  activeTile,
}: Pick<Workspace, 'displaySets' | 'contents' | 'activeTile'>) {
  const shown = new Set(contents.map((content) => content?.displaySetId));
  const active = displaySets.findIndex((set) => set.id === contents[activeTile]?.displaySetId);
  const order = [...displaySets.slice(active + 1), ...displaySets.slice(0, Math.max(0, active))];
  return order.flatMap((set) => (set.kind === 'image' && !shown.has(set.id) ? set.images : []));
}
