// @vitest-environment jsdom
import { renderHook } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { addStudy, useComparison } from '../../../viewer/hanging/comparison-store.ts';
import { areLinkedByPosition, linksOnScreen } from '../../../viewer/linking/links-on-screen.ts';
import { useReaderDefaults } from '../../../viewer/preferences/reader-defaults.ts';
import { resetDesk, useCleanDesk } from '../../../viewer/screens/study-viewer/use-clean-desk.ts';
import { makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import type { Vector3 } from '../../../viewer/viewport/vectors.ts';
import { emptyState, type ViewportController } from '../../../viewer/viewport/viewport-controller.ts';
import { mayAskForMpr, toggleMpr } from '../../../viewer/volume/open-mpr.ts';
import { linkTiles } from '../../../viewer/workspace/link-store.ts';
import type { PlaneName } from '../../../viewer/workspace/tile-content.ts';
import {
  layOut,
  registerController,
  setDisplaySets,
  setTool,
  showDisplaySet,
  useWorkspace,
} from '../../../viewer/workspace/workspace-store.ts';
import { makeSlice } from './make-data-set.ts';

vi.mock('../../../viewer/viewport/load-image.ts', () => ({}));

function openSeries(studyInstanceUID: string): string {
  const slices = [0, 1, 2, 3, 4].map((at) =>
    makeSlice(at + 1, at * 2, { PixelSpacing: [1, 1], FrameOfReferenceUID: '1.9' }),
  );
  const sets = makeDisplaySets(studyInstanceUID, `${studyInstanceUID}.1`, slices);
  setDisplaySets(sets);
  const id = sets[0]?.id ?? '';
  showDisplaySet(id, 0);
  return id;
}
const shownIds = () => useWorkspace.getState().contents.map((content) => content?.displaySetId);

beforeEach(() => resetDesk());

describe('the desk of the next patient', () => {
  it('is clear before anything of theirs is rendered', () => {
    const seen: [string, readonly string[]][] = [];
    const { rerender } = renderHook(
      ({ address }) => {
        if (useCleanDesk(address)) seen.push([address, useComparison.getState().added]);
      },
      { initialProps: { address: 'a' } },
    );
    addStudy('1.77');
    rerender({ address: 'b' });
    expect(seen.filter(([address]) => address === 'b')).toEqual([['b', []]]);
  });

  it('begins with the tool that the reader begins with, not with the one used last', () => {
    const first = renderHook(useReaderDefaults);
    expect(useWorkspace.getState().tool).toBe('window');
    setTool('ellipse');
    first.rerender();
    expect(useWorkspace.getState().tool).toBe('ellipse');
    first.unmount();
    renderHook(useReaderDefaults);
    expect(useWorkspace.getState().tool).toBe('window');
  });

  it('has nothing to go back to from the planes of the one before', () => {
    const first = openSeries('1.1');
    toggleMpr('row', undefined);
    expect(shownIds()).toEqual([first, first, first]);
    resetDesk();
    const second = openSeries('1.2');
    toggleMpr('row', undefined);
    expect(shownIds()).toEqual([second, second, second]);
    toggleMpr('row', undefined);
    expect(shownIds()).toEqual([second]);
  });

  it('nor has a layout that was hung in place of the planes', () => {
    const id = openSeries('1.1');
    toggleMpr('quarters', undefined);
    layOut({ rows: 1, columns: 2 }, [{ kind: 'displaySet', displaySetId: id }, undefined]);
    layOut({ rows: 1, columns: 1 }, [{ kind: 'plane', displaySetId: id, plane: 'coronal' }]);
    toggleMpr('row', undefined);
    expect(useWorkspace.getState()).toMatchObject({ grid: { rows: 1, columns: 1 } });
    expect(useWorkspace.getState().contents).toEqual([{ kind: 'displaySet', displaySetId: id }]);
  });
});

describe('planes', () => {
  const openSlices = (more: Parameters<typeof makeSlice>[2]) => {
    const slices = [0, 1, 2, 3].map((at) => makeSlice(at + 1, at * 2, { PixelSpacing: [1, 1], ...more }));
    setDisplaySets(makeDisplaySets('1.3', '1.3.1', slices));
    showDisplaySet(useWorkspace.getState().displaySets[0]?.id ?? '', 0);
  };

  it('are offered only of images that have a place in the patient', () => {
    openSlices({});
    expect(mayAskForMpr()).toBe(true);
    openSlices({ Modality: 'XA', ImagePositionPatient: [], ImageOrientationPatient: [] });
    expect(mayAskForMpr()).toBe(false);
  });
});

describe('linked planes', () => {
  const planeController = (xDirection: Vector3, yDirection: Vector3) =>
    ({
      getState: () => ({ ...emptyState, surface: { kind: 'plane', xDirection, yDirection } }),
    }) as unknown as ViewportController;

  it('are linked by the direction in which they lie, not by the one they had at first', () => {
    const displaySetId = openSeries('1.1');
    const plane = (name: PlaneName) => ({ kind: 'plane', displaySetId, plane: name }) as const;
    layOut({ rows: 1, columns: 2 }, [plane('axial'), { kind: 'displaySet', displaySetId }]);
    registerController(0, planeController([1, 0, 0], [0, 1, 0]));
    linkTiles([0, 1]);
    expect(areLinkedByPosition(0, 1)).toBe(true);
    expect(linksOnScreen().get(0)?.letter).toBe('A');
    // The same controller, turned by 60° about x: further than what counts as one direction.
    const surface = { kind: 'plane', xDirection: [1, 0, 0], yDirection: [0, 0.5, 0.866] };
    const controller = useWorkspace.getState().controllers[0];
    Object.assign(controller ?? {}, { getState: () => ({ ...emptyState, surface }) });
    expect(areLinkedByPosition(0, 1)).toBe(false);
    expect(linksOnScreen().get(0)).toMatchObject({ letter: undefined, refusal: 'refusedPlane' });
  });
});
