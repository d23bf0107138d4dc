// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { layoutCommands } from '../../../viewer/commands/layout-commands.ts';
import { useEvidence } from '../../../viewer/evidence/evidence-store.ts';
import { mark } from '../../../viewer/evidence/key-images.ts';
import '../../../viewer/evidence/save-evidence.ts';
import { useComparison } from '../../../viewer/hanging/comparison-store.ts';
import {
  createMeasurement,
  forgetAllMeasurements,
  markSaved,
} from '../../../viewer/measuring/measurement-store.ts';
import '../../../viewer/measuring/measurement-actions.ts';
import { describeImages } from '../../../viewer/viewport/image-description.ts';
import { makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import { guardHistory } from '../../../viewer/workspace/history-guard.ts';
import {
  leave,
  leaveAnyway,
  provideSaving,
  saveAndLeave,
  stay,
  unsavedCount,
  useLeaving,
} from '../../../viewer/workspace/leaving.ts';
import { setReadingList } from '../../../viewer/workspace/reading-list.ts';
import { setDisplaySets, useWorkspace } from '../../../viewer/workspace/workspace-store.ts';
import { makeSlice } from './make-data-set.ts';

const [image] = describeImages('1.2', '1.2.3', makeSlice(1, 0));
if (!image) throw new Error('no image');

function draw(): void {
  createMeasurement({
    trackingUID: '2.25.1',
    tool: 'length',
    placement: {
      kind: 'image',
      studyInstanceUID: '1.2',
      seriesInstanceUID: '1.2.3',
      sopClassUID: '1',
      sopInstanceUID: '2',
      frameNumber: 1,
    },
    points: [],
    isClosed: false,
    label: '',
    color: '#ffffff',
    author: '',
    createdAt: '',
    values: [],
    calibration: 'none',
    saved: undefined,
  });
}

describe('leaving the open studies', () => {
  beforeEach(() => {
    forgetAllMeasurements();
    stay();
    useEvidence.setState({ newKeyImages: [], unmarked: new Set() });
    setReadingList(['1.2', '1.3']);
    setDisplaySets(makeDisplaySets('1.2', '1.2.3', [makeSlice(1, 0)]));
    useComparison.setState({
      current: { studyInstanceUID: '1.2' } as NonNullable<
        ReturnType<typeof useComparison.getState>['current']
      >,
    });
    window.history.replaceState(null, '', '/viewer?StudyInstanceUIDs=1.2');
  });

  it('goes at once when everything is saved', () => {
    layoutCommands.nextStudy.run({ controller: undefined });
    expect(window.location.search).toContain('1.3');
    expect(useLeaving.getState().go).toBeUndefined();
  });

  it('for the next study of the list asks while a measurement is not saved', () => {
    draw();
    layoutCommands.nextStudy.run({ controller: undefined });
    expect(window.location.search).toContain('1.2');
    expect(unsavedCount('measurements')).toBe(1);
    leaveAnyway();
    expect(window.location.search).toContain('1.3');
  });

  it('asks about measurements of the open studies only, and about all of them when the session ends', () => {
    draw();
    useWorkspace.setState({ displaySets: [] });
    const go = vi.fn();
    leave(go);
    expect(go).toHaveBeenCalledTimes(1);
    leave(go, 'session');
    expect(go).toHaveBeenCalledTimes(1);
    expect(unsavedCount('measurements', 'session')).toBe(1);
    mark(image, 'ofInterest');
    expect([unsavedCount('marks'), unsavedCount('marks', 'session')]).toEqual([0, 1]);
  });

  it.each([
    ['Back', ['/', '/viewer?StudyInstanceUIDs=1.2'], '/'],
    ['Forward', ['/viewer?StudyInstanceUIDs=1.2', '/settings'], '/settings'],
  ] as const)('by %s asks as well, without having gone anywhere', async (direction, entries, target) => {
    const [first, second] = entries;
    window.history.replaceState(null, '', first);
    window.history.pushState(null, '', second);
    if (direction === 'Forward') {
      window.history.back();
      await vi.waitFor(() => expect(window.location.pathname).toBe('/viewer'));
    }
    const stop = guardHistory();
    const heard = vi.fn();
    window.addEventListener('popstate', heard);
    draw();
    for (const answer of [stay, leaveAnyway]) {
      if (direction === 'Back' || answer === leaveAnyway) window.history.back();
      else window.history.forward();
      await vi.waitFor(() => expect(useLeaving.getState().go).toBeDefined());
      expect(window.location.pathname).toBe('/viewer');
      expect(heard).not.toHaveBeenCalled();
      answer();
    }
    await vi.waitFor(() => expect(window.location.pathname).toBe(target));
    expect(heard).toHaveBeenCalledTimes(1);
    window.removeEventListener('popstate', heard);
    stop();
  });

  it('saves and goes, but stays when it could not be saved', async () => {
    draw();
    const go = vi.fn();
    provideSaving({ isPossible: () => true, save: async () => false });
    leave(go);
    await saveAndLeave();
    expect(go).not.toHaveBeenCalled();
    expect(useLeaving.getState().go).toBeUndefined();
    // Stored, but not what was drawn.
    provideSaving({ isPossible: () => true, save: async () => true });
    leave(go);
    await saveAndLeave();
    expect(go).not.toHaveBeenCalled();
    provideSaving({
      isPossible: () => true,
      save: async () => {
        markSaved(['2.25.1'], '1.9');
        return true;
      },
    });
    leave(go);
    await saveAndLeave();
    expect(go).toHaveBeenCalledTimes(1);
  });

  it('asks for a key image that is not saved, and stays when told to', () => {
    mark(image, 'ofInterest');
    const go = vi.fn();
    leave(go);
    expect(unsavedCount('marks')).toBe(1);
    stay();
    leaveAnyway();
    expect(go).not.toHaveBeenCalled();
  });
});
