import { beforeEach, describe, expect, it, vi } from 'vitest';
import { layoutCommands } from '../../../viewer/commands/layout-commands.ts';
import { useEvidence } from '../../../viewer/evidence/evidence-store.ts';
import { mark } from '../../../viewer/evidence/key-images.ts';
import '../../../viewer/evidence/save-evidence.ts';
import { useComparison } from '../../../viewer/hanging/comparison-store.ts';
import { createMeasurement, forgetAllMeasurements } from '../../../viewer/measuring/measurement-store.ts';
import '../../../viewer/measuring/measurement-actions.ts';
import { describeImages } from '../../../viewer/viewport/image-description.ts';
import { leave, leaveAnyway, stay, unsavedCount, useLeaving } from '../../../viewer/workspace/leaving.ts';
import { setReadingList } from '../../../viewer/workspace/reading-list.ts';
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
