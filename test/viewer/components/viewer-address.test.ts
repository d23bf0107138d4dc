import { beforeEach, describe, expect, it } from 'vitest';
import { makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import { emptyState, type ViewportController } from '../../../viewer/viewport/viewport-controller.ts';
import type { Window } from '../../../viewer/viewport/window.ts';
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
