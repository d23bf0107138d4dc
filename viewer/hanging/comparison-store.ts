import { create } from 'zustand';
import type { JsonDataSet } from '../dicomweb/data-set.ts';
import type { TileContent } from '../workspace/tile-content.ts';
import { type Grid, layOut, useWorkspace } from '../workspace/workspace-store.ts';
import type { OtherStudies, PatientStudy } from './priors.ts';

export interface Comparison extends OtherStudies {
  /** The study that is read: that of the address, or the newest of several. */
  readonly current: PatientStudy | undefined;
  /** The header of one of its instances, which says whose it is. */
  readonly header: JsonDataSet | undefined;
  /** Studies of the patient that were opened beside those of the address. */
  readonly added: readonly string[];
  /** The prior that is compared with. */
  readonly prior: string | undefined;
  /** Whether the prior is to be put on the screen as soon as its images are known. */
  readonly isAwaited: boolean;
  /** What was on the screen before the comparison. */
  readonly before:
    | { readonly grid: Grid; readonly contents: readonly (TileContent | undefined)[] }
    | undefined;
}

const nothing: Comparison = {
  current: undefined,
  header: undefined,
  priors: [],
  others: [],
  contradicting: 0,
  added: [],
  prior: undefined,
  isAwaited: false,
  before: undefined,
};

/** The other studies of the patient, and which of them are open. */
export const useComparison = create<Comparison>(() => nothing);

const set = useComparison.setState;
const get = useComparison.getState;

export function resetComparison(): void {
  set(nothing);
}

/** Opens a study of the patient beside the current one, in the series panel only. */
export function addStudy(studyInstanceUID: string): void {
  const { added } = get();
  if (!added.includes(studyInstanceUID)) set({ added: [...added, studyInstanceUID] });
}

/** Opens a prior and puts it beside what is read; the best one, or the next after the one that is open. */
export function openPrior(studyInstanceUID?: string): void {
  const { priors, prior, before } = get();
  const at = priors.findIndex((study) => study.studyInstanceUID === prior);
  const next = studyInstanceUID ?? priors[(at + 1) % priors.length]?.studyInstanceUID;
  if (next === undefined) return;
  const { grid, contents } = useWorkspace.getState();
  addStudy(next);
  set({ prior: next, isAwaited: true, before: before ?? { grid, contents } });
}

/** Ends the comparison: what was on the screen before is there again. The prior stays in the panel. */
export function closePrior(): void {
  const { before } = get();
  set({ prior: undefined, isAwaited: false, before: undefined });
  if (before) layOut(before.grid, before.contents);
}

/** Closes a study that was opened beside the current one; its tiles become empty. */
export function removeStudy(studyInstanceUID: string): void {
  const { added, prior } = get();
  if (prior === studyInstanceUID) closePrior();
  set({ added: added.filter((uid) => uid !== studyInstanceUID) });
  const { contents, displaySets } = useWorkspace.getState();
  const ofStudy = new Set(
    displaySets.filter((entry) => entry.studyInstanceUID === studyInstanceUID).map((entry) => entry.id),
  );
  useWorkspace.setState({
    contents: contents.map((content) => (content && ofStudy.has(content.displaySetId) ? undefined : content)),
  });
}
