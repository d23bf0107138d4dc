import { describe, expect, it } from 'vitest';
import { parseOwnProtocols, protocolOfScreen } from '../../../viewer/hanging/own-protocols.ts';
import { shippedProtocols } from '../../../viewer/hanging/protocols/shipped.ts';
import { makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import { emptyState, type ViewportController } from '../../../viewer/viewport/viewport-controller.ts';
import type { Window } from '../../../viewer/viewport/window.ts';
import { neighbourInList, setReadingList } from '../../../viewer/workspace/reading-list.ts';
import { layOut, registerController, setDisplaySets } from '../../../viewer/workspace/workspace-store.ts';
import { makeSlice } from './make-data-set.ts';

describe('the list that the reader came from', () => {
  it('gives the study before and after, and none at its ends or where rows are not known', () => {
    setReadingList(['1.1', '1.2', '', '1.9']);
    expect(neighbourInList('1.1', 1)).toBe('1.2');
    expect(neighbourInList('1.2', -1)).toBe('1.1');
    expect(neighbourInList('1.1', -1)).toBeUndefined();
    expect(neighbourInList('1.2', 1)).toBeUndefined();
    expect(neighbourInList('1.9', 1)).toBeUndefined();
    expect(neighbourInList('2.2', 1)).toBeUndefined();
  });
});

describe('own layouts', () => {
  const [shipped] = shippedProtocols;
  const own = { ...shipped, id: 'own-1', name: 'Mine' };

  it('are read from what was kept, without those that this version can’t use', () => {
    const tooLarge = { ...own, stages: [{ id: 'own', grid: { rows: 6, columns: 1 }, tiles: [] }] };
    const broken = { ...own, study: 'CT' };
    expect(parseOwnProtocols([own, tooLarge, broken, { id: 'own-2' }, null])).toEqual([own]);
    expect(parseOwnProtocols('nothing')).toBeUndefined();
  });

  it('keep a window with its function; one over a table is left out: the next study has other tables', () => {
    const sets = makeDisplaySets('1.1', '1.2', [makeSlice(1, 0), makeSlice(2, 1)]);
    setDisplaySets(sets);
    layOut({ rows: 1, columns: 1 }, [{ kind: 'displaySet', displaySetId: sets[0]?.id ?? '' }]);
    const windowKept = (window: Window) => {
      const controller = { getState: () => emptyState, keptView: () => ({ index: 0, window }) };
      registerController(0, controller as unknown as ViewportController);
      return protocolOfScreen('own-1', 'Mine')?.stages[0]?.tiles[0]?.window;
    };
    const sigmoid: Window = { center: 40, width: 400, function: 'SIGMOID' };
    expect(windowKept(sigmoid)).toEqual(sigmoid);
    expect(windowKept({ center: 2048, width: 4096, function: 'LINEAR', table: 0 })).toBeUndefined();
  });
});
