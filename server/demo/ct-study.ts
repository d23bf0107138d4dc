import { type Attributes, littleEndianBytes, writePart10 } from './part10.ts';
import { createRandom, gaussianTable } from './random.ts';
import {
  commonAttributes,
  type DemoContext,
  type DemoInstance,
  decimal,
  demoPatients,
  demoUid,
  grayscaleAttributes,
  type SeriesPlan,
  type StudyPlan,
} from './study-attributes.ts';
import { createTorso, type Torso } from './torso-phantom.ts';

/** The rescale intercept: a stored value of 0 is air (PS3.3 C.11.1.1.2). */
const intercept = -1024;
const columns = 512;
const fieldOfViewMm = 400;
const pixelMm = fieldOfViewMm / columns;
const sliceMm = 4;
const topZ = 190;

export const ctSliceCount = 96;
export const ctCoronalCount = 12;

const study: StudyPlan = {
  key: 'ct-chest-abdomen',
  patient: demoPatients.ada,
  daysAgo: 1,
  time: '091500',
  AccessionNumber: 'DEMO0001',
  StudyID: '1001',
  StudyDescription: 'CT Chest and Abdomen with contrast',
  ReferringPhysicianName: 'Demo^Referrer^^Dr',
};

const axialSeries: SeriesPlan = {
  key: 'axial',
  number: 2,
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
  Modality: 'CT',
  SeriesDescription: 'Axial portal venous 4 mm',
  BodyPartExamined: 'CHESTABDOMEN',
  ManufacturerModelName: 'Phantom CT',
  startSeconds: 120,
};

const coronalSeries: SeriesPlan = {
  ...axialSeries,
  key: 'coronal',
  number: 3,
  SeriesDescription: 'Coronal reformat',
  startSeconds: 300,
};

/** Chest and abdomen: 96 axial slices from the neck down, then twelve coronal reformats from front to back. */
export async function* ctStudy(context: DemoContext): AsyncGenerator<DemoInstance> {
  const torso = createTorso(context.seed);
  const noise = gaussianTable(context.seed, 65_536);
  for (let i = 0; i < ctSliceCount; i++) {
    const z = topZ - i * sliceMm;
    const pixels = axialPixels(torso, z, noise, context.seed + i);
    yield { study: study.StudyDescription, bytes: await writeAxial(context, i, z, pixels) };
  }
  for (let i = 0; i < ctCoronalCount; i++) {
    const y = -72 + i * 12;
    const pixels = coronalPixels(torso, y, noise, context.seed + 1000 + i);
    yield { study: study.StudyDescription, bytes: await writeCoronal(context, i, y, pixels) };
  }
}

function axialPixels(torso: Torso, z: number, noise: Float32Array, stream: number): Int16Array {
  const hu = torso.slice(z);
  const pixels = new Float32Array(columns * columns);
  const radius = fieldOfViewMm / 2;
  for (let row = 0; row < columns; row++) {
    const y = (row - (columns - 1) / 2) * pixelMm;
    for (let column = 0; column < columns; column++) {
      const x = (column - (columns - 1) / 2) * pixelMm;
      const inField = x * x + y * y < radius * radius;
      const value = inField ? hu(x, y) : intercept;
      pixels[row * columns + column] = value > -1000 ? value : Math.max(value, table(x, y));
    }
  }
  return stored(pixels, columns, noise, stream, 11);
}

/** The couch: a shell of carbon fibre about foam, bent upwards at its edges. */
function table(x: number, y: number): number {
  const top = 128 - 0.00055 * x * x;
  if (Math.abs(x) > 165 || y < top || y > top + 26) return -1000;
  return y < top + 3 || y > top + 23 || Math.abs(x) > 162 ? -260 : -930;
}

function coronalPixels(torso: Torso, y: number, noise: Float32Array, stream: number): Int16Array {
  const rows = coronalRows();
  const pixels = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const hu = torso.slice(topZ - row * pixelMm);
    for (let column = 0; column < columns; column++) {
      const x = (column - (columns - 1) / 2) * pixelMm;
      // A reformat is a slab: it averages what lies in it.
      pixels[row * columns + column] = (hu(x, y - 1) + hu(x, y + 1)) / 2;
    }
  }
  return stored(pixels, columns, noise, stream, 9);
}

function coronalRows(): number {
  return Math.floor(((ctSliceCount - 1) * sliceMm) / pixelMm) + 1;
}

/**
 * Blurs a little, as a soft reconstruction kernel does, adds noise of standard deviation `sigma`, which is correlated
 * between neighbours, and takes off the intercept.
 */
function stored(
  hu: Float32Array,
  width: number,
  noise: Float32Array,
  stream: number,
  sigma: number,
): Int16Array {
  const random = createRandom(stream, 5);
  const out = new Int16Array(hu.length);
  let cursor = 0;
  for (let i = 0; i < hu.length; i++) {
    if (i % width === 0) cursor = Math.floor(random() * noise.length);
    const here = hu[i] ?? 0;
    const around =
      (hu[i - 1] ?? here) + (hu[i + 1] ?? here) + (hu[i - width] ?? here) + (hu[i + width] ?? here);
    cursor = (cursor + 1) & 0xffff;
    const grain = ((noise[cursor] ?? 0) + (noise[(cursor + 1) & 0xffff] ?? 0)) * 0.7;
    const value = here <= intercept ? intercept : here * 0.6 + around * 0.1 + sigma * grain;
    out[i] = Math.max(0, Math.round(value) - intercept);
  }
  return out;
}

function writeAxial(context: DemoContext, index: number, z: number, pixels: Int16Array): Promise<Uint8Array> {
  const corner = -((columns - 1) / 2) * pixelMm;
  return write(
    {
      ...commonAttributes(context, study, axialSeries, index + 1),
      ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      SliceThickness: decimal(sliceMm),
      SpacingBetweenSlices: decimal(sliceMm),
      ImagePositionPatient: [decimal(corner), decimal(corner), decimal(z)],
      ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
      SliceLocation: decimal(z),
      TableHeight: '155',
      ...acquisition(context),
      ...grayscaleAttributes(columns, columns, 16, true),
    },
    pixels,
  );
}

function writeCoronal(
  context: DemoContext,
  index: number,
  y: number,
  pixels: Int16Array,
): Promise<Uint8Array> {
  const corner = -((columns - 1) / 2) * pixelMm;
  return write(
    {
      ...commonAttributes(context, study, coronalSeries, index + 1),
      ImageType: ['DERIVED', 'SECONDARY', 'REFORMATTED'],
      DerivationDescription: 'Coronal reformat of the phantom',
      SliceThickness: '2',
      SpacingBetweenSlices: '12',
      ImagePositionPatient: [decimal(corner), decimal(y), decimal(topZ)],
      ImageOrientationPatient: ['1', '0', '0', '0', '0', '-1'],
      SliceLocation: decimal(y),
      ...acquisition(context),
      ...grayscaleAttributes(coronalRows(), columns, 16, true),
    },
    pixels,
  );
}

/** CT Image, Contrast/Bolus, Frame of Reference and VOI LUT modules, as far as all images share them. PS3.3 C.8.2.1. */
function acquisition(context: DemoContext): Attributes {
  return {
    PatientPosition: 'HFS',
    FrameOfReferenceUID: demoUid(context, study.key, 'frame-of-reference'),
    PositionReferenceIndicator: '',
    PixelSpacing: [decimal(pixelMm), decimal(pixelMm)],
    ScanOptions: 'HELICAL MODE',
    KVP: '120',
    DataCollectionDiameter: '500',
    ReconstructionDiameter: decimal(fieldOfViewMm),
    GantryDetectorTilt: '0',
    RotationDirection: 'CW',
    ExposureTime: 500,
    XRayTubeCurrent: 220,
    Exposure: 110,
    FilterType: 'BODY',
    ConvolutionKernel: 'SOFT',
    ContrastBolusAgent: 'Iodinated contrast (simulated)',
    ContrastBolusRoute: 'INTRAVENOUS',
    RescaleIntercept: decimal(intercept),
    RescaleSlope: '1',
    RescaleType: 'HU',
    WindowCenter: ['50', '-500', '400'],
    WindowWidth: ['400', '1500', '1800'],
    WindowCenterWidthExplanation: ['SOFT TISSUE', 'LUNG', 'BONE'],
    LossyImageCompression: '00',
  };
}

function write(attributes: Attributes, pixels: Int16Array): Promise<Uint8Array> {
  return writePart10(attributes, { kind: 'native', bytes: littleEndianBytes(pixels), bitsAllocated: 16 });
}
