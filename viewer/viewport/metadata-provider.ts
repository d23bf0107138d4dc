import { Enums, metaData } from '@cornerstonejs/core';
import type { ImageDescription } from './image-description.ts';
import { registeredImage } from './registered-images.ts';

const { MetadataModules } = Enums;

function imagePlane(image: ImageDescription) {
  const rowCosines = image.rowDirection ?? [1, 0, 0];
  const columnCosines = image.columnDirection ?? [0, 1, 0];
  return {
    frameOfReferenceUID: image.frameOfReferenceUID,
    rows: image.rows,
    columns: image.columns,
    imageOrientationPatient: [...rowCosines, ...columnCosines],
    rowCosines,
    columnCosines,
    imagePositionPatient: image.position ?? [0, 0, 0],
    sliceThickness: image.sliceThickness,
    sliceLocation: image.sliceLocation,
    pixelSpacing: [image.rowSpacing, image.columnSpacing],
    rowPixelSpacing: image.rowSpacing,
    columnPixelSpacing: image.columnSpacing,
    usingDefaultValues: !image.isCalibrated,
  };
}

function imagePixel(image: ImageDescription) {
  return {
    rows: image.rows,
    columns: image.columns,
    bitsAllocated: image.bitsAllocated,
    bitsStored: image.bitsStored,
    highBit: image.highBit,
    samplesPerPixel: image.samplesPerPixel,
    photometricInterpretation: image.photometricInterpretation,
    pixelRepresentation: image.isSigned ? 1 : 0,
  };
}

/** What Cornerstone asks about an image, from its description. Pixels come from our loader already in displayed values. */
function provide(type: string, imageId: unknown): unknown {
  const image = typeof imageId === 'string' ? registeredImage(imageId) : undefined;
  if (!image) return undefined;
  switch (type) {
    case MetadataModules.IMAGE_PLANE:
      return imagePlane(image);
    case MetadataModules.IMAGE_PIXEL:
      return imagePixel(image);
    case MetadataModules.GENERAL_SERIES:
      // Cornerstone treats PT as SUV; these values are activity, and shown like any other.
      return {
        modality: image.modality === 'PT' ? 'NM' : image.modality,
        seriesInstanceUID: image.seriesInstanceUID,
      };
    case MetadataModules.SOP_COMMON:
      return { sopClassUID: image.sopClassUID, sopInstanceUID: image.sopInstanceUID };
    case MetadataModules.GENERAL_IMAGE:
      return { sopInstanceUID: image.sopInstanceUID, instanceNumber: image.instanceNumber };
    default:
      return undefined;
  }
}

/** Above every provider of the library. */
const providerPriority = 10_000;

export function registerMetadataProvider(): void {
  metaData.addProvider(provide, providerPriority);
}
