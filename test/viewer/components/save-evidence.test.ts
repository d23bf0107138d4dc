import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { StoreOutcome } from '../../../viewer/dicomweb/store.ts';
import { forgetStudies, keyOfMark, setReader, useEvidence } from '../../../viewer/evidence/evidence-store.ts';
import { keyImagesOf, mark, unmark } from '../../../viewer/evidence/key-images.ts';
import { saveEvidence } from '../../../viewer/evidence/save-evidence.ts';
import type { Measurement } from '../../../viewer/measuring/measurement.ts';
import {
  createMeasurement,
  forgetAllMeasurements,
  isUnsaved,
  measurementOf,
} from '../../../viewer/measuring/measurement-store.ts';
import { describeImages } from '../../../viewer/viewport/image-description.ts';
import type { DisplaySet } from '../../../viewer/viewport/stacks.ts';
import { setDisplaySets } from '../../../viewer/workspace/workspace-store.ts';
import { makeSlice } from './make-data-set.ts';

/** What the archive is asked to store, and when it answers. */
const archive = vi.hoisted(() => ({ answer: Promise.resolve() }));
vi.mock('../../../viewer/dicomweb/store.ts', () => ({
  storeFiles: async (files: readonly unknown[]): Promise<readonly StoreOutcome[]> => {
    await archive.answer;
    return files.map(() => ({ stored: true }) as StoreOutcome);
  },
}));

function open(study: string, more: Parameters<typeof makeSlice>[2] = {}) {
  const instance = makeSlice(1, 0, { SOPInstanceUID: `${study}.9`, ...more });
  const images = describeImages(study, `${study}.1`, instance);
  const set = {
    id: study,
    kind: 'image',
    studyInstanceUID: study,
    seriesInstanceUID: `${study}.1`,
    images,
  } as unknown as DisplaySet;
  const [image] = images;
  if (!image) throw new Error('no image');
  return { set, image, images };
}

function draw(uid: string, { image }: ReturnType<typeof open>, sopInstanceUID = image.sopInstanceUID): void {
  const { studyInstanceUID, seriesInstanceUID, sopClassUID, frameNumber } = image;
  const measurement: Measurement = {
    trackingUID: uid,
    tool: 'length',
    placement: {
      kind: 'image',
      studyInstanceUID,
      seriesInstanceUID,
      sopClassUID,
      sopInstanceUID,
      frameNumber,
    },
    points: [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ],
    isClosed: false,
    label: '',
    color: '#ffffff',
    author: 'reader',
    createdAt: '2026-01-01T00:00:00.000Z',
    values: [{ quantity: 'length', value: 1, unit: 'mm' }],
    calibration: 'patient',
    saved: undefined,
  };
  createMeasurement(measurement);
}
const isSaved = (uid: string) => {
  const measurement = measurementOf(uid);
  return measurement !== undefined && !isUnsaved(measurement);
};

describe('saving', () => {
  beforeEach(() => {
    archive.answer = Promise.resolve();
    forgetAllMeasurements();
    forgetStudies();
    useEvidence.setState({ newKeyImages: [], unmarked: new Set(), notes: {} });
    setReader('reader', true);
  });

  it('writes all but a measurement whose image is not open, and says so', async () => {
    const study = open('1.2.1');
    setDisplaySets([study.set]);
    draw('2.25.1', study);
    draw('2.25.2', study, '1.2.1.404');
    mark(study.image, 'ofInterest');
    await saveEvidence();
    expect(isSaved('2.25.1')).toBe(true);
    expect(isSaved('2.25.2')).toBe(false);
    expect(useEvidence.getState().outcome).toMatchObject({
      kind: 'saved',
      measurements: 1,
      keyImages: 1,
      unwritable: 1,
    });
  });

  it('that ends after the study was left tells the next patient nothing', async () => {
    const [first, next] = [open('1.2.2'), open('1.2.3')];
    setDisplaySets([first.set]);
    draw('2.25.3', first);
    mark(first.image, 'ofInterest');
    let resolve = () => {};
    archive.answer = new Promise((done) => {
      resolve = done;
    });
    const saving = saveEvidence();
    forgetStudies();
    setDisplaySets([next.set]);
    resolve();
    await saving;
    expect(useEvidence.getState()).toMatchObject({
      reports: [],
      keyDocuments: [],
      newKeyImages: [],
      outcome: undefined,
      isNoticeOpen: false,
    });
    expect(isSaved('2.25.3')).toBe(true);
  });

  it('key images of one study leaves what was taken away in another', async () => {
    const [first, other] = [open('1.2.4'), open('1.2.5')];
    setDisplaySets([first.set, other.set]);
    mark(first.image, 'ofInterest');
    mark(other.image, 'ofInterest');
    await saveEvidence();
    const saved = keyImagesOf(useEvidence.getState());
    expect(saved).toHaveLength(2);
    setDisplaySets([first.set]);
    for (const image of saved) unmark(image);
    await saveEvidence();
    const left = saved.filter(({ studyInstanceUID }) => studyInstanceUID === '1.2.5').map(keyOfMark);
    expect([...useEvidence.getState().unmarked]).toEqual(left);
  });

  it('keeps the mark of all of a clip beside that of one of its frames', async () => {
    const clip = open('1.2.6', { NumberOfFrames: 3 });
    setDisplaySets([clip.set]);
    const [, second] = clip.images;
    if (!second) throw new Error('no second frame');
    mark(second, 'ofInterest');
    const [ofFrame] = useEvidence.getState().newKeyImages;
    if (!ofFrame) throw new Error('no mark');
    useEvidence.setState({ newKeyImages: [ofFrame, { ...ofFrame, frameNumber: undefined }] });
    await saveEvidence();
    const frames = keyImagesOf(useEvidence.getState()).map(({ frameNumber }) => frameNumber);
    expect(new Set(frames)).toEqual(new Set([2, undefined]));
  });
});
