import { create } from 'zustand';

/** What may be lost by leaving: measurements, or marks and removals that no document of the archive has yet. */
export type UnsavedKind = 'measurements' | 'marks';

/**
 * What is left: the open studies, of which measurements are kept for when the reader comes back; or the page or session, with
 * which everything goes that was kept.
 */
export type LeavingScope = 'studies' | 'session';

const counts = new Map<UnsavedKind, (scope: LeavingScope) => number>();

/** Names how many of a kind are not saved; each room says it of its own. */
export function watchUnsaved(kind: UnsavedKind, count: (scope: LeavingScope) => number): void {
  counts.set(kind, count);
}

/** How many of a kind are not saved. */
export const unsavedCount = (kind: UnsavedKind, scope: LeavingScope = 'studies'): number =>
  counts.get(kind)?.(scope) ?? 0;

export const isAnythingUnsaved = (scope: LeavingScope = 'studies'): boolean =>
  [...counts.values()].some((count) => count(scope) > 0);

/** How what is not saved can be saved before it is left. */
interface Saving {
  /** Whether the reader may store, and there are studies to store for. */
  readonly isPossible: () => boolean;
  /** Says whether it was stored; what went wrong is told by whoever saves. */
  readonly save: () => Promise<boolean>;
}
let saving: Saving | undefined;

export function provideSaving(provided: Saving): void {
  saving = provided;
}
export const canSave = (): boolean => saving?.isPossible() ?? false;

interface Leaving {
  readonly go: (() => void) | undefined;
  readonly scope: LeavingScope;
  readonly isSaving: boolean;
}
const asked: Leaving = { go: undefined, scope: 'studies', isSaving: false };

/** What the reader was about to do, while they are asked whether to leave. */
export const useLeaving = create<Leaving>(() => asked);

/** Leaves, or asks first when something that is left is not saved. Every way out goes through here. */
export function leave(go: () => void, scope: LeavingScope = 'studies'): void {
  if (isAnythingUnsaved(scope)) useLeaving.setState({ go, scope, isSaving: false });
  else go();
}

export const stay = (): void => useLeaving.setState(asked);

/** Leaves all the same: the reader has said so. */
export function leaveAnyway(): void {
  const { go } = useLeaving.getState();
  stay();
  go?.();
}

/** Saves, and leaves when all is saved; else stays, where it is told what was not. */
export async function saveAndLeave(): Promise<void> {
  const { go, scope, isSaving } = useLeaving.getState();
  if (!go || isSaving) return;
  useLeaving.setState({ isSaving: true });
  const isSaved = (await saving?.save()) ?? false;
  // Told to stay meanwhile, or asked about something else.
  if (useLeaving.getState().go !== go) return;
  if (isSaved && !isAnythingUnsaved(scope)) leaveAnyway();
  else stay();
}
