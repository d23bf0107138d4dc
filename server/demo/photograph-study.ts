import { writePart10 } from './part10.ts';
import { createNoiseField, hash32, type NoiseField } from './random.ts';
import { ramp } from './shapes.ts';
import {
  commonAttributes,
  type DemoContext,
  type DemoInstance,
  demoPatients,
  type SeriesPlan,
  type StudyPlan,
  snomed,
} from './study-attributes.ts';

const columns = 1024;
const rows = 768;
/** The strip at the bottom: patches above, a ruler below. */
const scaleTop = 640;

/** The patches of the colour scale, left to right: what a correct viewer shows, red, green, blue, 0 to 255. */
export const colorScale: readonly (readonly [number, number, number])[] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [0, 255, 255],
  [255, 0, 255],
  [255, 255, 0],
  [0, 0, 0],
  [64, 64, 64],
  [128, 128, 128],
  [192, 192, 192],
  [255, 255, 255],
];

/** Where the middle of a patch is, in pixels from the upper left. */
export function colorPatchCenter(index: number): { x: number; y: number } {
  return { x: 46 + index * 86 + 36, y: scaleTop + 44 };
}

export const photographImageCount = 1;

const study: StudyPlan = {
  key: 'xc-skin',
  patient: demoPatients.caroline,
  daysAgo: 8,
  time: '112000',
  AccessionNumber: 'DEMO0005',
  StudyID: '1005',
  StudyDescription: 'Dermatology photograph',
  ReferringPhysicianName: 'Demo^Dermatologist^^Dr',
};

const series: SeriesPlan = {
  key: 'photograph',
  number: 1,
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.77.1.4',
  Modality: 'XC',
  SeriesDescription: 'Pigmented lesion with colour scale',
  BodyPartExamined: 'FOREARM',
  ManufacturerModelName: 'Phantom Camera',
  startSeconds: 10,
};

/** A mole on skin above a colour scale and a ruler: RGB, not compressed. */
export async function* photographStudy(context: DemoContext): AsyncGenerator<DemoInstance> {
  const attributes = {
    ...commonAttributes(context, study, series, 1),
    ImageType: ['ORIGINAL', 'PRIMARY'],
    // VL Photographic Image Storage: PS3.3 A.32.4, C.8.12.1.
    PatientOrientation: '',
    Laterality: 'L',
    AnatomicRegionSequence: snomed('14975008', 'Forearm'),
    AcquisitionContextSequence: [],
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 0,
    Rows: rows,
    Columns: columns,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    LossyImageCompression: '00',
  };
  const bytes = await writePart10(attributes, {
    kind: 'native',
    bytes: draw(context.seed),
    bitsAllocated: 8,
  });
  yield { study: study.StudyDescription, bytes };
}

function draw(seed: number): Uint8Array {
  const rgb = new Uint8Array(columns * rows * 3);
  const skinAt = createSkin(seed);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const color = y < scaleTop ? skinAt(x, y) : scaleColor(x, y);
      const at = (y * columns + x) * 3;
      for (let i = 0; i < 3; i++) rgb[at + i] = Math.max(0, Math.min(255, Math.round(color[i] ?? 0)));
    }
  }
  return rgb;
}

function scaleColor(x: number, y: number): readonly [number, number, number] {
  const patch = Math.floor((x - 46) / 86);
  const inPatch = (x - 46) % 86 < 72 && y > scaleTop + 14 && y < scaleTop + 74;
  const color = colorScale[patch];
  if (x >= 46 && inPatch && color !== undefined) return color;
  // The ruler: a line for every mm of 18 pixels, a longer one for 5 and 10.
  const mm = Math.floor((x - 46) / 18);
  const length = mm % 10 === 0 ? 34 : mm % 5 === 0 ? 26 : 16;
  const isLine = x >= 46 && x < 982 && (x - 46) % 18 < 2 && y > 726 - 6 && y < 720 + length;
  return isLine ? [20, 20, 20] : [236, 234, 228];
}

function createSkin(seed: number): (x: number, y: number) => [number, number, number] {
  const shade = createNoiseField(seed + 61, 120);
  const pores = createNoiseField(seed + 62, 9);
  const creases = createNoiseField(seed + 63, 26);
  const edge = createNoiseField(seed + 64, 70);
  const network = createNoiseField(seed + 65, 17);
  return (x, y) => {
    const grain = (hash32(x, y, seed) >>> 28) - 8;
    const crease = ramp(0.06, 0, Math.abs(creases(x + 0.6 * y, y * 1.4, 0))) * 9;
    const light = 12 * shade(x, y, 0) + 5 * pores(x, y, 0) - crease + grain * 0.5 - vignette(x, y);
    const mole = moleDensity(x, y, edge, network);
    const hair = hairs(x, y) ? 0.55 : 1;
    const blush = 14 * ramp(300, 150, Math.sqrt((x - 500) ** 2 + (y - 320) ** 2));
    return [
      (222 + light - mole * 132) * hair,
      (172 + light - blush - mole * 116) * hair,
      (148 + light - blush * 0.8 - mole * 92) * hair,
    ];
  };
}

/** 0 on skin, up to 1 in the darkest part of the mole; brown with a darker net and an uneven edge. */
function moleDensity(x: number, y: number, edge: NoiseField, network: NoiseField): number {
  const distance = Math.sqrt(((x - 500) / 1.18) ** 2 + (y - 320) ** 2) + 34 * edge(x, y, 0);
  const body = ramp(172, 138, distance);
  const net = ramp(0.22, 0.02, Math.abs(network(x, y, 3)));
  const core = ramp(95, 30, distance + 25 * edge(x, y, 200));
  return body * (0.5 + 0.22 * net + 0.28 * core);
}

/** A few fine hairs. */
function hairs(x: number, y: number): boolean {
  for (let i = 0; i < 7; i++) {
    const t = (x - 90 - i * 128) / 150;
    if (t < 0 || t > 1) continue;
    const center = 60 + ((i * 173) % 420) + 120 * t + 40 * t * t;
    if (Math.abs(y - center) < 1.4 * (1 - 0.6 * t)) return true;
  }
  return false;
}

function vignette(x: number, y: number): number {
  return 30 * (((x - 512) / 512) ** 2 + ((y - 320) / 384) ** 2) * 0.6;
}
