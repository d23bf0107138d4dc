import { items, type JsonDataSet, number, numbers, text } from '../dicomweb/data-set.ts';
import type { FrameAddress } from '../dicomweb/frames.ts';
import { tags } from '../dicomweb/tags.ts';
import { functionalGroup } from './functional-groups.ts';
import type { PetSeries } from './pet-times.ts';
import { describePixelSpacing, isMillimetresInPatient, type PixelSpacing } from './pixel-spacing.ts';
import { type SuvObstacle, suvOf } from './suv.ts';
import { describeRegions, type UltrasoundRegion } from './ultrasound-regions.ts';
import { dot, unit, type Vector3 } from './vectors.ts';
import { describeWindows, type Window } from './window.ts';

/** One frame as the viewport needs it: where it is, how its pixels are laid out, and what they mean. */
export interface ImageDescription extends FrameAddress {
  readonly imageId: string;
  readonly instance: JsonDataSet;
  readonly sopClassUID: string;
  readonly modality: string;
  readonly numberOfFrames: number;
  readonly instanceNumber: number | undefined;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
  /** 0: R1G1B1R2…, 1: R1R2…G1G2… (native encodings only). */
  readonly planarConfiguration: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  /** 1 when stored values are two's complement. */
  readonly isSigned: boolean;
  /** Float (32) or Double Float (64) Pixel Data instead of integers. */
  readonly isFloat: boolean;
  /** Centre of the first voxel, mm, patient coordinates (LPS). */
  readonly position: Vector3 | undefined;
  /** Direction of a row (towards growing column index) and of a column, unit vectors. */
  readonly rowDirection: Vector3 | undefined;
  readonly columnDirection: Vector3 | undefined;
  readonly frameOfReferenceUID: string | undefined;
  /** Distance between rows, between columns: mm where `isCalibrated`, else only their ratio holds. */
  readonly rowSpacing: number;
  readonly columnSpacing: number;
  /** Whether they are millimetres in the patient. */
  readonly isCalibrated: boolean;
  /** The same with how it is known; what is measured names it. */
  readonly spacing: PixelSpacing;
  /** Ultrasound regions with axes of their own; empty for everything else. */
  readonly regions: readonly UltrasoundRegion[];
  readonly sliceThickness: number | undefined;
  readonly sliceLocation: number | undefined;
  /** Stored value -> displayed value, where no Modality LUT Sequence says otherwise. */
  readonly slope: number;
  readonly intercept: number;
  readonly modalityLUT: JsonDataSet | undefined;
  /** From displayed values to those that are measured, where these differ (classic MR, XA, RF are shown in stored values). */
  readonly measured: MeasuredValues;
  /** The same for planes through the whole stack: as displayed where its images differ (stacks.ts). */
  readonly measuredOnPlanes: MeasuredValues;
  /** What displayed values are counted in, as written beside a number: `HU`; empty where nothing is known. */
  readonly valueUnit: string;
  /** Why a PET is not in SUV; undefined when it is, and for everything else. */
  readonly suvObstacle: SuvObstacle | undefined;
  /** Windows of the header, in displayed values, as IHE BIR reads them. */
  readonly windows: readonly Window[];
  /**
   * The same read the other way (window-meaning.ts), for objects whose windows may count in stored values or in rescaled
   * ones; the pixels decide between them. Undefined where there is no doubt.
   */
  readonly otherWindows:
    | {
        readonly windows: readonly Window[];
        /** From displayed values as they are to those that the window may mean. */
        readonly slope: number;
        readonly intercept: number;
      }
    | undefined;
  /** Items of the VOI LUT Sequence (PS3.3 C.11.2.1.1). */
  readonly voiLUTs: readonly JsonDataSet[];
  /** MONOCHROME1 or Presentation LUT Shape INVERSE: high values are dark. */
  readonly isInverse: boolean;
  readonly presentationLUT: JsonDataSet | undefined;
  /** Stored values that are no image: first and last, inclusive. */
  readonly padding: readonly [number, number] | undefined;
}

/** What a probe and statistics tell: displayed value x slope + intercept, counted in `unit` (empty where nothing is known). */
export interface MeasuredValues {
  readonly slope: number;
  readonly intercept: number;
  readonly unit: string;
}

/** Classic objects whose window values apply to stored values (IHE BIR, RAD TF-2 4.16.4.2.2.5.4), and which are shown in these. */
const windowedAsStored = new Set([
  '1.2.840.10008.5.1.4.1.1.4', // MR Image
  '1.2.840.10008.5.1.4.1.1.12.1', // X-Ray Angiographic Image
  '1.2.840.10008.5.1.4.1.1.12.2', // X-Ray Radiofluoroscopic Image
]);
/** The same holds for its windows, but its values are activity or SUV. */
export const petImage = '1.2.840.10008.5.1.4.1.1.128';

type ListedNumbers = readonly (number | undefined)[];

function toVector([x, y, z]: ListedNumbers): Vector3 | undefined {
  return x === undefined || y === undefined || z === undefined ? undefined : [x, y, z];
}

/** How far from a right angle rows and columns may be (cosine): scanners round what they write. */
const rightAngleTolerance = 0.05;

/** Directions of rows and columns (PS3.3 C.7.6.2.1.1), of length 1; undefined unless they span a plane at a right angle. */
function toPlane(orientation: ListedNumbers): readonly [Vector3, Vector3] | undefined {
  if (orientation.length !== 6) return undefined;
  const [row, column] = [toVector(orientation.slice(0, 3)), toVector(orientation.slice(3))].map(
    (direction) => direction && unit(direction),
  );
  if (!row || !column || Math.abs(dot(row, column)) > rightAngleTolerance) return undefined;
  return [row, column];
}

function describeSpacing(instance: JsonDataSet, frameIndex: number) {
  const spacing = describePixelSpacing(instance, frameIndex);
  const { row: rowSpacing, column: columnSpacing } = spacing;
  return { spacing, rowSpacing, columnSpacing, isCalibrated: isMillimetresInPatient(spacing) };
}

function describePlane(instance: JsonDataSet, frameIndex: number) {
  const orientation = numbers(
    functionalGroup(instance, frameIndex, tags.PlaneOrientationSequence),
    tags.ImageOrientationPatient,
  );
  const position = numbers(
    functionalGroup(instance, frameIndex, tags.PlanePositionSequence),
    tags.ImagePositionPatient,
  );
  const plane = toPlane(orientation);
  return {
    position: position.length === 3 ? toVector(position) : undefined,
    rowDirection: plane?.[0],
    columnDirection: plane?.[1],
    frameOfReferenceUID: text(instance, tags.FrameOfReferenceUID),
  };
}

/** PS3.3 C.7.5.1.1.2: Pixel Padding Value, to Pixel Padding Range Limit where there is one; of float pixels C.7.6.24. */
function describePadding(
  instance: JsonDataSet,
  layout: { readonly isSigned: boolean; readonly isFloat: boolean; readonly bitsAllocated: number },
): readonly [number, number] | undefined {
  const [valueTag, limitTag] = !layout.isFloat
    ? [tags.PixelPaddingValue, tags.PixelPaddingRangeLimit]
    : layout.bitsAllocated === 64
      ? [tags.DoubleFloatPixelPaddingValue, tags.DoubleFloatPixelPaddingRangeLimit]
      : [tags.FloatPixelPaddingValue, tags.FloatPixelPaddingRangeLimit];
  // Written with the wrong one of US and SS, the bits are still the same.
  const asStored = (value: number) => {
    if (layout.isFloat || layout.bitsAllocated > 16) return value;
    if (layout.isSigned) return value > 0x7fff ? value - 0x10000 : value;
    return value < 0 ? value + 0x10000 : value;
  };
  const value = number(instance, valueTag);
  if (value === undefined) return undefined;
  const limit = number(instance, limitTag) ?? value;
  const [first, last] = [asStored(value), asStored(limit)].sort((a, b) => a - b);
  return first === undefined || last === undefined ? undefined : [first, last];
}

/** Rescale Type (PS3.3 C.11.1.1.2), which a CT need not give; Units of PET (C.8.9.1.1.3). */
function valueUnit(instance: JsonDataSet, transformation: JsonDataSet): string {
  const modality = text(instance, tags.Modality);
  if (modality === 'PT')
    return text(instance, tags.Units) === 'BQML' ? 'Bq/ml' : (text(instance, tags.Units) ?? '');
  const type = text(transformation, tags.RescaleType) ?? (modality === 'CT' ? 'HU' : undefined);
  return type === undefined || type === 'US' ? '' : type;
}

/** What displayed values are: stored ones, rescaled ones, or SUV. */
function describeRescale(
  instance: JsonDataSet,
  transformation: JsonDataSet,
  sopClassUID: string,
  petSeries: PetSeries | undefined,
) {
  const slope = number(transformation, tags.RescaleSlope) || 1;
  const intercept = number(transformation, tags.RescaleIntercept) ?? 0;
  const stored = { slope: 1, intercept: 0 };
  const written = { slope, intercept };
  const isPlain = slope === 1 && intercept === 0;
  if (windowedAsStored.has(sopClassUID)) {
    // Shown in stored values, measured in rescaled ones; a window in rescaled ones is brought back.
    const back = { slope: 1 / slope, intercept: -intercept / slope };
    const others = isPlain ? undefined : back;
    const measured = { ...written, unit: valueUnit(instance, transformation) };
    return { ...stored, valueUnit: '', suvObstacle: undefined, windows: stored, others, written, measured };
  }
  const unit = valueUnit(instance, transformation);
  // Elsewhere the Standard's order holds: windows follow the rescaling (PS3.3 C.11.2).
  if (sopClassUID !== petImage) {
    const none = { suvObstacle: undefined, others: undefined };
    return { ...written, valueUnit: unit, windows: stored, ...none, written };
  }
  const suv = suvOf(instance, petSeries);
  const factor = suv.kind === 'suv' ? suv.factor : 1;
  const shown = { slope: slope * factor, intercept: intercept * factor };
  return {
    ...shown,
    valueUnit: suv.kind === 'suv' ? suv.unit : unit,
    suvObstacle: suv.kind === 'none' ? suv.obstacle : undefined,
    windows: shown,
    others: isPlain ? undefined : { slope: factor, intercept: 0 },
    written,
  };
}

function describeValues(
  instance: JsonDataSet,
  frameIndex: number,
  sopClassUID: string,
  layout: { readonly isFloat: boolean; readonly photometricInterpretation: string },
  petSeries: PetSeries | undefined,
) {
  const transformation = functionalGroup(instance, frameIndex, tags.PixelValueTransformationSequence);
  const rescale = describeRescale(instance, transformation, sopClassUID, petSeries);
  const { slope, intercept, others, written } = rescale;
  const voi = functionalGroup(instance, frameIndex, tags.FrameVOILUTSequence);
  const isFloat = layout.isFloat || !Number.isInteger(slope);
  const asShown: MeasuredValues = { slope: 1, intercept: 0, unit: rescale.valueUnit };
  const measured = 'measured' in rescale ? rescale.measured : asShown;
  return {
    measured,
    measuredOnPlanes: measured,
    slope,
    intercept,
    valueUnit: rescale.valueUnit,
    suvObstacle: rescale.suvObstacle,
    modalityLUT: windowedAsStored.has(sopClassUID) ? undefined : items(instance, tags.ModalityLUTSequence)[0],
    windows: describeWindows(voi, rescale.windows, isFloat),
    otherWindows: others && { windows: describeWindows(voi, others, isFloat), ...written },
    voiLUTs: items(voi, tags.VOILUTSequence).filter((item) => item[tags.LUTData] !== undefined),
    isInverse:
      layout.photometricInterpretation === 'MONOCHROME1' ||
      text(instance, tags.PresentationLUTShape) === 'INVERSE',
    presentationLUT: items(instance, tags.PresentationLUTSequence)[0],
  };
}

function describeLayout(instance: JsonDataSet) {
  const isDouble = instance[tags.DoubleFloatPixelData] !== undefined;
  const isFloat = isDouble || instance[tags.FloatPixelData] !== undefined;
  const bitsAllocated = number(instance, tags.BitsAllocated) ?? 8;
  const bitsStored = number(instance, tags.BitsStored) ?? bitsAllocated;
  return {
    rows: number(instance, tags.Rows) ?? 0,
    columns: number(instance, tags.Columns) ?? 0,
    samplesPerPixel: number(instance, tags.SamplesPerPixel) ?? 1,
    photometricInterpretation: text(instance, tags.PhotometricInterpretation) ?? 'MONOCHROME2',
    planarConfiguration: number(instance, tags.PlanarConfiguration) ?? 0,
    bitsAllocated: isFloat ? (isDouble ? 64 : 32) : bitsAllocated,
    bitsStored,
    highBit: number(instance, tags.HighBit) ?? bitsStored - 1,
    isSigned: number(instance, tags.PixelRepresentation) === 1,
    isFloat,
  };
}

/** Scheme of our imageIds. Cornerstone hands every id of this scheme to the loader of image-loader.ts. */
export const imageIdScheme = 'isocenter';

/**
 * Describes every frame of an instance, in stored order. `instance` is one data set of WADO-RS metadata; the UIDs of
 * study and series come from the request, because they are what the frame is addressed by. `petSeries` is what the images of
 * a PET series have in common (pet-times.ts).
 */
export function describeImages(
  studyInstanceUID: string,
  seriesInstanceUID: string,
  instance: JsonDataSet,
  petSeries?: PetSeries,
): ImageDescription[] {
  const sopInstanceUID = text(instance, tags.SOPInstanceUID) ?? '';
  const sopClassUID = text(instance, tags.SOPClassUID) ?? '';
  const numberOfFrames = Math.max(1, number(instance, tags.NumberOfFrames) ?? 1);
  const layout = describeLayout(instance);
  const fixed = {
    studyInstanceUID,
    seriesInstanceUID,
    sopInstanceUID,
    instance,
    sopClassUID,
    numberOfFrames,
    modality: text(instance, tags.Modality) ?? '',
    instanceNumber: number(instance, tags.InstanceNumber),
    ...layout,
    padding: describePadding(instance, layout),
    sliceLocation: number(instance, tags.SliceLocation),
    regions: describeRegions(instance),
  };
  return Array.from({ length: numberOfFrames }, (_, frameIndex) => ({
    ...fixed,
    frameNumber: frameIndex + 1,
    imageId: `${imageIdScheme}:${studyInstanceUID}/${seriesInstanceUID}/${sopInstanceUID}/${frameIndex + 1}`,
    sliceThickness: number(
      functionalGroup(instance, frameIndex, tags.FramePixelSpacingSequence),
      tags.SliceThickness,
    ),
    ...describeSpacing(instance, frameIndex),
    ...describePlane(instance, frameIndex),
    ...describeValues(instance, frameIndex, sopClassUID, layout, petSeries),
  }));
}

/** Whether pixels are colours, which no window is ever applied to. */
export function isColor(image: ImageDescription): boolean {
  return image.samplesPerPixel >= 3 || image.photometricInterpretation === 'PALETTE COLOR';
}
