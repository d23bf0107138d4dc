import { createEchoScene, type EchoScene } from './echo-scene.ts';
import { type Attributes, writePart10 } from './part10.ts';
import { createNoiseField, hash32 } from './random.ts';
import {
  commonAttributes,
  type DemoContext,
  type DemoInstance,
  decimal,
  demoPatients,
  type SeriesPlan,
  type StudyPlan,
} from './study-attributes.ts';

const width = 640;
const height = 480;
export const ultrasoundFrameCount = 40;
/** 40 frames are one heart beat, so that the loop closes. */
const frameTimeMs = 25;
const depthMm = 160;
/** The transducer, and the length of the sector, in pixels. */
const apex = { x: 320, y: 24 } as const;
const radiusPixels = 420;
const halfAngle = Math.PI / 4.2;
const mmPerPixel = depthMm / radiusPixels;

export const ultrasoundImageCount = 1;

const study: StudyPlan = {
  key: 'us-heart',
  patient: demoPatients.daniel,
  daysAgo: 2,
  time: '153000',
  AccessionNumber: 'DEMO0004',
  StudyID: '1004',
  StudyDescription: 'Echocardiography',
  ReferringPhysicianName: 'Demo^Cardiologist^^Dr',
};

const series: SeriesPlan = {
  key: 'clip',
  number: 1,
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.3.1',
  Modality: 'US',
  SeriesDescription: 'Apical four chamber',
  BodyPartExamined: 'HEART',
  ManufacturerModelName: 'Phantom US',
  startSeconds: 60,
};

/** One clip of a beating heart, forty frames of JPEG, one beat long. */
export async function* ultrasoundStudy(context: DemoContext): AsyncGenerator<DemoInstance> {
  const { default: sharp } = await import('sharp');
  const scene = createEchoScene(context.seed);
  const texture = createNoiseField(context.seed + 51, 1);
  const frames: Uint8Array[] = [];
  for (let i = 0; i < ultrasoundFrameCount; i++) {
    const rgb = drawFrame(scene, texture, i, context.seed);
    const image = sharp(rgb, { raw: { width, height, channels: 3 } });
    frames.push(await image.jpeg({ quality: 85, chromaSubsampling: '4:2:0', mozjpeg: false }).toBuffer());
  }
  const bytes = await writePart10(attributes(context, frames), { kind: 'jpeg-baseline', frames });
  yield { study: study.StudyDescription, bytes };
}

function drawFrame(
  scene: EchoScene,
  texture: (x: number, y: number, z: number) => number,
  frame: number,
  seed: number,
): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  const phase = frame / ultrasoundFrameCount;
  const cut = scene(phase);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const radius = Math.sqrt((x - apex.x) ** 2 + (y - apex.y) ** 2);
      const angle = Math.atan2(x - apex.x, y - apex.y);
      if (radius > radiusPixels || radius < 8 || Math.abs(angle) > halfAngle) continue;
      const depth = radius * mmPerPixel;
      const echo = cut((x - apex.x) * mmPerPixel, (y - apex.y) * mmPerPixel);
      // Speckle is fine along the beam and broad across it; it moves on with the tissue and boils a little.
      const speckle =
        Math.abs(texture(depth * 0.9, angle * 62, Math.floor(frame / 2) * 0.35)) +
        Math.abs(texture(depth * 1.7 + 40, angle * 90, frame * 0.3));
      const electronic = (hash32(x, y, frame, seed) >>> 24) / 255;
      const gain = 1.05 - 0.25 * (depth / depthMm);
      const gray = Math.min(255, 255 * echo.brightness * gain * (0.25 + 1.05 * speckle) + 10 * electronic);
      put(
        rgb,
        x,
        y,
        gray + echo.towards * 190 + echo.away * 20,
        gray + echo.towards * 40 + echo.away * 70,
        gray + echo.away * 210,
      );
    }
  }
  drawScales(rgb);
  drawElectrocardiogram(rgb, phase);
  return rgb;
}

/** A grey bar and the colours of flow at the left, a tick for every 10 mm of depth at the right. */
function drawScales(rgb: Uint8Array): void {
  for (let y = 40; y < 168; y++) {
    for (let x = 20; x < 32; x++) put(rgb, x, y, (168 - y) * 2, (168 - y) * 2, (168 - y) * 2);
    const flow = (104 - y) / 64;
    for (let x = 40; x < 52; x++)
      put(rgb, x, y, Math.max(0, flow) * 255, 60 * Math.abs(flow), Math.max(0, -flow) * 255);
  }
  for (let mm = 0; mm <= depthMm; mm += 10) {
    const y = Math.round(apex.y + mm / mmPerPixel);
    const length = mm % 50 === 0 ? 14 : 7;
    for (let x = 0; x < length; x++) put(rgb, 612 - x, y, 210, 210, 210);
  }
}

/** The trace of one beat along the bottom in green, and a bright line where the clip is now. */
function drawElectrocardiogram(rgb: Uint8Array, phase: number): void {
  let last = 462;
  for (let x = 40; x < 600; x++) {
    const t = (x - 40) / 560;
    const y = Math.round(
      462 -
        12 * bump(t, 0.82, 0.03) +
        5 * bump(t, 0.955, 0.012) -
        30 * bump(t, 0.975, 0.01) +
        8 * bump(t, 0.995, 0.01) -
        9 * bump(t, 0.3, 0.05),
    );
    for (let row = Math.min(y, last); row <= Math.max(y, last); row++) put(rgb, x, row, 40, 230, 90);
    last = y;
  }
  const now = Math.round(40 + 560 * phase);
  for (let y = 436; y < 474; y++) put(rgb, now, y, 240, 240, 120);
}

function bump(t: number, center: number, halfWidth: number): number {
  const u = (t - center) / halfWidth;
  return 1 / (1 + u * u * u * u);
}

function put(rgb: Uint8Array, x: number, y: number, red: number, green: number, blue: number): void {
  const at = (y * width + x) * 3;
  rgb[at] = Math.max(0, Math.min(255, red));
  rgb[at + 1] = Math.max(0, Math.min(255, green));
  rgb[at + 2] = Math.max(0, Math.min(255, blue));
}

/** Ultrasound Multi-frame Image Storage: PS3.3 A.7, C.8.5.5, C.8.5.6, C.7.6.5, C.7.6.6. */
function attributes(context: DemoContext, frames: readonly Uint8Array[]): Attributes {
  const compressed = frames.reduce((sum, frame) => sum + frame.length, 0);
  const ratio = (width * height * 3 * frames.length) / compressed;
  return {
    ...commonAttributes(context, study, series, 1),
    // PS3.3 C.8.5.6.1.1: 0001 for two dimensions and 0010 for colour Doppler, added up.
    ImageType: ['ORIGINAL', 'PRIMARY', 'CARDIAC', '0011'],
    PatientOrientation: '',
    TransducerData: '',
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'YBR_FULL_422',
    PlanarConfiguration: 0,
    Rows: height,
    Columns: width,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    NumberOfFrames: frames.length,
    FrameIncrementPointer: [0x00181063],
    FrameTime: decimal(frameTimeMs),
    CineRate: Math.round(1000 / frameTimeMs),
    RecommendedDisplayFrameRate: Math.round(1000 / frameTimeMs),
    EffectiveDuration: decimal((frameTimeMs * frames.length) / 1000),
    HeartRate: Math.round(60_000 / (frameTimeMs * frames.length)),
    UltrasoundColorDataPresent: 1,
    LossyImageCompression: '01',
    LossyImageCompressionRatio: ratio.toFixed(2),
    LossyImageCompressionMethod: 'ISO_10918_1',
    SequenceOfUltrasoundRegions: [
      {
        // PS3.3 C.8.5.5.1: 2-D tissue and colour flow, centimetres both ways, y grows downwards.
        RegionSpatialFormat: 1,
        RegionDataType: 1,
        RegionFlags: 0,
        RegionLocationMinX0: 30,
        RegionLocationMinY0: apex.y,
        RegionLocationMaxX1: 610,
        RegionLocationMaxY1: apex.y + radiusPixels,
        ReferencePixelX0: apex.x - 30,
        ReferencePixelY0: 0,
        PhysicalUnitsXDirection: 3,
        PhysicalUnitsYDirection: 3,
        ReferencePixelPhysicalValueX: 0,
        ReferencePixelPhysicalValueY: 0,
        PhysicalDeltaX: mmPerPixel / 10,
        PhysicalDeltaY: mmPerPixel / 10,
      },
    ],
  };
}
