import { createHead, type Head, headTissue as tissue } from './head-phantom.ts';
import { littleEndianBytes, writePart10 } from './part10.ts';
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

const size = 256;
const pixelMm = 0.9375;
const sliceMm = 3.5;
export const mrSlicesPerSeries = 40;
const lowestZ = -62;
/** Slices are tilted about the x axis, as they are planned in practice: the front higher than the back. */
const tiltDegrees = 6;

interface Weighting {
  readonly key: 't1' | 't2';
  readonly description: string;
  readonly signals: Readonly<Record<number, number>>;
  readonly sequence: Readonly<Record<string, string | number | readonly string[]>>;
}

const weightings: readonly Weighting[] = [
  {
    key: 't1',
    description: 'T1 SE axial',
    signals: {
      [tissue.air]: 0,
      [tissue.bone]: 45,
      [tissue.marrow]: 560,
      [tissue.fat]: 1050,
      [tissue.muscle]: 400,
      [tissue.csf]: 130,
      [tissue.grayMatter]: 480,
      [tissue.whiteMatter]: 680,
      [tissue.vitreous]: 140,
      [tissue.lesion]: 330,
      [tissue.edema]: 520,
      [tissue.deepGray]: 540,
    },
    sequence: {
      ScanningSequence: 'SE',
      SequenceVariant: 'NONE',
      ScanOptions: '',
      RepetitionTime: '550',
      EchoTime: '12',
      EchoTrainLength: 1,
      FlipAngle: '90',
      WindowCenter: ['480', '560'],
      WindowWidth: ['960', '560'],
      WindowCenterWidthExplanation: ['HEAD', 'BRAIN CONTRAST'],
    },
  },
  {
    key: 't2',
    description: 'T2 TSE axial',
    signals: {
      [tissue.air]: 0,
      [tissue.bone]: 40,
      [tissue.marrow]: 420,
      [tissue.fat]: 780,
      [tissue.muscle]: 210,
      [tissue.csf]: 1350,
      [tissue.grayMatter]: 640,
      [tissue.whiteMatter]: 450,
      [tissue.vitreous]: 1400,
      [tissue.lesion]: 1080,
      [tissue.edema]: 850,
      [tissue.deepGray]: 560,
    },
    sequence: {
      ScanningSequence: 'SE',
      SequenceVariant: 'SK',
      ScanOptions: '',
      RepetitionTime: '4200',
      EchoTime: '98',
      EchoTrainLength: 15,
      FlipAngle: '150',
      WindowCenter: ['650', '600'],
      WindowWidth: ['1300', '700'],
      WindowCenterWidthExplanation: ['HEAD', 'BRAIN CONTRAST'],
    },
  },
];

export const mrSliceCount = weightings.length * mrSlicesPerSeries;

const study: StudyPlan = {
  key: 'mr-head',
  patient: demoPatients.blaise,
  daysAgo: 3,
  time: '103000',
  AccessionNumber: 'DEMO0003',
  StudyID: '1003',
  StudyDescription: 'MR Head without contrast',
  ReferringPhysicianName: 'Demo^Neurologist^^Dr',
};

/** A head in two weightings: 40 tilted axial slices each, from the base up, with a small lesion on the left. */
export async function* mrStudy(context: DemoContext): AsyncGenerator<DemoInstance> {
  const head = createHead(context.seed);
  const noise = gaussianTable(context.seed + 40, 65_536);
  for (const [index, weighting] of weightings.entries()) {
    for (let i = 0; i < mrSlicesPerSeries; i++) {
      const pixels = slicePixels(head, i, weighting, noise, context.seed + 100 * index + i);
      yield { study: study.StudyDescription, bytes: await write(context, index, weighting, i, pixels) };
    }
  }
}

const cosTilt = Math.cos((tiltDegrees * Math.PI) / 180);
const sinTilt = Math.sin((tiltDegrees * Math.PI) / 180);

/** Patient coordinates of the middle of the upper left pixel of slice `index`, in mm. */
function corner(index: number): [number, number, number] {
  const half = ((size - 1) / 2) * pixelMm;
  const z = lowestZ + index * sliceMm;
  return [-half, -half * cosTilt, half * sinTilt + z];
}

function slicePixels(
  head: Head,
  index: number,
  weighting: Weighting,
  noise: Float32Array,
  stream: number,
): Uint16Array {
  const [x0, y0, z0] = corner(index);
  const signal = new Float32Array(size * size);
  for (let row = 0; row < size; row++) {
    const y = y0 + row * pixelMm * cosTilt;
    // One row of a tilted slice lies at one height.
    const z = z0 - row * pixelMm * sinTilt;
    const planes = [head.slice(z - 0.8), head.slice(z + 0.8)];
    for (let column = 0; column < size; column++) {
      const x = x0 + column * pixelMm;
      let sum = 0;
      // Partial volume: each voxel is the mean of four points.
      for (const tissueAt of planes) {
        sum += weighting.signals[tissueAt(x - 0.22, y)] ?? 0;
        sum += weighting.signals[tissueAt(x + 0.22, y + 0.2)] ?? 0;
      }
      signal[row * size + column] = (sum / 4) * coilSensitivity(x, y);
    }
  }
  return magnitude(signal, noise, stream);
}

/** The coils at both sides receive a little more from nearby. */
function coilSensitivity(x: number, y: number): number {
  return 0.94 + 0.08 * ((x / 100) ** 2 + (y / 110) ** 2);
}

/** Noise of both channels, then the magnitude: never negative, and not dark in air (Rice's distribution). */
function magnitude(signal: Float32Array, noise: Float32Array, stream: number): Uint16Array {
  const random = createRandom(stream, 6);
  const out = new Uint16Array(signal.length);
  let cursor = 0;
  for (let i = 0; i < signal.length; i++) {
    if (i % size === 0) cursor = Math.floor(random() * noise.length);
    const here = signal[i] ?? 0;
    const around =
      (signal[i - 1] ?? here) +
      (signal[i + 1] ?? here) +
      (signal[i - size] ?? here) +
      (signal[i + size] ?? here);
    const real = here * 0.64 + around * 0.09 + 13 * (noise[cursor++ & 0xffff] ?? 0);
    const imaginary = 13 * (noise[cursor++ & 0xffff] ?? 0);
    out[i] = Math.min(4095, Math.round(Math.sqrt(real * real + imaginary * imaginary)));
  }
  return out;
}

/** MR Image Storage: PS3.3 A.4, C.8.3.1. */
function write(
  context: DemoContext,
  seriesIndex: number,
  weighting: Weighting,
  index: number,
  pixels: Uint16Array,
): Promise<Uint8Array> {
  const series: SeriesPlan = {
    key: weighting.key,
    number: seriesIndex + 1,
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
    Modality: 'MR',
    SeriesDescription: weighting.description,
    BodyPartExamined: 'HEAD',
    ManufacturerModelName: 'Phantom MR',
    startSeconds: 120 + seriesIndex * 300,
  };
  const position = corner(index);
  return writePart10(
    {
      ...commonAttributes(context, study, series, index + 1),
      ImageType: ['ORIGINAL', 'PRIMARY', 'M', 'SE'],
      MRAcquisitionType: '2D',
      ...weighting.sequence,
      NumberOfAverages: '1',
      ImagingFrequency: '63.87',
      ImagedNucleus: '1H',
      MagneticFieldStrength: '1.5',
      SliceThickness: decimal(3),
      SpacingBetweenSlices: decimal(sliceMm * cosTilt),
      PatientPosition: 'HFS',
      FrameOfReferenceUID: demoUid(context, study.key, 'frame-of-reference'),
      PositionReferenceIndicator: '',
      ImagePositionPatient: position.map(decimal),
      ImageOrientationPatient: ['1', '0', '0', '0', decimal(cosTilt), decimal(-sinTilt)],
      SliceLocation: decimal(lowestZ + index * sliceMm),
      PixelSpacing: [decimal(pixelMm), decimal(pixelMm)],
      ...grayscaleAttributes(size, size, 12, false),
      LossyImageCompression: '00',
    },
    { kind: 'native', bytes: littleEndianBytes(pixels), bitsAllocated: 16 },
  );
}
