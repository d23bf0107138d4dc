import { create } from 'zustand';

/** What may be lost by leaving: measurements, or marks and removals that no document of the archive has yet. */
export type UnsavedKind = 'measurements' | 'marks';

const counts = new Map<UnsavedKind, () => number>();

/** Names how many of a kind are not saved; each room says it of its own. */
export function watchUnsaved(kind: UnsavedKind, count: () => number): void {
  counts.set(kind, count);
}

/** How many of a kind are not saved. */
export const unsavedCount = (kind: UnsavedKind): number => counts.get(kind)?.() ?? 0;

export const isAnythingUnsaved = (): boolean => [...counts.values()].some((count) => count() > 0);

/** What the reader was about to do, while they are asked whether to leave. */
export const useLeaving = create<{ readonly go: (() => void) | undefined }>(() => ({ go: undefined }));

/** Leaves the open studies, or asks first when something of them is not saved. Every way out goes through here. */
export function leave(go: () => void): void {
  if (isAnythingUnsaved()) useLeaving.setState({ go });
  else go();
}

export const stay = (): void => useLeaving.setState({ go: undefined });

/** Leaves all the same: the reader has said so. */
export function leaveAnyway(): void {
  const { go } = useLeaving.getState();
  stay();
  go?.();
}
