import { beforeEach, describe, expect, it } from 'vitest';
import { makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import { emptyState, type ViewportController } from '../../../viewer/viewport/viewport-controller.ts';
import type { Window } from '../../../viewer/viewport/window.ts';
import { forgetPlanes, keepPlanes, type PlanesView } from '../../../viewer/workspace/planes-view.ts';
import { addressOfScreen, readViewerAddress } from '../../../viewer/workspace/viewer-address.ts';
import {
  layOut,
  registerController,
  resetWorkspace,
  setDisplaySets,
} from '../../../viewer/workspace/workspace-store.ts';
import { makeSlice } from './make-data-set.ts';

const sets = makeDisplaySets(
  '1.1',
  '1.2',
  [0, 1, 2].map((number) =>
    makeSlice(number + 1, -number, { PatientName: 'Secret^Person', PatientID: 'SECRET-7' }),
  ),
);

/** As much of a controller as an address asks for. */
function controllerAt(index: number, window?: Window, isInverted = false): ViewportController {
  return {
    getState: () => ({ ...emptyState, index, isInverted }),
    keptView: () => ({ index, window }),
  } as unknown as ViewportController;
}

describe('the address of what is on the screen', () => {
  beforeEach(() => {
    resetWorkspace();
    setDisplaySets(sets);
    const displaySetId = sets[0]?.id ?? '';
    layOut({ rows: 2, columns: 2 }, [
      { kind: 'displaySet', displaySetId },
      undefined,
      { kind: 'plane', displaySetId, plane: 'coronal' },
      { kind: 'displaySet', displaySetId },
    ]);
    registerController(0, controllerAt(2, { center: -600.5, width: 1500, function: 'LINEAR_EXACT' }, true));
    registerController(2, controllerAt(40));
    registerController(3, controllerAt(1));
  });

  it('is read as it was written: studies, grid, image, window, inversion, plane', () => {
    const request = readViewerAddress(new URL(addressOfScreen(), 'http://x').search);
    expect(request.studyInstanceUIDs).toEqual(['1.1']);
    expect(request.grid).toEqual({ rows: 2, columns: 2 });
    const plain = { frameNumber: 1, plane: undefined, window: undefined, isInverted: false };
    expect(request.tiles).toEqual([
      {
        ...plain,
        tile: 0,
        sopInstanceUID: '1.2.3.3',
        window: { center: -600.5, width: 1500, function: 'LINEAR_EXACT' },
        isInverted: true,
      },
      { ...plain, tile: 2, sopInstanceUID: '1.2.3.1', plane: 'coronal' },
      { ...plain, tile: 3, sopInstanceUID: '1.2.3.2' },
    ]);
  });

  it('names the VOI LUT that a window is over, whose output it counts in', () => {
    const window: Window = { center: 2048, width: 4096, function: 'LINEAR', table: 1 };
    registerController(0, controllerAt(2, window));
    expect(readViewerAddress(new URL(addressOfScreen(), 'http://x').search).tiles[0]?.window).toEqual(window);
  });

  it('tells where the planes of a volume lie, how thick their slabs are, and how they are seen', () => {
    const turned = Math.SQRT1_2;
    const slab = (mode: 'maximum' | 'minimum' | 'mean', thickness: number) => ({ mode, thickness });
    const view = {
      point: [-12.346, 0, 103.5],
      window: { center: 300, width: 900, function: 'SIGMOID' },
      isInverted: true,
      axes: {
        axial: { right: [1, 0, 0], down: [0, 1, 0] },
        coronal: { right: [turned, turned, 0], down: [0, 0, -1] },
        sagittal: { right: [-turned, turned, 0], down: [0, 0, -1] },
      },
      slabs: {
        axial: slab('minimum', 10),
        coronal: slab('mean', 2.5),
        sagittal: slab('maximum', 0),
        acquired: slab('maximum', 0),
      },
    } satisfies PlanesView;
    keepPlanes(sets[0]?.id ?? '', view);
    const [read, ...others] = readViewerAddress(new URL(addressOfScreen(), 'http://x').search).planes;
    expect(others).toEqual([]);
    expect(read).toMatchObject({ tile: 2, point: view.point, window: view.window, isInverted: true });
    expect(read?.slabs).toEqual(view.slabs);
    expect(read?.axes?.axial).toEqual(view.axes.axial);
    expect(read?.axes?.coronal.right[1]).toBeCloseTo(turned, 6);
    const planes = (value: string) => readViewerAddress(`StudyInstanceUIDs=1.1&planes=${value}`).planes;
    expect(planes('2_1,2')).toEqual([]);
    // Axes that are none, and a slab that can't be.
    expect(planes('2_1,2,3_1,0_maximum,-4')[0]).toMatchObject({ axes: undefined, slabs: undefined });
    forgetPlanes();
    expect(addressOfScreen()).not.toMatch('planes=');
  });

  it('says nothing of the patient', () => {
    expect(addressOfScreen()).not.toMatch(/secret|person/i);
  });

  it('is taken for no more than it says: what can’t be read is left out', () => {
    const read = (search: string) => readViewerAddress(`StudyInstanceUIDs=1.1&${search}`);
    expect(read('layout=6x1').grid).toBeUndefined();
    expect(read('layout=5x5').grid).toEqual({ rows: 5, columns: 5 });
    expect(read('layout=0x1').grid).toBeUndefined();
    expect(read('tile=25_1.2').tiles).toEqual([]);
    expect(read('tile=0_../x').tiles).toEqual([]);
    expect(read('tile=0_1.2_1_NaN_100_LINEAR').tiles[0]?.window).toBeUndefined();
    expect(read('tile=0_1.2_1_40_0_LINEAR').tiles[0]?.window).toBeUndefined();
    expect(read('hangingProtocolId=mg').hangingProtocolId).toBe('mg');
  });
});
