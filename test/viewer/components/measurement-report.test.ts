import { describe, expect, it } from 'vitest';
import type { JsonDataSet } from '../../../viewer/dicomweb/data-set.ts';
import { tags } from '../../../viewer/dicomweb/tags.ts';
import { currentGroups } from '../../../viewer/evidence/newest-documents.ts';
import type { ImageFinder } from '../../../viewer/evidence/place-figures.ts';
import { readMeasurementReport } from '../../../viewer/evidence/read-measurement-report.ts';
import type { MeasurementReport } from '../../../viewer/evidence/write-measurement-report.ts';
import type { Measurement, Placement } from '../../../viewer/measuring/measurement.ts';
import { describeImages } from '../../../viewer/viewport/image-description.ts';
import { makeSlice } from './make-data-set.ts';
import { throughFile, writeReport } from './written-reports.ts';

const study = '1.2.3';
const series = '1.2.3.4';
const [image] = describeImages(study, series, makeSlice(1, -30.5, { FrameOfReferenceUID: '1.2.9' }));
const [, , cine] = describeImages(
  study,
  series,
  makeSlice(7, 0, { NumberOfFrames: 3, SOPClassUID: '1.2.840.10008.5.1.4.1.1.3.1' }),
);
if (!image || !cine) throw new Error('no images');

const onImage: Placement = {
  kind: 'image',
  studyInstanceUID: study,
  seriesInstanceUID: series,
  sopClassUID: image.sopClassUID,
  sopInstanceUID: image.sopInstanceUID,
  frameNumber: 1,
};
const onFrame: Placement = {
  ...onImage,
  sopClassUID: cine.sopClassUID,
  sopInstanceUID: cine.sopInstanceUID,
  frameNumber: 3,
};
const onPlane: Placement = {
  kind: 'plane',
  studyInstanceUID: study,
  seriesInstanceUID: series,
  frameOfReferenceUID: '1.2.9',
  origin: [-120.25, 33, 7.5],
  xDirection: [0, 1, 0],
  yDirection: [0, 0, -1],
};

const at = (...numbers: number[]) =>
  numbers.flatMap((x, index) => (index % 2 === 0 ? [{ x, y: numbers[index + 1] ?? 0 }] : []));

let made = 0;
function measurement(
  tool: Measurement['tool'],
  points: Measurement['points'],
  more: Partial<Measurement> = {},
): Measurement {
  made += 1;
  return {
    trackingUID: `2.25.${1000 + made}`,
    tool,
    points,
    placement: onImage,
    isClosed: false,
    label: '',
    color: '#4dabf7',
    author: 'Müller, Jörg',
    createdAt: '2026-11-20T14:03:05.250Z',
    values: [],
    calibration: 'patient',
    saved: undefined,
    ...more,
  };
}

/** One of each tool, in an order that covers images, a frame of several and planes. */
const each: readonly Measurement[] = [
  measurement('length', at(10.25, 11.5, 200.125, 17.0625), {
    label: 'Läsion 1 — größte, «Leber»',
    values: [{ quantity: 'length', value: 189.95630512, unit: 'mm' }],
  }),
  measurement('bidirectional', at(1, 2, 30, 4, 11, 0, 12, 9.5), {
    values: [
      { quantity: 'longAxis', value: 29.07, unit: 'mm' },
      { quantity: 'shortAxis', value: 9.55, unit: 'mm' },
    ],
  }),
  measurement('angle', at(5, 5, 9, 5, 9, 12), { values: [{ quantity: 'angle', value: 90, unit: '°' }] }),
  measurement('cobbAngle', at(5, 5, 9, 5, 9, 12, 3, 14), {
    values: [{ quantity: 'angle', value: 71.565, unit: '°' }],
  }),
  measurement('arrow', at(7.5, 8, 60, 70.75), { label: 'shunt' }),
  measurement('text', at(-0.5, 0), { label: '山田 text' }),
  measurement('probe', at(100.5, 3), { values: [{ quantity: 'value', value: -1024, unit: 'HU' }] }),
  measurement('rectangle', at(1, 1, 20, 1, 20, 9, 1, 9), {
    values: [
      { quantity: 'area', value: 38.000000000000014, unit: 'mm²' },
      { quantity: 'mean', value: 1.5, unit: 'SUVbw' },
      { quantity: 'standardDeviation', value: 0.25, unit: 'SUVbw' },
      { quantity: 'minimum', value: 0, unit: 'SUVbw' },
      { quantity: 'maximum', value: 7.125, unit: 'SUVbw' },
      { quantity: 'pixelCount', value: 152, unit: '' },
      { quantity: 'perimeter', value: 27, unit: 'mm' },
    ],
  }),
  measurement('ellipse', at(0, 10, 40, 10, 20, 5, 20, 15), {
    values: [{ quantity: 'area', value: 314.16, unit: 'mm²' }],
  }),
  measurement('circle', at(20, 20, 23, 24), { values: [{ quantity: 'area', value: 78.54, unit: 'px²' }] }),
  measurement('freehand', at(0, 0, 9, 1, 12, 7, 4, 11, -3, 5), {
    isClosed: true,
    values: [{ quantity: 'area', value: 90, unit: 'mm²' }],
  }),
  measurement('spline', at(0, 0, 9, 1, 12, 7, 4, 11), {
    values: [{ quantity: 'length', value: 20, unit: 'mm' }],
  }),
  measurement('livewire', at(3, 0, 9, 1, 12, 7, 4, 13), {
    isClosed: true,
    values: [{ quantity: 'area', value: 61, unit: 'mm²' }],
  }),
  measurement('length', at(2, 2, 90, 41), {
    placement: onFrame,
    calibration: 'region',
    values: [{ quantity: 'length', value: 12.5, unit: 'mm' }],
  }),
  measurement('length', at(3.5, 20, -14, 66.25), {
    placement: onPlane,
    values: [{ quantity: 'length', value: 49.4, unit: 'mm' }],
  }),
  measurement('circle', at(0, 0, 6, 8), {
    placement: onPlane,
    values: [{ quantity: 'area', value: 314.159, unit: 'mm²' }],
  }),
];

const source: JsonDataSet = {
  '00100010': {
    vr: 'PN',
    Value: [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' }],
  },
  '00100020': { vr: 'LO', Value: ['PID-7'] },
  '00080020': { vr: 'DA', Value: ['20260102'] },
  '00080030': { vr: 'TM', Value: ['101112'] },
  '00080201': { vr: 'SH', Value: ['+0900'] },
  '00081030': { vr: 'LO', Value: ['CT^Größe'] },
};

function report(measurements: readonly Measurement[], more: Partial<MeasurementReport> = {}): JsonDataSet {
  return writeReport({
    studyInstanceUID: study,
    source,
    measurements,
    imageOf: ({ placement }) => (placement === onFrame ? cine : image),
    ...more,
  });
}

const finder: ImageFinder = {
  byReference: ({ sopInstanceUID, frameNumbers }) =>
    [image, cine].find(
      (entry) => entry.sopInstanceUID === sopInstanceUID && entry.frameNumber === (frameNumbers?.[0] ?? 1),
    ),
  byFrameOfReference: (uid) => (uid === '1.2.9' ? [image] : []),
};

const read = (document: JsonDataSet, using = finder) => {
  const result = readMeasurementReport(document, study, '1.2.3.99', using);
  if (!result) throw new Error('no report');
  return result;
};

describe('a measurement report', () => {
  it('gives back each measurement: tool, points within a thousandth of a pixel, numbers, label, author, time', () => {
    const groups = read(throughFile(report(each))).groups;
    expect(groups.map(({ result }) => typeof result)).toEqual(each.map(() => 'object'));
    for (const [index, original] of each.entries()) {
      const result = groups[index]?.result as Measurement;
      const { points, saved, ...rest } = result;
      const { points: originalPoints, saved: _, ...expected } = original;
      expect(rest).toEqual(expected);
      expect(saved?.isChanged).toBe(false);
      if (original.tool === 'circle' && original.placement.kind === 'plane') {
        // Space knows no circles: the centre and the radius hold.
        expect(points[0]?.x).toBeCloseTo(0, 3);
        expect(points[0]?.y).toBeCloseTo(0, 3);
        expect(Math.hypot(points[1]?.x ?? 0, points[1]?.y ?? 0)).toBeCloseTo(10, 3);
        continue;
      }
      expect(points).toHaveLength(originalPoints.length);
      for (const [at, point] of points.entries()) {
        expect(Math.abs(point.x - (originalPoints[at]?.x ?? Number.NaN))).toBeLessThan(1e-3);
        expect(Math.abs(point.y - (originalPoints[at]?.y ?? Number.NaN))).toBeLessThan(1e-3);
      }
    }
  });

  it('counts image coordinates from the corner of the first pixel, and names the frame of several', () => {
    const file = throughFile(report([each[0], each[13]].flatMap((entry) => entry ?? [])));
    const graphic = /"00700022":\{"vr":"FL","Value":\[([^\]]*)\]/g;
    const found = [...JSON.stringify(file).matchAll(graphic)].map((match) => match[1]);
    expect(found).toEqual(['10.75,12,200.625,17.5625', '2.5,2.5,90.5,41.5']);
    expect(JSON.stringify(file).match(/"00081160":\{"vr":"IS","Value":\[3\]/g)).toHaveLength(1);
  });

  it('writes figures in space where they are in the patient', () => {
    const written = JSON.stringify(report(each.slice(14, 15)));
    expect(written).toContain('1.2.840.10008.5.1.4.1.1.88.34');
    // x runs to the back and y to the feet, from the origin: (-120.25, 33 + x, 7.5 - y).
    expect(written).toContain('[-120.25,36.5,-12.5,-120.25,19,-58.75]');
    expect(JSON.stringify(report(each.slice(0, 1)))).toContain('"1.2.840.10008.5.1.4.1.1.88.33"');
  });

  it('takes patient and study as they are, all groups of names, and its times in the zone of the study', () => {
    const file = throughFile(report(each.slice(0, 1)));
    expect(file['00100010']?.Value?.[0]).toEqual({
      Alphabetic: 'Yamada^Tarou',
      Ideographic: '山田^太郎',
      Phonetic: 'やまだ^たろう',
    });
    expect(file['00081030']?.Value).toEqual(['CT^Größe']);
    expect(file['00080023']?.Value).toEqual(['20261123']);
    expect(file['00080033']?.Value).toEqual(['060000.000000']);
    // 14:03:05.250 UTC.
    expect(JSON.stringify(file)).toContain('20261120230305.250000');
  });

  it('writes a circle of pixels that are not square as the ellipse that it is', () => {
    const round = measurement('circle', at(20, 20, 26, 20));
    const flat = { ...image, rowSpacing: 2, columnSpacing: 1 };
    const document = report([round], { imageOf: () => flat });
    // Six columns are six units: three rows.
    expect(JSON.stringify(document)).toContain('[14.5,20.5,26.5,20.5,20.5,17.5,20.5,23.5]');
    expect(read(throughFile(document)).groups[0]?.result).toMatchObject({
      tool: 'circle',
      points: at(20, 20, 26, 20),
    });
  });

  it('says why a measurement is not shown', () => {
    const nothing: ImageFinder = { byReference: () => undefined, byFrameOfReference: () => [] };
    const groups = read(throughFile(report(each)), nothing).groups;
    expect(new Set(groups.map(({ result }) => result))).toEqual(new Set(['imageMissing']));
  });

  it('shows of each tracking UID the newest, and nothing that was removed since', () => {
    const [length] = each;
    if (!length) throw new Error('no length');
    const first = read(throughFile(report(each.slice(0, 3))));
    const second = read(
      throughFile(
        report([{ ...length, label: 'changed' }], {
          now: new Date('2026-11-22T22:00:00Z'),
          removedUIDs: [each[1]?.trackingUID ?? ''],
        }),
      ),
    );
    expect(first.isOurs).toBe(true);
    const labels = currentGroups([second, first]).map(({ result }) =>
      typeof result === 'string' ? result : `${result.tool} ${result.label}`,
    );
    expect(labels).toEqual(['length changed', 'angle ']);
    const third = read(throughFile(report([length], { predecessors: [first.reference, second.reference] })));
    expect(currentGroups([third, second, first])).toHaveLength(1);
  });

  it('keeps the edit of a colleague that another reader, who opened before, saves the old one over', () => {
    const [length, other, third] = each;
    if (!length || !other || !third) throw new Error('no measurements');
    const first = read(throughFile(report([length, other, third])));
    const predecessors = [first.reference];
    const edited = read(
      throughFile(
        report([{ ...length, label: 'edited', createdAt: '2026-11-22T21:30:00.000Z' }, third], {
          predecessors,
          removedUIDs: [other.trackingUID],
          now: new Date('2026-11-22T21:31:00Z'),
        }),
      ),
    );
    const late = read(
      throughFile(
        report([length, other, { ...third, label: 'mine', createdAt: '2026-11-22T22:29:00.000Z' }], {
          predecessors,
          now: new Date('2026-11-22T22:30:00Z'),
        }),
      ),
    );
    const shown = (reports: Parameters<typeof currentGroups>[0]) =>
      currentGroups(reports).map(({ result }) => (typeof result === 'string' ? result : result.label));
    expect(shown([first, edited, late]).sort()).toEqual(['edited', 'mine']);
    expect(shown([late, edited, first]).sort()).toEqual(['edited', 'mine']);
    // What is written after the removal is there again.
    const again = { ...other, label: 'again', createdAt: '2026-11-22T22:40:00.000Z' };
    const last = read(throughFile(report([again], { predecessors, now: new Date('2026-11-22T22:41:00Z') })));
    expect(shown([last, edited, late]).sort()).toEqual(['again', 'edited', 'mine']);
  });

  it('keeps the colour that was chosen last, and beside it what a colleague changed meanwhile', () => {
    const [length, other] = each;
    if (!length || !other) throw new Error('no measurements');
    const predecessors = [read(throughFile(report([length, other]))).reference];
    const recolored = { color: '#ff0000', colorChangedAt: '2026-11-22T21:30:00.500Z' };
    const mine = read(
      throughFile(
        report([{ ...length, ...recolored }, other], { predecessors, now: new Date('2026-11-22T21:31:00Z') }),
      ),
    );
    expect(mine.groups[0]?.result).toMatchObject(recolored);
    const renamed = { label: 'renamed', createdAt: '2026-11-22T21:00:00.000Z' };
    // Saved later, by one who had opened before: the old colour, once with and once without another change.
    for (const change of [{}, renamed, { ...renamed, createdAt: '2026-11-22T22:00:00.000Z' }]) {
      const late = read(
        throughFile(
          report([{ ...length, ...change }, other], { predecessors, now: new Date('2026-11-22T22:30:00Z') }),
        ),
      );
      for (const reports of [
        [mine, late],
        [late, mine],
      ]) {
        const [first, second] = currentGroups(reports);
        expect(first?.result).toMatchObject({ ...change, ...recolored });
        expect(second?.result).toMatchObject({ color: other.color });
      }
    }
  });

  it('says of a figure on all frames of a clip that it is not shown on one alone', () => {
    const [length] = each;
    if (!length) throw new Error('no length');
    const onClip = throughFile(
      report([{ ...length, placement: { ...onFrame, frameNumber: 1 } }], { imageOf: () => cine }),
    );
    // PS3.3 10.3: no Referenced Frame Number is all frames.
    const all = JSON.parse(
      JSON.stringify(onClip, (key, value) => (key === tags.ReferencedFrameNumber ? undefined : value)),
    ) as JsonDataSet;
    const ofClip: ImageFinder = {
      byReference: ({ frameNumbers }) => ({ ...cine, frameNumber: frameNumbers?.[0] ?? 1 }),
      byFrameOfReference: () => [],
    };
    expect(read(onClip, ofClip).groups[0]?.result).toMatchObject({ placement: { frameNumber: 1 } });
    expect(read(all, ofClip).groups[0]?.result).toBe('severalFrames');
  });
});
