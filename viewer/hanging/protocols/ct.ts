import type { HangingProtocol, Rule, Stage, TilePlan } from '../protocol.ts';

const isCt: Rule = { fact: 'modality', anyOf: ['CT'], isRequired: true };
const axial: Rule = { fact: 'orientation', anyOf: ['axial'], weight: 20 };
/** Scouts and dose sheets are looked at when one wants to, not first. */
const slices: readonly Rule[] = [
  isCt,
  { fact: 'imageType', anyOf: ['LOCALIZER'], not: true, weight: 40 },
  { fact: 'imageCount', atLeast: 10, weight: 20 },
];
const main: TilePlan = { series: [...slices, axial] };
const coronal: TilePlan = {
  series: [...slices, { fact: 'orientation', anyOf: ['coronal'], isRequired: true }],
};
const sagittal: TilePlan = {
  series: [...slices, { fact: 'orientation', anyOf: ['sagittal'], isRequired: true }],
};

const one: Stage = { id: 'one', grid: { rows: 1, columns: 1 }, tiles: [main] };
const planes: Stage = {
  id: 'planes',
  grid: { rows: 1, columns: 3 },
  tiles: [main, coronal, sagittal],
  needed: 2,
  isCompact: true,
};
const phases: Stage = {
  id: 'phases',
  grid: { rows: 1, columns: 2 },
  tiles: [main, { series: [...slices, { ...axial, isRequired: true }] }],
  needed: 2,
  isCompact: true,
  isLinked: true,
};

/** The same slices twice, each for another tissue. */
function twoWindows(first: TilePlan['window'], second: TilePlan['window']): Stage {
  const tile = (window: TilePlan['window']): TilePlan => ({
    ...main,
    mayRepeat: true,
    ...(window ? { window } : {}),
  });
  return {
    id: 'windows',
    grid: { rows: 1, columns: 2 },
    tiles: [tile(first), tile(second)],
    needed: 2,
    isCompact: true,
    isLinked: true,
  };
}

const region = (...words: string[]): Rule => ({ fact: 'anyText', words, isRequired: true, weight: 20 });

export const computedTomography: readonly HangingProtocol[] = [
  {
    id: 'ctHead',
    study: [isCt, region('head', 'brain', 'skull', 'schädel', 'schaedel', 'kopf', 'cranium', 'neuro', 'cct')],
    stages: [one, twoWindows('brain', 'bone'), planes, phases],
  },
  {
    id: 'ctChest',
    study: [isCt, region('chest', 'thorax', 'lung', 'lunge')],
    stages: [one, twoWindows('softTissue', 'lung'), planes, phases],
  },
  {
    id: 'ctAbdomen',
    study: [isCt, region('abdomen', 'abdominal', 'pelvis', 'becken', 'liver', 'leber')],
    stages: [one, phases, planes, twoWindows('softTissue', 'bone')],
  },
  { id: 'ct', study: [isCt], stages: [one, phases, planes, twoWindows(undefined, 'bone')] },
];
