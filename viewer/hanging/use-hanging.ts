import { useEffect, useMemo, useRef } from 'react';
import type { JsonDataSet } from '../dicomweb/data-set.ts';
import { areDifferentPatients, isSurelySamePatient } from '../dicomweb/patients.ts';
import { useArePreferencesLoaded } from '../preferences/preference-store.ts';
import { type DisplaySet, firstInstance } from '../viewport/stacks.ts';
import type { Window } from '../viewport/window.ts';
import { keepView } from '../workspace/kept-views.ts';
import { unlinkAll } from '../workspace/link-store.ts';
import { seedPlanes } from '../workspace/planes-view.ts';
import type { TileContent } from '../workspace/tile-content.ts';
import type { AddressedTile, ViewerRequest } from '../workspace/viewer-address.ts';
import { layOut, useWorkspace } from '../workspace/workspace-store.ts';
import { compareWithPrior } from './compare.ts';
import { useComparison } from './comparison-store.ts';
import { type Candidate, candidatesOf } from './facts.ts';
import { showProtocol, useHangingStore } from './hanging-store.ts';
import { matchProtocols } from './match.ts';
import { useOwnProtocols } from './own-protocols.ts';
import { newestStudy } from './priors.ts';
import { shippedProtocols } from './protocols/shipped.ts';

/** A study that is open, as far as it is known. */
export interface OpenStudy {
  readonly studyInstanceUID: string;
  /** Whether all of its series are known, or failed. */
  readonly isComplete: boolean;
}

function candidatesIn(sets: readonly DisplaySet[], uid: string | undefined, priorCount: number): Candidate[] {
  return sets.flatMap((set) =>
    set.kind === 'image' && set.studyInstanceUID === uid ? candidatesOf(set, priorCount) : [],
  );
}

/** Whether the reader has done something with the images that were shown first: then they stay. */
function isTouched(): boolean {
  const { grid, contents, controllers } = useWorkspace.getState();
  const view = controllers[0]?.keptView?.();
  const isScrolled = view !== undefined && (view.index !== 0 || view.window !== undefined);
  return grid.rows * grid.columns > 1 || contents.length > 1 || isScrolled;
}

/** The display set with a frame, and where in it. */
function findFrame(sets: readonly DisplaySet[], { sopInstanceUID, frameNumber }: AddressedTile) {
  for (const set of sets) {
    if (set.kind !== 'image') continue;
    const index = set.images.findIndex(
      (image) => image.sopInstanceUID === sopInstanceUID && image.frameNumber === frameNumber,
    );
    if (index !== -1) return { set, index };
  }
  return undefined;
}

/** Lays out what an address says of the screen; tiles whose image is not there stay empty. */
function showAddressed({ grid, tiles, planes }: ViewerRequest, sets: readonly DisplaySet[]): void {
  const contents: (TileContent | undefined)[] = [];
  for (const tile of tiles) {
    const found = findFrame(sets, tile);
    if (!found) continue;
    const displaySetId = found.set.id;
    const { plane, window, isInverted } = tile;
    const content: TileContent = plane
      ? { kind: 'plane', displaySetId, plane }
      : { kind: 'displaySet', displaySetId };
    keepView(content, { index: found.index, window, isInverted });
    contents[tile.tile] = content;
    const seed = planes.find((entry) => entry.tile === tile.tile);
    if (plane && seed) seedPlanes(displaySetId, seed);
  }
  layOut(grid ?? { rows: 1, columns: 1 }, Array.from(contents));
}

/** What the reader looks at, of the current study. */
function lookedAt(current: readonly Candidate[]): {
  readonly candidate: Candidate | undefined;
  readonly fraction: number;
  readonly tile?: number;
} {
  const { contents, activeTile, controllers } = useWorkspace.getState();
  const order = [activeTile, ...contents.keys()];
  for (const tile of order) {
    const own = current.filter((entry) => entry.displaySetId === contents[tile]?.displaySetId);
    const index = controllers[tile]?.getState().index ?? 0;
    const candidate = own.find((entry) => entry.index === index) ?? own[0];
    if (candidate) return { candidate, fraction: index / Math.max(1, candidate.imageCount - 1), tile };
  }
  return { candidate: current[0], fraction: 0.5 };
}

/** Puts the first images of another patient, when one is open too, beside what is read: that there are two is to be seen. */
function besideAnother(sets: readonly DisplaySet[], header: JsonDataSet): void {
  const other = sets.find((set) => {
    const instance = set.kind === 'image' ? firstInstance(set) : undefined;
    return instance !== undefined && areDifferentPatients(header, instance);
  });
  const first = useWorkspace.getState().contents.find((content) => content !== undefined);
  if (!other || !first) return;
  layOut({ rows: 1, columns: 2 }, [first, { kind: 'displaySet', displaySetId: other.id }]);
  unlinkAll();
}

/**
 * Several studies of one patient in an address are there to be compared: the newest, with the next that was before it. Of two
 * patients both are shown.
 */
function compareAddressed(
  sets: readonly DisplaySet[],
  { studyInstanceUIDs }: ViewerRequest,
  currentUID: string | undefined,
): void {
  const headerOf = (uid: string | undefined) => {
    const set = sets.find((entry) => entry.studyInstanceUID === uid);
    return set && firstInstance(set);
  };
  const header = headerOf(currentUID);
  const others = studyInstanceUIDs.filter((uid) => {
    const other = headerOf(uid);
    return uid !== currentUID && header && other && isSurelySamePatient(header, other);
  });
  const prior = newestStudy(sets, others)?.studyInstanceUID;
  const { grid, contents } = useWorkspace.getState();
  if (prior === undefined && header) besideAnother(sets, header);
  if (prior !== undefined) useComparison.setState({ prior, isAwaited: true, before: { grid, contents } });
}

/** The window of a tile, where it says the same of other images: values of one modality in one known unit. */
function sharedWindow(tile: number | undefined, like: Candidate): Window | undefined {
  const { controllers, displaySets } = useWorkspace.getState();
  const state = tile === undefined ? undefined : controllers[tile]?.getState();
  const set = displaySets.find(({ id }) => id === like.displaySetId);
  const other = set?.kind === 'image' ? set.images[like.index ?? 0] : undefined;
  if (!state?.image || !state.window || state.window.table !== undefined || !other) return undefined;
  const { modality, valueUnit } = state.image;
  const isSame = valueUnit !== '' && modality === other.modality && valueUnit === other.valueUnit;
  return isSame ? state.window : undefined;
}

/** Puts a prior beside what is read: by the protocol on the screen where it has a place for priors, else side by side. */
function showComparison(current: readonly Candidate[], prior: readonly Candidate[]): void {
  const { matches, protocolId } = useHangingStore.getState();
  const own = matches.find(({ protocol }) => protocol.id === protocolId && protocol.id !== 'compare');
  const stage = own?.stages.findIndex((hung) => hung.stage.tiles.some((plan) => plan.study === 1)) ?? -1;
  const { candidate, fraction, tile } = lookedAt(current);
  const planFor = (like: Candidate) => {
    const firstWindow = sharedWindow(tile, like);
    return { start: { fraction }, ...(firstWindow ? { firstWindow } : {}) };
  };
  const compared = candidate && compareWithPrior(candidate, current, prior, planFor);
  const others = matches.filter(({ protocol }) => protocol.id !== 'compare');
  if (compared) useHangingStore.setState({ matches: [...others, compared] });
  if (own && stage !== -1) showProtocol(own.protocol.id, stage);
  else if (compared) showProtocol('compare');
}

/**
 * Hangs the studies of an address when all of their series are known, unless the address names what to show or the reader has
 * begun; and a prior when it has been asked for and is there. `sets` are the display sets of all open studies, `currentUID` is
 * the study that is read.
 */
export function useHanging(
  studies: readonly OpenStudy[],
  sets: readonly DisplaySet[],
  request: ViewerRequest,
  currentUID: string | undefined,
): void {
  const own = useOwnProtocols();
  const areOwnKnown = useArePreferencesLoaded();
  const { prior: priorUID, isAwaited } = useComparison();
  const isHung = useRef(false);
  const current = studies.find((study) => study.studyInstanceUID === currentUID);
  const prior = studies.find((study) => study.studyInstanceUID === priorUID);
  const isComplete =
    current !== undefined &&
    areOwnKnown &&
    studies
      .filter((study) => request.studyInstanceUIDs.includes(study.studyInstanceUID))
      .every((study) => study.isComplete);
  const candidates = useMemo(() => {
    const priorCount = priorUID === undefined ? 0 : 1;
    return {
      current: candidatesIn(sets, currentUID, priorCount),
      prior: candidatesIn(sets, priorUID, priorCount),
    };
  }, [sets, currentUID, priorUID]);

  useEffect(() => {
    if (!isComplete) return;
    const compared = useHangingStore.getState().matches.filter(({ protocol }) => protocol.id === 'compare');
    const matches = matchProtocols([...own, ...shippedProtocols], candidates);
    useHangingStore.setState({ matches: [...matches, ...compared] });
    if (isHung.current) return;
    isHung.current = true;
    if (request.tiles.length > 0) showAddressed(request, sets);
    else if (request.initialSOPInstanceUID === undefined && !isTouched()) {
      const named = matches.find(({ protocol }) => protocol.id === request.hangingProtocolId);
      const best = named ?? matches[0];
      if (best) showProtocol(best.protocol.id, 0, true);
      compareAddressed(sets, request, currentUID);
    }
  }, [isComplete, candidates, own, request, sets, currentUID]);

  const isPriorThere = isAwaited && prior?.isComplete === true && isComplete;
  useEffect(() => {
    if (!isPriorThere) return;
    useComparison.setState({ isAwaited: false });
    showComparison(candidates.current, candidates.prior);
  }, [isPriorThere, candidates]);
}
