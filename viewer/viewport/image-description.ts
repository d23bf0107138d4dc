import { items, type JsonDataSet, number, numbers, text } from '../dicomweb/data-set.ts';
import type { FrameAddress } from '../dicomweb/frames.ts';
import { tags } from '../dicomweb/tags.ts';
import { functionalGroup } from './functional-groups.ts';
import { describePixelSpacing, isMillimetresInPatient, type PixelSpacing } from './pixel-spacing.ts';
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
  /** What displayed values are counted in, as written beside a number: `HU`; empty where nothing is known. */
  readonly valueUnit: string;
  /** Windows of the header, in displayed values. */
  readonly windows: readonly Window[];
  /** First item of the VOI LUT Sequence; it is what the image is shown with when the header has no window. */
  readonly voiLUT: JsonDataSet | undefined;
  /** Stored values that are no image: first and last, inclusive. */
  readonly padding: readonly [number, number] | undefined;
}

/** Classic objects whose window values apply to stored values (IHE BIR, RAD TF-2 4.16.4.2.2.5.4). */
const windowedAsStored = new Set([
  '1.2.840.10008.5.1.4.1.1.4', // MR Image
  '1.2.840.10008.5.1.4.1.1.12.1', // X-Ray Angiographic Image
  '1.2.840.10008.5.1.4.1.1.12.2', // X-Ray Radiofluoroscopic Image
]);
const petImage = '1.2.840.10008.5.1.4.1.1.128';

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

/** PS3.3 C.7.5.1.1.2: Pixel Padding Value, to Pixel Padding Range Limit where there is one. */
function describePadding(instance: JsonDataSet, isSigned: boolean): readonly [number, number] | undefined {
  // Some servers give US for a signed padding value; the bits are the same.
  const asStored = (value: number) => (isSigned && value > 0x7fff ? value - 0x10000 : value);
  const value = number(instance, tags.PixelPaddingValue);
  if (value === undefined) return undefined;
  const limit = number(instance, tags.PixelPaddingRangeLimit) ?? value;
  const [first, last] = [asStored(value), asStored(limit)].sort((a, b) => a - b);
  return first === undefined || last === undefined ? undefined : [first, last];
}

/** Rescale Type (PS3.3 C.11.1.1.2), which a CT need not give; Units of PET (C.8.9.1.1.3). */
function valueUnit(instance: JsonDataSet, transformation: JsonDataSet): string {
  const modality = text(instance, tags.Modality);
  const type = text(transformation, tags.RescaleType) ?? (modality === 'CT' ? 'HU' : undefined);
  if (type !== undefined && type !== 'US') return type;
  return modality === 'PT' ? (text(instance, tags.Units) ?? '') : '';
}

function describeValues(instance: JsonDataSet, frameIndex: number, sopClassUID: string) {
  const transformation = functionalGroup(instance, frameIndex, tags.PixelValueTransformationSequence);
  const ignoresRescale = windowedAsStored.has(sopClassUID);
  const slope = ignoresRescale ? 1 : number(transformation, tags.RescaleSlope) || 1;
  const intercept = ignoresRescale ? 0 : (number(transformation, tags.RescaleIntercept) ?? 0);
  const voi = functionalGroup(instance, frameIndex, tags.FrameVOILUTSequence);
  // A PET window is in stored values too, but the slope differs between slices: show activity, and convert the window.
  const conversion = sopClassUID === petImage ? { slope, intercept } : { slope: 1, intercept: 0 };
  return {
    slope,
    intercept,
    valueUnit: valueUnit(instance, transformation),
    modalityLUT: ignoresRescale ? undefined : items(instance, tags.ModalityLUTSequence)[0],
    windows: describeWindows(voi, conversion),
    voiLUT: items(voi, tags.VOILUTSequence)[0],
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
 * study and series come from the request, because they are what the frame is addressed by.
 */
export function describeImages(
  studyInstanceUID: string,
  seriesInstanceUID: string,
  instance: JsonDataSet,
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
    padding: describePadding(instance, layout.isSigned),
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
    ...describeValues(instance, frameIndex, sopClassUID),
  }));
}

/** Whether pixels are colours, which no window is ever applied to. */
export function isColor(image: ImageDescription): boolean {
  return image.samplesPerPixel >= 3 || image.photometricInterpretation === 'PALETTE COLOR';
}
