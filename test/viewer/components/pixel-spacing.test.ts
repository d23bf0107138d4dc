import { describe, expect, it } from 'vitest';
import { describeImages } from '../../../viewer/viewport/image-description.ts';
import { makeDataSet, makeSlice } from './make-data-set.ts';

const storage = '1.2.840.10008.5.1.4.1.1';
const dx = `${storage}.1.1`;
const spacingOf = (more: Parameters<typeof makeSlice>[2]) => {
  const [image] = describeImages('1', '2', makeSlice(1, 0, more));
  return image && { ...image.spacing, isCalibrated: image.isCalibrated };
};

describe('the spacing of pixels (PS3.3 10.7.1.3)', () => {
  it('of a cross-section is that in the patient', () => {
    expect(spacingOf({ PixelSpacing: [0.5, 0.25] })).toEqual({
      kind: 'patient',
      row: 0.5,
      column: 0.25,
      magnification: 1,
      isCalibrated: true,
    });
  });

  it('of a radiograph is at the detector, unless something says otherwise', () => {
    const detector = { kind: 'detector', row: 0.2, isCalibrated: false };
    expect(spacingOf({ SOPClassUID: dx, ImagerPixelSpacing: [0.2, 0.2] })).toMatchObject(detector);
    expect(
      spacingOf({ SOPClassUID: dx, ImagerPixelSpacing: [0.2, 0.2], PixelSpacing: [0.2, 0.2] }),
    ).toMatchObject(detector);
    expect(spacingOf({ SOPClassUID: dx, PixelSpacing: [0.2, 0.2] })).toMatchObject(detector);
  });

  it('is divided by the magnification, where the header estimates one', () => {
    expect(
      spacingOf({
        SOPClassUID: `${storage}.1.2`,
        ImagerPixelSpacing: [0.1, 0.1],
        EstimatedRadiographicMagnificationFactor: 1.25,
      }),
    ).toMatchObject({ kind: 'magnificationCorrected', row: 0.08, magnification: 1.25, isCalibrated: true });
  });

  it('was calibrated by geometry or by something of known size', () => {
    const with_ = (PixelSpacingCalibrationType: string) =>
      spacingOf({
        SOPClassUID: `${storage}.12.1`,
        ImagerPixelSpacing: [0.3, 0.3],
        PixelSpacing: [0.2, 0.2],
        PixelSpacingCalibrationType,
      });
    expect(with_('FIDUCIAL')).toMatchObject({ kind: 'fiducial', row: 0.2, isCalibrated: true });
    expect(with_('GEOMETRY')).toMatchObject({ kind: 'magnificationCorrected', row: 0.2, magnification: 1 });
  });

  it('is only a ratio where there is nothing, and never negative or zero', () => {
    expect(spacingOf({ PixelAspectRatio: ['2', '1'] })).toMatchObject({ kind: 'none', row: 2, column: 1 });
    expect(spacingOf({ PixelSpacing: [0, -1] })).toMatchObject({ kind: 'none', row: 1, isCalibrated: false });
  });
});

describe('ultrasound regions (PS3.3 C.8.5.5)', () => {
  const regions = (item: Parameters<typeof makeDataSet>[0]) =>
    describeImages('1', '2', makeSlice(1, 0, { SequenceOfUltrasoundRegions: [makeDataSet(item)] }))[0]
      ?.regions ?? [];
  const bounds = {
    RegionLocationMinX0: 10,
    RegionLocationMinY0: 20,
    RegionLocationMaxX1: 110,
    RegionLocationMaxY1: 70,
  };

  it('are read with their units, the sign of an axis kept', () => {
    expect(
      regions({
        ...bounds,
        RegionSpatialFormat: 3,
        RegionDataType: 3,
        RegionFlags: 3,
        PhysicalUnitsXDirection: 4,
        PhysicalUnitsYDirection: 7,
        PhysicalDeltaX: 0.01,
        PhysicalDeltaY: -0.5,
        ReferencePixelX0: 0,
        ReferencePixelY0: 25,
        ReferencePixelPhysicalValueY: 0,
      }),
    ).toEqual([
      {
        left: 10,
        top: 20,
        right: 110,
        bottom: 70,
        spatialFormat: 'spectral',
        dataType: 3,
        unitX: 's',
        unitY: 'cm/s',
        deltaX: 0.01,
        deltaY: -0.5,
        referencePixelX: 0,
        referencePixelY: 25,
        referenceValueX: 0,
        referenceValueY: 0,
        isLowPriority: true,
      },
    ]);
  });

  it('have no step where the header gives 0, and are left out without bounds', () => {
    expect(regions({ ...bounds, PhysicalUnitsXDirection: 3, PhysicalDeltaX: 0 })[0]).toMatchObject({
      unitX: 'cm',
      deltaX: undefined,
      deltaY: undefined,
      isLowPriority: false,
    });
    expect(regions({ PhysicalUnitsXDirection: 3, PhysicalDeltaX: 0.1 })).toEqual([]);
  });
});
