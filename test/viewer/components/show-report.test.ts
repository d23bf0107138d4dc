import { afterEach, expect, it } from 'vitest';
import { isAvailable, runCommand } from '../../../viewer/commands/commands.ts';
import { makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import { resetWorkspace, setDisplaySets, useWorkspace } from '../../../viewer/workspace/workspace-store.ts';
import { makeDataSet, makeSlice } from './make-data-set.ts';

const context = { controller: undefined };
const sr = (sopInstanceUID: string) =>
  makeDataSet({ SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.33', SOPInstanceUID: sopInstanceUID });
const images = makeDisplaySets('1.1', '1.2', [makeSlice(1, 0)]);

afterEach(resetWorkspace);

it('shows the reports of the open studies one after the other', () => {
  const [first] = makeDisplaySets('1.1', '1.3', [sr('1.3.1')]);
  const [second] = makeDisplaySets('1.1', '1.4', [sr('1.4.1')]);
  if (!first || !second) throw new Error('no reports');
  setDisplaySets([...images, first, second], true);
  const shown = [1, 2, 3].map(() => {
    runCommand('showReport', context);
    return useWorkspace.getState().contents[0]?.displaySetId;
  });
  expect(shown).toEqual([first.id, second.id, first.id]);
});

it('offers no report where there is none', () => {
  setDisplaySets(images, true);
  expect(isAvailable('showReport', context)).toBe(false);
});
