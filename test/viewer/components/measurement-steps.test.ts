import { beforeEach, describe, expect, it } from 'vitest';
import { useLive } from '../../../viewer/measuring/live-store.ts';
import type { Measurement } from '../../../viewer/measuring/measurement.ts';
import {
  addLoadedMeasurements,
  createMeasurement,
  forgetAllMeasurements,
  isUnsaved,
  markSaved,
  measurementOf,
  redo,
  removeMeasurements,
  undo,
} from '../../../viewer/measuring/measurement-store.ts';
import { changeByReader } from '../../../viewer/measuring/reader-change.ts';

function length(uid: string, more: Partial<Measurement> = {}): Measurement {
  return {
    trackingUID: uid,
    tool: 'length',
    placement: {
      kind: 'image',
      studyInstanceUID: '1.2',
      seriesInstanceUID: '1.2.3',
      sopClassUID: '1.2.840.10008.5.1.4.1.1.2',
      sopInstanceUID: '1.2.3.4',
      frameNumber: 1,
    },
    points: [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
    ],
    isClosed: false,
    label: '',
    color: '#ffffff',
    author: 'first',
    createdAt: '2026-01-01T00:00:00.000Z',
    values: [{ quantity: 'length', value: 10, unit: 'mm' }],
    calibration: 'patient',
    saved: undefined,
    ...more,
  };
}
const unsaved = (uid: string) => {
  const measurement = measurementOf(uid);
  return measurement && isUnsaved(measurement);
};

describe('what comes back', () => {
  beforeEach(forgetAllMeasurements);

  it('after its removal was saved is to be saved: the newest report has it no more', () => {
    addLoadedMeasurements([length('a', { saved: { sopInstanceUID: '9.1', isChanged: false } })]);
    removeMeasurements(['a']);
    markSaved([], '9.2');
    undo();
    expect(unsaved('a')).toBe(true);
  });

  it('by taking its creation again is to be saved, though it was saved before', () => {
    createMeasurement(length('a'));
    markSaved(['a'], '9.1');
    undo();
    markSaved([], '9.2');
    redo();
    expect(unsaved('a')).toBe(true);
  });
});

describe('a change by a reader', () => {
  beforeEach(() => {
    forgetAllMeasurements();
    addLoadedMeasurements([length('a', { saved: { sopInstanceUID: '9.1', isChanged: false } })]);
    useLive.setState({ author: 'second' });
  });

  it('of what is measured, or of the label, is by that reader and of now', () => {
    const before = Date.now();
    changeByReader('a', { values: [{ quantity: 'length', value: 12, unit: 'mm' }] });
    expect(measurementOf('a')?.author).toBe('second');
    expect(Date.parse(measurementOf('a')?.createdAt ?? '')).toBeGreaterThanOrEqual(before);
    undo();
    expect(measurementOf('a')).toMatchObject({ author: 'first', createdAt: '2026-01-01T00:00:00.000Z' });
    changeByReader('a', { label: 'lesion' });
    expect(measurementOf('a')?.author).toBe('second');
  });

  it('of its colour, or of where its label stands, leaves author and time', () => {
    changeByReader('a', { color: '#ff0000' });
    changeByReader('a', { labelPoint: { x: 3, y: 4 } });
    expect(measurementOf('a')).toMatchObject({
      color: '#ff0000',
      author: 'first',
      createdAt: '2026-01-01T00:00:00.000Z',
    });
  });
});
