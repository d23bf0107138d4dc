import { littleEndianBytes, writePart10 } from './part10.ts';
import { createRandom, gaussianTable, hash32 } from './random.ts';
import {
  commonAttributes,
  type DemoContext,
  type DemoInstance,
  decimal,
  demoPatients,
  grayscaleAttributes,
  type SeriesPlan,
  type StudyPlan,
  snomed,
} from './study-attributes.ts';
import { createTorso, type Torso } from './torso-phantom.ts';

const pixelMm = 0.24;
/** Rays are cast for every fourth pixel both ways; the rest is interpolated. */
const raySpacing = 4;
const topZ = 232;
const rows = 1600;
const white = 4095;

interface View {
  readonly columns: number;
  readonly ViewPosition: 'PA' | 'LL';
  readonly viewCode: readonly [code: string, meaning: string];
  readonly PatientOrientation: readonly string[];
  readonly photometricInterpretation: 'MONOCHROME1' | 'MONOCHROME2';
  readonly description: string;
  /** Path through the body in mm, and the step along it. */
  readonly halfPathMm: number;
  readonly stepMm: number;
  /** The line integral, in mm of water, that comes out mid-grey. */
  readonly middleMm: number;
}

const views: readonly View[] = [
  {
    columns: 1500,
    ViewPosition: 'PA',
    viewCode: ['272479007', 'postero-anterior'],
    PatientOrientation: ['L', 'F'],
    // One image of each kind: what shows lungs white in either of them is wrong.
    photometricInterpretation: 'MONOCHROME1',
    description: 'Chest PA',
    halfPathMm: 122,
    stepMm: 4.5,
    middleMm: 125,
  },
  {
    columns: 1300,
    ViewPosition: 'LL',
    viewCode: ['399173006', 'left lateral'],
    PatientOrientation: ['P', 'F'],
    photometricInterpretation: 'MONOCHROME2',
    description: 'Chest LAT',
    halfPathMm: 176,
    stepMm: 6,
    middleMm: 190,
  },
];

export const xrayImageCount = views.length;

const study: StudyPlan = {
  key: 'dx-chest',
  patient: demoPatients.ada,
  daysAgo: 35,
  time: '141000',
  AccessionNumber: 'DEMO0002',
  StudyID: '1002',
  StudyDescription: 'Chest X-ray, two views',
  ReferringPhysicianName: 'Demo^Referrer^^Dr',
};

/** A chest radiograph from the back and from the side, projected through the same body that the CT shows. */
export async function* xrayStudy(context: DemoContext): AsyncGenerator<DemoInstance> {
  const torso = createTorso(context.seed);
  for (const [index, view] of views.entries()) {
    const pixels = radiograph(torso, view, context.seed + index);
    yield { study: study.StudyDescription, bytes: await write(context, view, index, pixels) };
  }
}

/** 12-bit pixels: dense is bright, before MONOCHROME1 turns them over. */
function radiograph(torso: Torso, view: View, seed: number): Uint16Array {
  const width = Math.ceil(view.columns / raySpacing) + 2;
  const integrals = castRays(torso, view, width);
  const noise = gaussianTable(seed, 65_536);
  const random = createRandom(seed, 9);
  const pixels = new Uint16Array(rows * view.columns);
  for (let row = 0; row < rows; row++) {
    let cursor = Math.floor(random() * noise.length);
    for (let column = 0; column < view.columns; column++) {
      cursor = (cursor + 1) & 0xffff;
      const grain = 14 * (noise[cursor] ?? 0);
      const density = filmCurve(
        interpolate(integrals, width, column / raySpacing, row / raySpacing),
        view.middleMm,
      );
      const bright = isMarker(column - view.columns + 150, row - 110) ? white : density * white + grain;
      const value = Math.min(white, Math.max(0, Math.round(bright)));
      pixels[row * view.columns + column] =
        view.photometricInterpretation === 'MONOCHROME1' ? white - value : value;
    }
  }
  return pixels;
}

/** Line integrals of attenuation, in mm of water, over a grid of `width` columns. */
function castRays(torso: Torso, view: View, width: number): Float32Array {
  const height = Math.ceil(rows / raySpacing) + 2;
  const integrals = new Float32Array(width * height);
  const spacing = pixelMm * raySpacing;
  const left = -(view.columns * pixelMm) / 2;
  for (let j = 0; j < height; j++) {
    const hu = torso.slice(topZ - j * spacing);
    for (let i = 0; i < width; i++) {
      const across = left + i * spacing;
      let sum = 0;
      // Each ray starts a little off, or the steps of neighbours would show as stripes.
      const offset = (hash32(i, j) / 4294967296) * view.stepMm;
      for (let path = offset - view.halfPathMm; path < view.halfPathMm; path += view.stepMm) {
        sum += attenuation(view.ViewPosition === 'PA' ? hu(across, path) : hu(path, across));
      }
      integrals[j * width + i] = sum * view.stepMm;
    }
  }
  return integrals;
}

/** Relative to water; at these energies bone takes more than its Hounsfield units say. */
function attenuation(hu: number): number {
  if (hu <= -990) return 0;
  return 1 + hu / 1000 + (hu > 150 ? (hu - 150) / 700 : 0);
}

/** The S of a film: flat for what is very thin or very dense. 0 to 1. */
function filmCurve(integralMm: number, middleMm: number): number {
  const u = (integralMm - middleMm) / (middleMm * 0.62);
  return 0.5 + (0.47 * u) / Math.sqrt(1 + u * u);
}

function interpolate(grid: Float32Array, width: number, x: number, y: number): number {
  const i = Math.floor(x);
  const j = Math.floor(y);
  const at = j * width + i;
  const [tx, ty] = [x - i, y - j];
  const upper = (grid[at] ?? 0) * (1 - tx) + (grid[at + 1] ?? 0) * tx;
  const lower = (grid[at + width] ?? 0) * (1 - tx) + (grid[at + width + 1] ?? 0) * tx;
  return upper * (1 - ty) + lower * ty;
}

/** The letter L of lead, 60 by 90 pixels: at the patient's left hand in the PA view. */
function isMarker(x: number, y: number): boolean {
  const stem = x >= 0 && x < 18 && y >= 0 && y < 90;
  const foot = x >= 0 && x < 60 && y >= 72 && y < 90;
  return stem || foot;
}

/** Digital X-Ray Image Storage - For Presentation: PS3.3 A.26, C.8.11. */
function write(context: DemoContext, view: View, index: number, pixels: Uint16Array): Promise<Uint8Array> {
  const isInverse = view.photometricInterpretation === 'MONOCHROME1';
  const series: SeriesPlan = {
    key: view.ViewPosition,
    number: index + 1,
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.1',
    Modality: 'DX',
    SeriesDescription: view.description,
    BodyPartExamined: 'CHEST',
    ManufacturerModelName: 'Phantom DX',
    startSeconds: 30 + 60 * index,
  };
  return writePart10(
    {
      ...commonAttributes(context, study, series, 1),
      PresentationIntentType: 'FOR PRESENTATION',
      ImageType: ['ORIGINAL', 'PRIMARY', ''],
      ImageLaterality: 'U',
      AnatomicRegionSequence: snomed('51185008', 'Chest'),
      ViewPosition: view.ViewPosition,
      ViewCodeSequence: [{ ...snomed(...view.viewCode)[0], ViewModifierCodeSequence: [] }],
      PatientOrientation: view.PatientOrientation,
      PatientOrientationCodeSequence: snomed('10904000', 'erect'),
      ImagerPixelSpacing: [decimal(pixelMm), decimal(pixelMm)],
      PositionerType: 'COLUMN',
      KVP: '120',
      ExposureTime: 8,
      XRayTubeCurrent: 320,
      Exposure: 3,
      DistanceSourceToDetector: '1800',
      DetectorType: 'SCINTILLATOR',
      AcquisitionContextSequence: [],
      ...grayscaleAttributes(rows, view.columns, 12, false, view.photometricInterpretation),
      PixelIntensityRelationship: 'LOG',
      // PS3.3 C.8.11.3.1.2: 1 when fewer X-rays gave the lower values.
      PixelIntensityRelationshipSign: isInverse ? 1 : -1,
      RescaleIntercept: '0',
      RescaleSlope: '1',
      RescaleType: 'US',
      PresentationLUTShape: isInverse ? 'INVERSE' : 'IDENTITY',
      LossyImageCompression: '00',
      WindowCenter: ['2048', isInverse ? '2700' : '1400'],
      WindowWidth: ['4096', '2400'],
      WindowCenterWidthExplanation: ['STANDARD', 'LUNG'],
    },
    { kind: 'native', bytes: littleEndianBytes(pixels), bitsAllocated: 16 },
  );
}
