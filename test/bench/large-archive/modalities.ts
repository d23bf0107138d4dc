/** What studies of a kind are like, so that a thousand of them look like a thousand of a hospital's. */
export interface StudyKind {
  /** Of a hundred studies, how many are such. */
  percent: number;
  /** One for each series. `instances`: the mean of a skewed number. */
  series: readonly { modality: string; instances: number; description: string }[];
  /** Series that only some of the studies have are at the end of `series`; so many all have. */
  always: number;
  bodyParts: readonly string[];
  sopClassUID: string;
  rows: number;
  columns: number;
  bitsAllocated: 8 | 16;
  manufacturer: string;
  /** Attributes by keyword that say how its images were made. */
  acquisition: Readonly<Record<string, string | number | readonly (string | number)[]>>;
}

const RADIOGRAPHY = {
  KVP: '81.0',
  ExposureTime: '12',
  XRayTubeCurrent: '320',
  Exposure: '4',
  DistanceSourceToDetector: '1800',
  ImagerPixelSpacing: ['0.143', '0.143'],
  FieldOfViewDimensions: ['430', '350'],
  Grid: 'FOCUSED',
  ViewPosition: 'PA',
  PatientOrientation: ['L', 'F'],
  BurnedInAnnotation: 'NO',
  LossyImageCompression: '00',
};

const COMPUTED_TOMOGRAPHY = {
  KVP: '120',
  DataCollectionDiameter: '500.000000',
  ReconstructionDiameter: '360.000000',
  GantryDetectorTilt: '0.000000',
  TableHeight: '142.500000',
  RotationDirection: 'CW',
  ExposureTime: '500',
  XRayTubeCurrent: '240',
  Exposure: '120',
  FilterType: 'BODY FILTER',
  FocalSpots: ['1.2'],
  ConvolutionKernel: 'STANDARD',
  PatientPosition: 'HFS',
  SliceThickness: '2.500000',
  SpiralPitchFactor: 0.984,
  CTDIvol: 9.81,
  AcquisitionNumber: '1',
  ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
  PixelSpacing: ['0.703125', '0.703125'],
  PositionReferenceIndicator: 'XY',
  WindowCenter: '40',
  WindowWidth: '400',
  RescaleIntercept: '-1024',
  RescaleSlope: '1',
  RescaleType: 'HU',
};

const MAGNETIC_RESONANCE = {
  ScanningSequence: 'SE',
  SequenceVariant: ['SK', 'SP'],
  ScanOptions: 'PFP',
  MRAcquisitionType: '2D',
  SequenceName: 'tse2d1_17',
  AngioFlag: 'N',
  SliceThickness: '4',
  RepetitionTime: '4000',
  EchoTime: '98',
  NumberOfAverages: '2',
  ImagingFrequency: '63.676',
  ImagedNucleus: '1H',
  EchoNumbers: '1',
  MagneticFieldStrength: '1.5',
  SpacingBetweenSlices: '4.4',
  EchoTrainLength: '17',
  PercentSampling: '90',
  PixelBandwidth: '130',
  TransmitCoilName: 'Body',
  FlipAngle: '150',
  SAR: '0.82',
  PatientPosition: 'HFS',
  ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
  PixelSpacing: ['0.46875', '0.46875'],
  WindowCenter: '420',
  WindowWidth: '900',
};

const ULTRASOUND = {
  TransducerData: ['C5-1', 'ZZZZZZ', 'ZZZZZZ'],
  ProcessingFunction: 'ABD',
  UltrasoundColorDataPresent: 0,
  LossyImageCompression: '00',
  BurnedInAnnotation: 'YES',
};

const NUCLEAR = {
  SliceThickness: '3.27',
  PatientPosition: 'HFS',
  ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
  PixelSpacing: ['5.46875', '5.46875'],
  RescaleIntercept: '0',
  RescaleSlope: '1.2345',
  Units: 'BQML',
  CountsSource: 'EMISSION',
  CorrectedImage: ['DECY', 'ATTN', 'SCAT', 'DTIM', 'RAN'],
  DecayCorrection: 'START',
};

const plain = (modality: string, instances: number, description: string) => ({
  modality,
  instances,
  description,
});

export const STUDY_KINDS: readonly StudyKind[] = [
  {
    percent: 30,
    series: [plain('CR', 2, 'AP'), plain('CR', 1, 'LATERAL')],
    always: 1,
    bodyParts: ['CHEST', 'HAND', 'KNEE', 'ANKLE', 'PELVIS', 'SHOULDER'],
    sopClassUID: '1.2.840.10008.5.1.4.1.1.1',
    rows: 2140,
    columns: 1760,
    bitsAllocated: 16,
    manufacturer: 'Plate Works',
    acquisition: RADIOGRAPHY,
  },
  {
    percent: 19,
    series: [plain('DX', 2, 'PA'), plain('DX', 1, 'LAT')],
    always: 1,
    bodyParts: ['CHEST', 'CSPINE', 'LSPINE', 'HIP', 'FOOT', 'ABDOMEN'],
    sopClassUID: '1.2.840.10008.5.1.4.1.1.1.1',
    rows: 3000,
    columns: 2500,
    bitsAllocated: 16,
    manufacturer: 'Direct Rays',
    acquisition: RADIOGRAPHY,
  },
  {
    percent: 20,
    series: [plain('US', 9, 'Abdomen')],
    always: 1,
    bodyParts: ['ABDOMEN', 'THYROID', 'HEART', 'BREAST', ''],
    sopClassUID: '1.2.840.10008.5.1.4.1.1.6.1',
    rows: 768,
    columns: 1024,
    bitsAllocated: 8,
    manufacturer: 'Echo & Sons',
    acquisition: ULTRASOUND,
  },
  {
    percent: 14,
    series: [
      plain('CT', 2, 'Localizer'),
      plain('CT', 14, 'Axial 2.5 mm'),
      plain('CT', 9, 'Coronal MPR'),
      plain('SR', 1, 'Dose report'),
    ],
    always: 2,
    bodyParts: ['CHEST', 'ABDOMEN', 'HEAD', 'NECK', 'SPINE', 'PELVIS'],
    sopClassUID: '1.2.840.10008.5.1.4.1.1.2',
    rows: 512,
    columns: 512,
    bitsAllocated: 16,
    manufacturer: 'Round Trip Tomography',
    acquisition: COMPUTED_TOMOGRAPHY,
  },
  {
    percent: 8,
    series: [
      plain('MR', 2, 'localizer'),
      plain('MR', 7, 't2_tse_sag'),
      plain('MR', 7, 't1_se_sag'),
      plain('MR', 7, 't2_tse_tra'),
      plain('MR', 7, 'stir_cor'),
    ],
    always: 3,
    bodyParts: ['BRAIN', 'KNEE', 'LSPINE', 'SHOULDER', 'LIVER'],
    sopClassUID: '1.2.840.10008.5.1.4.1.1.4',
    rows: 512,
    columns: 512,
    bitsAllocated: 16,
    manufacturer: 'Larmor Imaging',
    acquisition: MAGNETIC_RESONANCE,
  },
  {
    percent: 6,
    series: [plain('MG', 4, 'CC and MLO')],
    always: 1,
    bodyParts: ['BREAST'],
    sopClassUID: '1.2.840.10008.5.1.4.1.1.1.2',
    rows: 3328,
    columns: 2560,
    bitsAllocated: 16,
    manufacturer: 'Direct Rays',
    acquisition: RADIOGRAPHY,
  },
  {
    percent: 2,
    series: [plain('XA', 6, 'Coronary'), plain('SR', 1, 'Dose report')],
    always: 1,
    bodyParts: ['HEART', 'ABDOMEN'],
    sopClassUID: '1.2.840.10008.5.1.4.1.1.12.1',
    rows: 512,
    columns: 512,
    bitsAllocated: 8,
    manufacturer: 'Direct Rays',
    acquisition: RADIOGRAPHY,
  },
  {
    percent: 1,
    series: [plain('PT', 40, 'WB AC'), plain('CT', 40, 'WB low dose')],
    always: 2,
    bodyParts: ['WHOLEBODY'],
    sopClassUID: '1.2.840.10008.5.1.4.1.1.128',
    rows: 128,
    columns: 128,
    bitsAllocated: 16,
    manufacturer: 'Half-Life Systems',
    acquisition: NUCLEAR,
  },
];

/** Where a series is of another modality than the first of its study. */
export const SOP_CLASS_OF_MODALITY: Readonly<Record<string, string>> = {
  SR: '1.2.840.10008.5.1.4.1.1.88.67',
  CT: '1.2.840.10008.5.1.4.1.1.2',
};
