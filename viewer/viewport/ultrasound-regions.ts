import { items, type JsonDataSet, number } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';

/** What an axis of an ultrasound region counts in (PS3.3 C.8.5.5.1.15). */
export type UltrasoundUnit =
  | 'none'
  | 'percent'
  | 'dB'
  | 'cm'
  | 's'
  | 'Hz'
  | 'dB/s'
  | 'cm/s'
  | 'cm²'
  | 'cm²/s'
  | 'cm³'
  | 'cm³/s'
  | '°';
const units: readonly UltrasoundUnit[] = [
  'none',
  'percent',
  'dB',
  'cm',
  's',
  'Hz',
  'dB/s',
  'cm/s',
  'cm²',
  'cm²/s',
  'cm³',
  'cm³/s',
  '°',
];
const spatialFormats = ['none', '2D', 'mMode', 'spectral', 'waveform', 'graphics'] as const;

/** A part of an ultrasound image with axes of its own (PS3.3 C.8.5.5, Sequence of Ultrasound Regions). */
export interface UltrasoundRegion {
  /** Columns and rows from 0, both ends included. */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly spatialFormat: (typeof spatialFormats)[number];
  /** Region Data Type (C.8.5.5.1.2): 1 tissue, 2 colour flow, 3 PW spectral Doppler, 4 CW spectral Doppler, … */
  readonly dataType: number;
  readonly unitX: UltrasoundUnit;
  readonly unitY: UltrasoundUnit;
  /**
   * Units for one pixel to the right and down; undefined where absent or 0. The sign tells which way a Doppler axis grows:
   * a length takes the magnitude.
   */
  readonly deltaX: number | undefined;
  readonly deltaY: number | undefined;
  /** The pixel that has the reference value, from the upper left corner of the region; undefined where none is named. */
  readonly referencePixelX: number | undefined;
  readonly referencePixelY: number | undefined;
  readonly referenceValueX: number;
  readonly referenceValueY: number;
  /** Bit 0 of Region Flags (C.8.5.5.1.3): where regions overlap, one of high priority has overwritten this one. */
  readonly isLowPriority: boolean;
}

const step = (item: JsonDataSet, tag: string): number | undefined => number(item, tag) || undefined;

function describeRegion(item: JsonDataSet): UltrasoundRegion[] {
  const [left, top, right, bottom] = [
    tags.RegionLocationMinX0,
    tags.RegionLocationMinY0,
    tags.RegionLocationMaxX1,
    tags.RegionLocationMaxY1,
  ].map((tag) => number(item, tag));
  if (left === undefined || top === undefined || right === undefined || bottom === undefined) return [];
  if (right < left || bottom < top) return [];
  return [
    {
      left,
      top,
      right,
      bottom,
      spatialFormat: spatialFormats[number(item, tags.RegionSpatialFormat) ?? 0] ?? 'none',
      dataType: number(item, tags.RegionDataType) ?? 0,
      unitX: units[number(item, tags.PhysicalUnitsXDirection) ?? 0] ?? 'none',
      unitY: units[number(item, tags.PhysicalUnitsYDirection) ?? 0] ?? 'none',
      deltaX: step(item, tags.PhysicalDeltaX),
      deltaY: step(item, tags.PhysicalDeltaY),
      referencePixelX: number(item, tags.ReferencePixelX0),
      referencePixelY: number(item, tags.ReferencePixelY0),
      referenceValueX: number(item, tags.ReferencePixelPhysicalValueX) ?? 0,
      referenceValueY: number(item, tags.ReferencePixelPhysicalValueY) ?? 0,
      isLowPriority: ((number(item, tags.RegionFlags) ?? 0) & 1) === 1,
    },
  ];
}

/** The regions of an ultrasound image, in the order of the header; those without bounds are left out. */
export function describeRegions(instance: JsonDataSet): readonly UltrasoundRegion[] {
  return items(instance, tags.SequenceOfUltrasoundRegions).flatMap(describeRegion);
}
