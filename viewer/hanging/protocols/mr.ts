import type { HangingProtocol, Rule, Stage, TilePlan } from '../protocol.ts';

const isMr: Rule = { fact: 'modality', anyOf: ['MR'], isRequired: true };
const isNoLocalizer: readonly Rule[] = [
  { fact: 'imageType', anyOf: ['LOCALIZER'], not: true, isRequired: true },
  { fact: 'seriesDescription', words: ['loc', 'scout', 'survey', 'localizer'], not: true, weight: 40 },
];
const region = (...words: string[]): Rule => ({ fact: 'anyText', words, isRequired: true, weight: 20 });

const weighted = (orientation: string | undefined, ...weightings: string[]): TilePlan => ({
  series: [
    isMr,
    ...isNoLocalizer,
    { fact: 'weighting', anyOf: weightings, isRequired: true },
    ...(orientation ? [{ fact: 'orientation', anyOf: [orientation], weight: 20 } satisfies Rule] : []),
  ],
  start: 'middle',
});
const plane = (orientation: string): TilePlan => ({
  series: [isMr, ...isNoLocalizer, { fact: 'orientation', anyOf: [orientation], isRequired: true }],
  start: 'middle',
});

const one: Stage = {
  id: 'one',
  grid: { rows: 1, columns: 1 },
  tiles: [{ series: [isMr, ...isNoLocalizer.map((rule) => ({ ...rule, isRequired: false }))] }],
};
const neuro: Stage = {
  id: 'sequences',
  grid: { rows: 2, columns: 2 },
  tiles: [
    weighted('axial', 'T1', 'T1C'),
    weighted('axial', 'T2'),
    weighted('axial', 'FLAIR'),
    weighted('axial', 'DWI'),
  ],
  needed: 2,
  isCompact: true,
  isLinked: true,
};
const diffusion: Stage = {
  id: 'diffusion',
  grid: { rows: 1, columns: 2 },
  tiles: [weighted('axial', 'DWI'), weighted('axial', 'ADC')],
  needed: 2,
  isCompact: true,
  isLinked: true,
};
const contrast: Stage = {
  id: 'contrast',
  grid: { rows: 1, columns: 2 },
  tiles: [weighted(undefined, 'T1'), weighted(undefined, 'T1C')],
  needed: 2,
  isCompact: true,
  isLinked: true,
};

export const magneticResonance: readonly HangingProtocol[] = [
  {
    id: 'mrNeuro',
    study: [
      isMr,
      region('head', 'brain', 'neuro', 'schädel', 'schaedel', 'kopf', 'cerebr', 'hirn', 'cranium'),
    ],
    stages: [neuro, diffusion, contrast, one],
  },
  {
    id: 'mrSpine',
    study: [
      isMr,
      region('spine', 'spinal', 'lspine', 'cspine', 'tspine', 'lws', 'hws', 'bws', 'lumbar', 'cervical'),
    ],
    stages: [
      {
        id: 'sagittal',
        grid: { rows: 1, columns: 3 },
        tiles: [
          weighted('sagittal', 'T2'),
          weighted('sagittal', 'T1', 'T1C'),
          weighted('axial', 'T2', 'T1', 'STIR'),
        ],
        needed: 2,
        isCompact: true,
        isLinked: true,
      },
      one,
    ],
  },
  {
    id: 'mrKnee',
    study: [isMr, region('knee', 'knie', 'genou', 'meniscus')],
    stages: [
      {
        id: 'planes',
        grid: { rows: 1, columns: 3 },
        tiles: [plane('sagittal'), plane('coronal'), plane('axial')],
        needed: 2,
        isCompact: true,
        isLinked: true,
      },
      one,
    ],
  },
  { id: 'mr', study: [isMr], stages: [one, neuro] },
];
