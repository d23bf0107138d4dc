import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonDataSet } from '../../../viewer/dicomweb/data-set.ts';
import { tags } from '../../../viewer/dicomweb/tags.ts';
import { useEvidence } from '../../../viewer/evidence/evidence-store.ts';
import {
  countMarked,
  keyImagesOf,
  keyObjectsToSave,
  mark,
  rejectionsOf,
} from '../../../viewer/evidence/key-images.ts';
import { readKeyObjects } from '../../../viewer/evidence/key-objects.ts';
import { loadEvidence } from '../../../viewer/evidence/load-evidence.ts';
import type { MeasurementReport } from '../../../viewer/evidence/write-measurement-report.ts';
import type { Measurement } from '../../../viewer/measuring/measurement.ts';
import {
  changeMeasurement,
  forgetAllMeasurements,
  removeMeasurements,
  undo,
  useMeasurements,
} from '../../../viewer/measuring/measurement-store.ts';
import { describeImages } from '../../../viewer/viewport/image-description.ts';
import type { DisplaySet } from '../../../viewer/viewport/stacks.ts';
import { makeSlice } from './make-data-set.ts';
import { throughFile, writeReport } from './written-reports.ts';

const [study, series] = ['1.2.3', '1.2.3.4'];
const images = [1, 2].flatMap((number) =>
  describeImages(study, series, makeSlice(number, -5 * number, { FrameOfReferenceUID: '1.2.9' })),
);
const [first, second] = images;
if (!first || !second) throw new Error('no images');

const sequence = (...items: JsonDataSet[]) => ({ vr: 'SQ', Value: items });
const value = (vr: string, ...values: unknown[]) => ({ vr, Value: values });
const codeItem = (code: string, meaning: string): JsonDataSet => ({
  [tags.CodeValue]: value('SH', code),
  [tags.CodingSchemeDesignator]: value('SH', 'DCM'),
  [tags.CodeMeaning]: value('LO', meaning),
});

/** A selection as a PACS writes it, with nothing of ours: no observer, and one image as its content. */
function selectionOf(uid: string, code: string, meaning: string): JsonDataSet {
  const reference = {
    [tags.ReferencedSOPClassUID]: value('UI', first?.sopClassUID),
    [tags.ReferencedSOPInstanceUID]: value('UI', first?.sopInstanceUID),
  };
  return {
    [tags.SOPClassUID]: value('UI', '1.2.840.10008.5.1.4.1.1.88.59'),
    [tags.SOPInstanceUID]: value('UI', uid),
    [tags.Modality]: value('CS', 'KO'),
    [tags.ContentDate]: value('DA', '20260304'),
    [tags.ContentTime]: value('TM', '050607'),
    [tags.ValueType]: value('CS', 'CONTAINER'),
    [tags.ConceptNameCodeSequence]: sequence(codeItem(code, meaning)),
    [tags.ContentSequence]: sequence({
      [tags.RelationshipType]: value('CS', 'CONTAINS'),
      [tags.ValueType]: value('CS', 'IMAGE'),
      [tags.ReferencedSOPSequence]: sequence(reference),
    }),
  };
}

const document = (kind: 'keyObjects' | 'structuredReport', instance: JsonDataSet): DisplaySet =>
  ({
    kind,
    id: `${kind}`,
    studyInstanceUID: study,
    seriesInstanceUID: '1.2.3.99',
    instances: [instance],
  }) as DisplaySet;
const imageSet = {
  kind: 'image',
  id: series,
  studyInstanceUID: study,
  seriesInstanceUID: series,
  images,
} as unknown as DisplaySet;

beforeEach(() => {
  useEvidence.setState(useEvidence.getInitialState());
  forgetAllMeasurements();
});

describe('key objects of other writers', () => {
  it.each([
    ['113001', 'rejectedForQuality'],
    ['113037', 'rejectedForSafety'],
    ['113038', 'wrongWorklistEntry'],
    ['113039', 'retentionExpired'],
  ])('takes %s for a warning at the image, and for no key image', (code, title) => {
    const read = readKeyObjects(throughFile(selectionOf('1.2.7', code, 'Rejected')), study, '1.2.3.99');
    expect(read).toMatchObject({ isOurs: false, isRejection: true, title, author: '' });
    expect([...rejectionsOf([read])]).toEqual([[first.sopInstanceUID, title]]);
    expect(keyImagesOf({ keyDocuments: [read], newKeyImages: [], unmarked: new Set() })).toEqual([]);
  });

  it('shows a selection with a title that has no name here, and leaves it as it is', () => {
    loadEvidence([imageSet, document('keyObjects', selectionOf('1.2.7', '113020', 'For Printing'))], true);
    const shown = keyImagesOf(useEvidence.getState());
    expect(shown).toMatchObject([{ sopInstanceUID: first.sopInstanceUID, titleMeaning: 'For Printing' }]);
    expect(countMarked(images, shown)).toBe(1);
    expect(keyObjectsToSave(useEvidence.getState(), study)).toEqual([]);
    mark(second, 'forSurgery');
    expect(countMarked(images, keyImagesOf(useEvidence.getState()))).toBe(2);
    const [change, ...others] = keyObjectsToSave(useEvidence.getState(), study);
    expect(others).toEqual([]);
    expect(change?.images.map((image) => image.sopInstanceUID)).toEqual([second.sopInstanceUID]);
    expect(change?.predecessors).toEqual([]);
  });
});

describe('reports that are read again', () => {
  const length: Measurement = {
    trackingUID: '2.25.77',
    tool: 'length',
    points: [
      { x: 1, y: 1 },
      { x: 3, y: 1 },
    ],
    placement: {
      kind: 'image',
      studyInstanceUID: study,
      seriesInstanceUID: series,
      sopClassUID: first.sopClassUID,
      sopInstanceUID: first.sopInstanceUID,
      frameNumber: 1,
    },
    isClosed: false,
    label: '',
    color: '#4dabf7',
    author: 'reader',
    createdAt: '2026-11-20T14:03:05.250Z',
    values: [{ quantity: 'length', value: 2, unit: 'mm' }],
    calibration: 'patient',
    saved: undefined,
  };
  const reportOf = (more: Partial<MeasurementReport>) => {
    const { instance: source } = first;
    return throughFile(
      writeReport({ studyInstanceUID: study, source, measurements: [length], imageOf: () => first, ...more }),
    );
  };
  const report = reportOf({});
  const uids = () => useMeasurements.getState().measurements.map(({ trackingUID }) => trackingUID);

  it('do not bring back what the reader has removed meanwhile', () => {
    const sets = [imageSet, document('structuredReport', report)];
    loadEvidence(sets, false);
    expect(uids()).toEqual(['2.25.77']);
    removeMeasurements(['2.25.77']);
    // Another series has come in.
    loadEvidence([...sets], true);
    expect(uids()).toEqual([]);
    undo();
    loadEvidence([...sets], true);
    expect(uids()).toEqual(['2.25.77']);
  });

  it('show what could not be placed as long as its series was on its way', () => {
    loadEvidence([document('structuredReport', report)], false);
    expect(uids()).toEqual([]);
    loadEvidence([imageSet, document('structuredReport', report)], true);
    expect(uids()).toEqual(['2.25.77']);
  });

  it('take away and renew what a later one of them says, whichever comes first', () => {
    const now = new Date('2026-11-22T22:00:00Z');
    const removal = document(
      'structuredReport',
      reportOf({ measurements: [], removedUIDs: ['2.25.77'], now }),
    );
    loadEvidence([imageSet, document('structuredReport', report)], false);
    expect(uids()).toEqual(['2.25.77']);
    loadEvidence([imageSet, document('structuredReport', report), removal], true);
    expect(uids()).toEqual([]);
  });

  it('say the newest of a measurement that was read before, unless the reader has changed it here', () => {
    const now = new Date('2026-11-22T22:00:00Z');
    const renamed = { ...length, label: 'liver', createdAt: '2026-11-22T21:30:00.000Z' };
    const later = document('structuredReport', reportOf({ measurements: [renamed], now }));
    const sets = [imageSet, document('structuredReport', report)];
    const labels = () => useMeasurements.getState().measurements.map(({ label }) => label);
    loadEvidence(sets, false);
    loadEvidence([...sets, later], true);
    expect(labels()).toEqual(['liver']);
    changeMeasurement('2.25.77', { label: 'mine' });
    loadEvidence([...sets, later], true);
    expect(labels()).toEqual(['mine']);
  });
});
