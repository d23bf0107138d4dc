// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { commandOfKey, defaultKeyMap } from '../../../viewer/commands/key-map.ts';
import { distinctPatients } from '../../../viewer/dicomweb/patients.ts';
import { initialView } from '../../../viewer/screens/study-viewer/initial-view.ts';
import {
  formatNumber,
  lossyCompression,
  sliceLocation,
} from '../../../viewer/screens/study-viewer/tile-content.ts';
import { describeImages } from '../../../viewer/viewport/image-description.ts';
import { prefetchOrder } from '../../../viewer/viewport/prefetch-order.ts';
import { mayRotate } from '../../../viewer/viewport/series-kinds.ts';
import { makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import { computeWindow, rangeToWindow, windowToRange } from '../../../viewer/viewport/window.ts';
import { readViewerAddress } from '../../../viewer/workspace/viewer-address.ts';
import { makeDataSet, makeSlice } from './make-data-set.ts';

const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
  commandOfKey(
    { key, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, target: document.body, ...more },
    defaultKeyMap,
  );

describe('keys', () => {
  it('are those of OHIF for what exists', () => {
    const keys = [
      'ArrowDown',
      'PageUp',
      'Home',
      'i',
      'r',
      'l',
      'h',
      'v',
      '+',
      '-',
      '=',
      ' ',
      '1',
      '4',
      'c',
      'z',
    ];
    expect(keys.map((key) => press(key))).toEqual([
      'nextImage',
      'previousSeries',
      'firstImage',
      'invert',
      'rotateRight',
      'rotateLeft',
      'flipHorizontal',
      'flipVertical',
      'zoomIn',
      'zoomOut',
      'fit',
      'reset',
      'presetSoftTissue',
      'presetBrain',
      'toggleCine',
      'toolZoom',
    ]);
  });

  it('do not depend on the case of letters', () => {
    expect(press('I')).toBe('invert');
  });

  it('are left alone while typing, with Ctrl, and in dialogs', () => {
    const input = document.createElement('input');
    const dialog = document.createElement('div');
    dialog.setAttribute('role', 'dialog');
    expect(press('i', { target: input })).toBeUndefined();
    expect(press('i', { target: dialog })).toBeUndefined();
    const slider = Object.assign(document.createElement('input'), { type: 'range' });
    expect(press('ArrowDown', { target: slider })).toBe('nextImage');
    expect(press('r', { ctrlKey: true })).toBeUndefined();
  });

  it('of a focused button stay with the button', () => {
    const button = document.createElement('button');
    expect(press(' ', { target: button })).toBeUndefined();
    expect(press('i', { target: button })).toBe('invert');
  });
});

describe('windows', () => {
  it('become ranges as PS3.3 C.11.2.1.2 defines them', () => {
    expect(windowToRange({ center: 2048, width: 4096, function: 'LINEAR' })).toEqual({
      lower: 0,
      upper: 4095,
    });
    expect(windowToRange({ center: 2048, width: 4096, function: 'LINEAR_EXACT' })).toEqual({
      lower: 0,
      upper: 4096,
    });
  });

  it('come back from their ranges', () => {
    for (const name of ['LINEAR', 'LINEAR_EXACT'] as const) {
      const window = { center: 40, width: 400, function: name };
      expect(rangeToWindow(windowToRange(window), name)).toEqual(window);
    }
  });

  it('are computed for images without one, by modality and depth', () => {
    const none = () => false;
    const ct = { modality: 'CT', bitsStored: 12, isFloat: false };
    expect(computeWindow([0, 1], ct, none)).toMatchObject({ center: 40, width: 400 });
    const screenshot = { modality: 'OT', bitsStored: 8, isFloat: false };
    expect(computeWindow([0, 1], screenshot, none)).toMatchObject({ center: 128, width: 256 });
    const ramp = Array.from({ length: 1000 }, (_, index) => index);
    const mr = { modality: 'MR', bitsStored: 12, isFloat: false };
    const { lower, upper } = windowToRange(computeWindow([...ramp, 60_000], mr, (value) => value === 60_000));
    expect(lower).toBeCloseTo(5, 0);
    expect(upper).toBeCloseTo(994, 0);
  });
});

describe('prefetchOrder', () => {
  it('goes outward, ahead of the reader first', () => {
    expect(prefetchOrder(2, 6, 1, 10)).toEqual([2, 3, 1, 4, 0, 5]);
    expect(prefetchOrder(2, 6, -1, 10)).toEqual([2, 1, 3, 0, 4, 5]);
    expect(prefetchOrder(0, 1000, 1, 3)).toEqual([0, 1, 2]);
  });
});

describe('the address of the viewer', () => {
  it('names studies, series and the image to begin with', () => {
    expect(
      readViewerAddress('StudyInstanceUIDs=1.2,1.3&SeriesInstanceUIDs=1.4&initialSOPInstanceUID=1.5'),
    ).toMatchObject({
      studyInstanceUIDs: ['1.2', '1.3'],
      seriesInstanceUIDs: ['1.4'],
      initialSOPInstanceUID: '1.5',
    });
  });

  it('may be that of IHE Invoke Image Display', () => {
    expect(readViewerAddress('requestType=STUDY&studyUID=1.2').studyInstanceUIDs).toEqual(['1.2']);
  });

  it('lets nothing through that is no UID', () => {
    expect(readViewerAddress('StudyInstanceUIDs=../../api,1.2').studyInstanceUIDs).toEqual(['1.2']);
  });
});

describe('where reading begins', () => {
  const images = (uid: string) => makeDisplaySets('1', uid, [makeSlice(Number(uid), 0)]);
  const loaded = (uid: string) => ({ displaySets: images(uid), isFailed: false });
  const pending = { displaySets: undefined, isFailed: false };
  const failed = { displaySets: undefined, isFailed: true };
  const report = {
    displaySets: makeDisplaySets('1', '9', [makeDataSet({ SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.11' })]),
    isFailed: false,
  };
  const opened = (...request: Parameters<typeof initialView>) =>
    initialView(...request)?.set.seriesInstanceUID;

  it('is the first series with images, whichever answer came first', () => {
    expect(opened([pending, loaded('2')], true, undefined)).toBeUndefined();
    expect(opened([loaded('1'), pending], true, undefined)).toBe('1');
    expect(opened([failed, report, loaded('3')], true, undefined)).toBe('3');
    expect(opened([report], true, undefined)).toBe('9');
  });

  it('is the instance that the address names, or the start when there is no such one', () => {
    expect(opened([pending, loaded('2')], true, '1.2.3.2')).toBe('2');
    expect(opened([loaded('1'), pending], true, '1.2.3.2')).toBeUndefined();
    expect(opened([loaded('1')], false, '1.2.3.2')).toBeUndefined();
    expect(opened([loaded('1'), failed], true, '1.2.3.2')).toBe('1');
  });
});

describe('patients', () => {
  const patient = (id: string, name: string, born = '19500101') =>
    makeDataSet({ PatientID: id, PatientName: { Alphabetic: name }, PatientBirthDate: born });

  it('are told apart by ID and birth date', () => {
    expect(distinctPatients([patient('1', 'A^B'), patient('1', 'A^B')])).toHaveLength(1);
    expect(distinctPatients([patient('1', 'A^B'), patient('2', 'A^B')])).toEqual(['A, B (1)', 'A, B (2)']);
    expect(distinctPatients([patient('1', 'A^B'), patient('1', 'C^D', '19990101')])).toHaveLength(2);
  });

  it('are found in every instance, and by name and issuer too', () => {
    const many = [...Array.from({ length: 50 }, () => patient('1', 'A^B')), patient('2', 'C^D')];
    expect(distinctPatients(many)).toEqual(['A, B (1)', 'C, D (2)']);
    expect(distinctPatients([patient('1', 'A^B', ''), patient('1', 'C^D', '')])).toHaveLength(2);
    const issued = (IssuerOfPatientID: string) =>
      makeDataSet({ PatientID: '1', PatientName: { Alphabetic: 'A^B' }, IssuerOfPatientID });
    expect(distinctPatients([issued('NORTH'), issued('SOUTH')])).toEqual([
      'A, B (1, NORTH)',
      'A, B (1, SOUTH)',
    ]);
  });

  it('are one whatever the case and spacing of the name, and whatever is not known', () => {
    const written = ['Smith^John', 'SMITH^JOHN^^^', ' smith ^  john '].map((name) => patient('1', name));
    expect(distinctPatients([...written, patient('1', ''), patient('', 'Smith^John', '')])).toHaveLength(1);
    expect(distinctPatients([patient('1', 'Smith^John'), patient('1', 'Smith^^John')])).toHaveLength(2);
    const inTwoScripts = makeDataSet({
      PatientID: '1',
      PatientName: { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' },
    });
    expect(distinctPatients([patient('1', 'Yamada^Tarou'), inTwoScripts])).toHaveLength(1);
  });
});

describe('images', () => {
  const describe1 = (more: Parameters<typeof makeSlice>[2]) => {
    const [image] = describeImages('1', '2', makeSlice(1, 0, more));
    if (!image) throw new Error('no image');
    return image;
  };

  it('may be turned only when they are projections', () => {
    expect(mayRotate(describe1({}))).toBe(false);
    expect(mayRotate(describe1({ Modality: 'DX', ImageOrientationPatient: [] }))).toBe(true);
  });

  it('tell lossy compression and its ratio', () => {
    expect(lossyCompression(describe1({}))).toBeUndefined();
    expect(lossyCompression(describe1({ LossyImageCompression: '00' }))).toBeUndefined();
    expect(
      lossyCompression(describe1({ LossyImageCompression: '01', LossyImageCompressionRatio: 12.34 })),
    ).toEqual({
      ratio: '12.3:1',
      method: undefined,
    });
    expect(lossyCompression(describe1({ LossyImageCompression: '01' }))).toEqual({
      ratio: undefined,
      method: undefined,
    });
  });

  it('are not to scale when only the detector was measured', () => {
    expect(describe1({ ImagerPixelSpacing: [0.1, 0.1] })).toMatchObject({
      rowSpacing: 0.1,
      isCalibrated: false,
    });
    expect(describe1({ PixelSpacing: [0.5, 0.5] })).toMatchObject({ isCalibrated: true });
    expect(describe1({ PixelAspectRatio: ['2', '1'] })).toMatchObject({ rowSpacing: 2, columnSpacing: 1 });
  });

  it('are located along their normal when the header gives no number', () => {
    const at = (ImageOrientationPatient: number[], ImagePositionPatient: number[]) =>
      sliceLocation(describe1({ ImageOrientationPatient, ImagePositionPatient }));
    const [axial, sagittal, coronal] = [
      [1, 0, 0, 0, 1, 0],
      [0, 1, 0, 0, 0, -1],
      [1, 0, 0, 0, 0, -1],
    ];
    expect(at(axial ?? [], [1, 2, -30])).toEqual({ value: 30, sides: 'F' });
    expect(at(sagittal ?? [], [-12, 2, 99])).toEqual({ value: 12, sides: 'R' });
    expect(at(sagittal ?? [], [12, 2, 99])).toEqual({ value: 12, sides: 'L' });
    expect(at(coronal ?? [], [1, 40, 99])).toEqual({ value: 40, sides: 'P' });
    expect(at([], [1, 40, 99])).toBeUndefined();
    expect(sliceLocation(describe1({ SliceLocation: -7.5 }))).toEqual({ value: -7.5, sides: undefined });
  });

  it('have numbers that can be read', () => {
    expect([1234.5678, 12.345, 1.2345, 0].map(formatNumber)).toEqual(['1235', '12.3', '1.23', '0']);
  });
});
